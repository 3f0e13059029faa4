// The Label panel in a window of its own, on a store with prompts.
#pragma once

#include "application.h"
#include "catch.h"
#include "engine/engine.h"
#include "label/label_panel.h"
#include "main_window.h"
#include "scratch.h"
#include "store/store.h"
#include "tiny_models.h"
#include "workbench.h"
#include <QDir>
#include <QTest>

namespace attune::test {

// The folders outlive the window, so that a window can be closed and opened again on them.
struct LabelHouse {
  LabelHouse() {
    application();
    places.models = QString::fromStdString((root / "models").string());
    places.runs = QString::fromStdString((root / "runs").string());
    QDir().mkpath(places.models);
    QDir().mkpath(places.runs);
  }
  void addModel(const char* name) {
    makeTinyModel(std::filesystem::path(places.models.toStdString()) / name, true, 128);
  }
  QString store() const { return QString::fromStdString((root / "attune.sqlite").string()); }
  Scratch root;
  ModelPlaces places;
};

inline QList<Answer> fourAnswers() {
  QList<Answer> list(4);
  list[0].text = QStringLiteral("You can paint shells, make paper boats and race them in a bowl of water, and play the "
                                "hiding game in the net loft. All three need only things that are in the house.");
  list[1].text = QStringLiteral("Paint shells, make paper boats, and read the old book of the first keeper.");
  list[2].text = QStringLiteral("Ideas are good and the children and the children and the village and the children.");
  list[3].text = QStringLiteral("Build a small harbour from boxes, or bake small loaves with the baker.");
  for (Answer& answer : list) answer.model = QStringLiteral("models/talker");
  return list;
}

struct LabelWindow {
  explicit LabelWindow(LabelHouse& house, QSize size = {1280, 800}, bool clear = true)
      : store(house.store()) {
    if (clear) bench.settings()->clear();
    bench.store = &store;
    engine = std::make_unique<Engine>(bench, house.places);
    REQUIRE(QTest::qWaitFor([this] { return engine->modelsKnown(); }, 60000));
    window = std::make_unique<MainWindow>(bench);
    label = new LabelPanel(bench, *engine);
    window->addPanel(label);
    window->resize(size);
    window->show();
    (void)QTest::qWaitForWindowExposed(window.get());
    window->activateWindow();
    QTest::qWait(20);
  }
  ~LabelWindow() {
    window.reset();
    engine.reset();
  }
  LabelSession& work() { return label->session(); }
  const LabelTask& task() { return work().task(); }
  void key(Qt::Key k, Qt::KeyboardModifiers m = {}) {
    QWidget* to = QApplication::focusWidget();
    QTest::keyClick(to ? to : window.get(), k, m);
    QTest::qWait(5);
  }
  void undo() { bench.undo()->undo(), QTest::qWait(5); }
  QString order() { return orderText(task().toComparison({})); }

  Workbench bench;
  Store store;
  std::unique_ptr<Engine> engine;
  std::unique_ptr<MainWindow> window;
  LabelPanel* label;
};

// A set of prompts; the first of them has four answers, as a draft left them.
inline QList<RecordId> fillLabels(LabelHouse& house, int count = 3) {
  Store store(house.store());
  const RecordId set = store.promptSet(QStringLiteral("village"));
  QList<Prompt> prompts;
  for (int i = 0; i < count; ++i) {
    Prompt prompt;
    prompt.set = set;
    prompt.text = i == 0 ? QStringLiteral("Give me three ideas for a rainy afternoon with the children of the village.")
                         : QStringLiteral("Prompt number %1 of the village").arg(i + 1);
    prompt.useCase = QStringLiteral("brainstorming");
    prompt.source = QStringLiteral("written");
    prompts << prompt;
  }
  const QList<RecordId> ids = store.addPrompts(prompts);
  LabelTask task;
  task.prompt.id = ids.first();
  task.addAnswers(fourAnswers());
  store.keepDraft(task.draftKey(), task.toDraft());
  store.flushDrafts();
  return ids;
}

} // namespace attune::test
