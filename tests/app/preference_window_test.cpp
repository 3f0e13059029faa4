// A reward model and PPO trained in the window as a person does it, on a real device: from the store's rankings to a
// policy that pleases the reward model, stopped and resumed on the way, renamed, deleted and brought back.
#include "application.h"
#include "catch.h"
#include "engine/engine.h"
#include "engine/engine_train_source.h"
#include "engine/train_runs.h"
#include "main_window.h"
#include "measuring.h"
#include "preference_world.h"
#include "store/store.h"
#include "train/new_run_page.h"
#include "train/number_field.h"
#include "train/proxy_gold_chart.h"
#include "train/proxy_gold_view.h"
#include "train/reward_report_view.h"
#include "train/rollout_view.h"
#include "train/run_list.h"
#include "train/run_page.h"
#include "train/train_panel.h"
#include "widgets/key_button.h"
#include "widgets/plot.h"
#include "widgets/segmented_control.h"
#include "workbench.h"

#include <QLineEdit>
#include <QTableView>
#include <QTest>

using namespace attune;

namespace {

struct Window {
  test::PreferenceWorld world;
  QString home = QString::fromStdString((world.root / "home").string());
  std::unique_ptr<Store> store;
  Workbench bench;
  std::unique_ptr<Engine> engine;
  std::unique_ptr<EngineTrainSource> source;
  std::unique_ptr<MainWindow> window;
  TrainPanel* panel = nullptr;
  QString trouble;

  Window() {
    namespace fs = std::filesystem;
    fs::create_directories(home.toStdString() + "/models");
    fs::create_directories(home.toStdString() + "/runs");
    fs::copy(world.policy, home.toStdString() + "/models/policy", fs::copy_options::recursive);
    store = std::make_unique<Store>(home + "/store.sqlite");
    QList<Comparison> rankings;
    for (int i = 0; i < 16; ++i) {
      Comparison one;
      one.prompt = QStringLiteral("hen %1").arg(i);
      for (const auto& [text, rank] : {std::pair("a bell", 1), {"the sea", 2}}) {
        Answer answer;
        answer.text = QString::fromLatin1(text);
        answer.rank = rank;
        one.answers << answer;
      }
      one.scripted = i % 2;
      one.labeler = i % 2 ? QStringLiteral("rule") : i == 0 ? QString() : QStringLiteral("ann");
      rankings << one;
    }
    store->addComparisons(rankings);
    bench.store = store.get();
    engine = std::make_unique<Engine>(bench, ModelPlaces{home + "/models", home + "/runs", {}});
    source = std::make_unique<EngineTrainSource>(bench, *engine, home);
    QObject::connect(source.get(), &TrainSource::failed, [this](const QString& sentence) { trouble = sentence; });
    window = std::make_unique<MainWindow>(bench);
    panel = new TrainPanel(bench, *source);
    panel->setEngine(engine.get());
    window->addPanel(panel);
    window->resize(1280, 800);
    window->show();
    window->activateWindow();
    QApplication::processEvents();
  }
  ~Window() {
    window.reset();
    source.reset();
    engine.reset();
  }
  KeyButton* button(const QString& words) {
    for (auto* one : panel->findChildren<KeyButton*>())
      if (one->isVisible() && one->text() == words) return one;
    return nullptr;
  }
  void press(const QString& words) {
    INFO(words.toStdString());
    KeyButton* one = button(words);
    REQUIRE(one);
    QTest::mouseClick(one, Qt::LeftButton);
  }
  void set(const char* key, const char* value) {
    panel->newPage()->field(key)->selectAll();
    QTest::keyClicks(panel->newPage()->field(key), value);
  }
  RunInfo run(const QString& name) {
    for (const RunInfo& one : source->runs())
      if (one.description.name == name) return one;
    return {};
  }
  bool waitFor(const std::function<bool()>& holds) {
    return QTest::qWaitFor([&] { return holds() || !trouble.isEmpty(); }, 240000) && trouble.isEmpty();
  }
  // Waits until Start can be pressed; says why it cannot.
  void start() {
    const bool can = waitFor([&] { return panel->newPage()->canStart(); });
    INFO(trouble.toStdString());
    REQUIRE(can);
    QTest::mouseClick(panel->newPage()->startButton(), Qt::LeftButton);
  }
};

} // namespace

TEST_CASE("from the store's rankings to a reward model, and with it to PPO, all in the window") {
  test::application();
  Window w;
  REQUIRE(w.waitFor([&] { return w.source->stored(StoreRecords::Rankings).all == 16; }));
  CHECK(w.source->stored(StoreRecords::Rankings).scripted == 8);
  CHECK(w.source->labelers() == QStringList{"rule", "ann"});
  REQUIRE(w.waitFor([&] { return !w.source->models().isEmpty(); }));
  NewRunPage* page = w.panel->newPage();

  // As Label and Data open it.
  w.panel->open({{"new", "reward"}, {"store", true}});
  REQUIRE(w.waitFor([&] { return page->description().files.size() == 1; }));
  page->nameField()->selectAll();
  QTest::keyClicks(page->nameField(), "bells");
  w.set("batch", "4");
  w.set("lr", "1e-2");
  w.set("held_out", "0.25");
  w.start();
  REQUIRE(w.waitFor([&] { return w.run("bells").state == RunState::Done; }));
  CHECK(w.run("bells").description.kind == TrainKind::Reward);
  CHECK(w.run("bells").description.steps == 3); // one epoch of 12 rankings
  CHECK(w.panel->page()->plot(1)->model().title == "Accuracy on pairs");
  REQUIRE(w.waitFor([&] { return w.panel->page()->plot(1)->model().curves[0].size() == 3; }));
  CHECK(w.source->memoryOf(w.run("bells").id).bytes() > 0);
  w.panel->page()->views()->setCurrent(1);
  CHECK_FALSE(w.panel->page()->rewardReport()->verdict().isEmpty());
  test::picture(*w.window, "train-run-report");
  w.panel->page()->views()->setCurrent(0);
  REQUIRE(w.waitFor([&] { return w.button("PPO with it") != nullptr; }));

  w.press("PPO with it");
  REQUIRE(w.waitFor([&] { return page->description().ppo.reward.contains("bells"); }));
  page->addFiles({QString::fromStdString(w.world.prompts.string())});
  page->nameField()->selectAll();
  QTest::keyClicks(page->nameField(), "ringer");
  w.set("steps", "120");
  w.set("batch", "6");
  w.set("max_tokens", "6");
  w.set("evaluate_every", "20");
  w.set("checkpoint_every", "100");
  w.set("held_out_prompts", "0.25");
  CHECK(page->description().kind == TrainKind::Ppo);
  CHECK(page->description().modelDir.endsWith("/models/policy"));
  w.start();
  RolloutView* rollouts = w.panel->page()->rollouts();
  REQUIRE(w.waitFor([&] { return w.run("ringer").step >= 1 && rollouts->model().rowCount() == 6; }));
  CHECK(w.panel->page()->plot(0)->model().title == "Reward");
  test::picture(*w.window, "train-run-ppo");
  if (w.run("ringer").state == RunState::Running) {
    w.press("Stop");
    REQUIRE(w.waitFor([&] { return w.run("ringer").state != RunState::Running; }));
  }
  REQUIRE(w.run("ringer").state == RunState::Stopped);
  CHECK(w.run("ringer").checkpoint >= 1);
  w.press("Resume");
  REQUIRE(w.waitFor([&] { return w.run("ringer").state == RunState::Done; }));
  REQUIRE(w.waitFor([&] { return rollouts->model().rollouts().step == 120; }));
  QTest::mouseClick(rollouts->table()->viewport(), Qt::LeftButton, {}, rollouts->placeOf(0, 0));
  CHECK(rollouts->chosenToken() == 0);
  const auto rows = w.source->metrics(w.run("ringer").id, 0);
  CHECK(std::isfinite(rows.back().measured(Measure::Score)));
  CHECK(std::isfinite(rows.back().measured(Measure::HeldOutReward)));

  // How far it went, and best of n of what it began with beside it.
  w.panel->page()->views()->setCurrent(2);
  ProxyGoldView* distance = w.panel->page()->proxyGold();
  CHECK(distance->chart()->families().size() == 1);
  REQUIRE(w.waitFor([&] { return w.engine->model("runs/ringer") != nullptr; }));
  QTest::mouseClick(distance->measureButton(), Qt::LeftButton);
  REQUIRE(w.waitFor([&] { return !distance->measuring(); }));
  REQUIRE(distance->chart()->families().size() == 2);
  CHECK(distance->chart()->families()[1].points.size() == 4); // best of 1, 4, 16, 64
  test::picture(*w.window, "train-run-distance");
  w.panel->page()->views()->setCurrent(0);

  // Renamed, deleted, and all of it undone.
  w.source->rename(w.run("ringer").id, "sexton");
  REQUIRE(w.waitFor([&] { return w.run("sexton").step == 120; }));
  CHECK(w.run("sexton").state == RunState::Done);
  CHECK(std::filesystem::exists((w.home + "/runs/sexton/run.json").toStdString()));
  w.source->remove(w.run("sexton").id);
  CHECK(w.source->runs().size() == 1);
  CHECK_FALSE(std::filesystem::exists((w.home + "/runs/sexton").toStdString()));
  w.bench.undo()->undo();
  CHECK(w.waitFor([&] { return w.run("sexton").step == 120; })); // a thread of its own reads how far it is
  w.bench.undo()->undo();
  CHECK(w.waitFor([&] { return w.run("ringer").step == 120; }));
  INFO(w.trouble.toStdString());
  CHECK(w.trouble.isEmpty());
}

TEST_CASE("a warning goes back to the newest checkpoint that is not after the step it names") {
  const test::Scratch root;
  const std::filesystem::path run = root / "run";
  for (const char* step : {"step-4", "step-8", "step-12", "step-x"})
    std::filesystem::create_directories(run / "checkpoints" / step);
  const char* row =
      R"({"kind": "over-optimized", "step": 12, "what": "a", "why": "b", "remedy": "c", "good_step": %1})";
  const auto note = [&](int good) {
    writeFileAtomically(run / "warnings.jsonl", QString::fromLatin1(row).arg(good).toStdString() + "\n");
    return readNotes(QString::fromStdString(run.string())).value(0);
  };
  CHECK(note(10).goodStep == 8);
  CHECK(note(10).goodModel == QString::fromStdString((run / "checkpoints/step-8").string()));
  CHECK(note(8).goodStep == 8);
  CHECK(note(2).goodStep == -1);
  CHECK(note(-1).goodModel.isEmpty());
}
