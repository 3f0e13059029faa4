// The program put together: workbench, store, engine, the sources of the panels, and the window, made in the order in
// which they need each other and taken down in reverse. The program is this and its command line.
#pragma once

#include "engine/engine.h"
#include "engine/engine_attention_source.h"
#include "engine/engine_train_source.h"
#include "main_window.h"
#include "store/store.h"
#include "workbench.h"

namespace attune {

class Desktop {
public:
  // `device` as --device takes it; empty: what Preferences say. The bench outlives it. Throws Error when the store
  // cannot be opened.
  Desktop(Workbench& bench, const QString& storeFile, const QString& device = {});

  Workbench& bench;
  Store store;
  const std::shared_ptr<void> swift; // the window does not wait for the store's disk
  Engine engine;
  EngineAttentionSource attention;
  EngineTrainSource training;
  MainWindow window;
};

} // namespace attune
