#include "desktop.h"

#include "attention/attention_panel.h"
#include "chat/chat_panel.h"
#include "data/data_panel.h"
#include "label/label_panel.h"
#include "models/models_panel.h"
#include "paths.h"
#include "train/train_panel.h"
#include "train/whole_loop.h"
#include <QCoreApplication>

namespace attune {
namespace {

// The panels are made with a store to read; the bench hands it to them.
Workbench& stocked(Workbench& bench, Store& store) {
  bench.store = &store;
  QObject::connect(&store, &Store::saveStateChanged, &bench, &Workbench::setSaveState);
  return bench;
}

} // namespace

Desktop::Desktop(Workbench& workbench, const QString& storeFile, const QString& device)
    : bench(workbench)
    , store(storeFile)
    , swift(store.answerSoon())
    , engine(stocked(bench, store), ModelPlaces::standard(), device)
    , attention(engine)
    , training(bench, engine, paths::home(), device)
    , window(bench) {
  window.addPanel(new ChatPanel(bench, engine));
  window.addPanel(new LabelPanel(bench, engine));
  auto* train = new TrainPanel(bench, training);
  train->setEngine(&engine);
  train->setLoop(new WholeLoop(WholeLoop::standard(), train));
  window.addPanel(train);
  window.addPanel(new AttentionPanel(bench, attention));
  window.addPanel(new DataPanel(bench));
  window.addPanel(new ModelsPanel(bench, engine, paths::models()));
  // What was found meanwhile: the starter loads while the window is painted.
  QCoreApplication::sendPostedEvents(QCoreApplication::instance(), QEvent::MetaCall);
}

} // namespace attune
