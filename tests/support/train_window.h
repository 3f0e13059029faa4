// The Train panel in a window of its own, with runs that are made up.
#pragma once

#include "application.h"
#include "fake_train.h"
#include "main_window.h"
#include "train/train_panel.h"
#include "workbench.h"

namespace attune::test {

struct TrainWindow {
  Workbench bench;
  FakeTrainSource source;
  TrainPanel* panel = nullptr;
  std::unique_ptr<MainWindow> window;

  explicit TrainWindow(bool withRuns, QSize size = {1280, 800}) {
    if (withRuns) {
      source.add("tales", TrainKind::Pretrain, RunState::Running, 1234, 2000);
      source.add("tales-long", TrainKind::Pretrain, RunState::Paused, 820, 2000);
      source.add("tales-hot", TrainKind::Pretrain, RunState::Failed, 612, 2000);
      source.add("village", TrainKind::Finetune, RunState::Done, 600, 600);
      source.add("tales-next", TrainKind::Pretrain, RunState::Waiting, 0, 2000);
    }
    panel = new TrainPanel(bench, source);
    window = std::make_unique<MainWindow>(bench);
    window->addPanel(panel);
    window->showPanel(QStringLiteral("train"));
    window->resize(size);
    window->show();
    window->activateWindow();
    QApplication::processEvents();
  }
};

} // namespace attune::test
