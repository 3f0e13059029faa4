// A training begun, stopped and finished in the window as a person does it, on a real device.
#include "application.h"
#include "catch.h"
#include "cpu_time.h"
#include "engine/engine.h"
#include "engine/engine_train_source.h"
#include "formats/model_folder.h"
#include "main_window.h"
#include "train/new_run_page.h"
#include "train/number_field.h"
#include "train/run_list.h"
#include "train/run_page.h"
#include "train/train_panel.h"
#include "training_world.h"
#include "widgets/key_button.h"
#include "widgets/plot.h"
#include "workbench.h"

#include <QElapsedTimer>
#include <QLineEdit>
#include <QSignalSpy>
#include <QTest>

using namespace attune;

namespace {

constexpr int patience = 240000; // ms; kernels are compiled on the way

struct Window {
  test::TrainingWorld world;
  QString home = QString::fromStdString((world.root / "home").string());
  Workbench bench;
  std::unique_ptr<Engine> engine;
  std::unique_ptr<EngineTrainSource> source;
  std::unique_ptr<MainWindow> window;
  TrainPanel* panel = nullptr;
  QString trouble;

  Window() {
    std::filesystem::create_directories(home.toStdString() + "/models");
    std::filesystem::create_directories(home.toStdString() + "/runs");
    open();
  }
  void open() {
    engine = std::make_unique<Engine>(bench, ModelPlaces{home + "/models", home + "/runs", {}});
    source = std::make_unique<EngineTrainSource>(bench, *engine, home);
    QObject::connect(source.get(), &TrainSource::failed, [this](const QString& sentence) { trouble = sentence; });
    window = std::make_unique<MainWindow>(bench);
    panel = new TrainPanel(bench, *source);
    window->addPanel(panel);
    window->resize(1280, 800);
    window->show();
    window->activateWindow();
    QApplication::processEvents();
  }
  void close() {
    window.reset();
    source.reset();
    engine.reset();
  }
  KeyButton* button(const QString& words) {
    for (auto* one : panel->findChildren<KeyButton*>())
      if (one->isVisible() && one->text() == words) return one;
    return nullptr;
  }
  RunInfo info() { return source->runs().value(0); }
  void press(const QString& words) {
    KeyButton* one = button(words);
    REQUIRE(one);
    QTest::mouseClick(one, Qt::LeftButton);
  }
  bool waitFor(const std::function<bool()>& holds) {
    return QTest::qWaitFor([&] { return holds() || !trouble.isEmpty(); }, patience) && trouble.isEmpty();
  }
};

} // namespace

TEST_CASE("a run is begun in the window, stopped, closed over, resumed and talked to") {
  test::application();
  Window w;
  w.panel->newRun(TrainKind::Pretrain);
  NewRunPage* page = w.panel->newPage();
  page->addFiles({QString::fromStdString(w.world.text.string())});
  page->nameField()->selectAll();
  QTest::keyClicks(page->nameField(), "tales");
  const auto set = [&](const char* key, const char* value) {
    page->field(key)->selectAll();
    QTest::keyClicks(page->field(key), value);
  };
  set("n_layer", "2");
  set("n_head", "2");
  set("n_embd", "32");
  set("n_ctx", "32");
  set("context", "16");
  set("batch", "4");
  set("steps", "400");
  set("evaluate_every", "20");
  set("checkpoint_every", "1000");
  INFO(w.trouble.toStdString());
  REQUIRE(w.waitFor([&] { return page->canStart(); }));
  test::picture(*w.window, "train-run-new");

  // The window keeps answering while it trains.
  double mostWork = 0;
  qint64 longest = 0;
  QElapsedTimer wall;
  double cpu = test::cpuMilliseconds();
  QTimer tick;
  QObject::connect(&tick, &QTimer::timeout, [&] {
    const double now = test::cpuMilliseconds();
    mostWork = std::max(mostWork, now - cpu);
    cpu = now;
    if (wall.isValid()) longest = std::max(longest, wall.elapsed());
    wall.start();
  });
  QTest::keyClick(page, Qt::Key_Return, Qt::ControlModifier);
  CHECK_FALSE(w.bench.works().isEmpty());
  QTest::mouseClick(page->startButton(), Qt::LeftButton); // an impatient second time starts nothing
  w.waitFor([&] { return w.info().step >= 3; });
  UNSCOPED_INFO(w.trouble.toStdString());
  REQUIRE(w.waitFor([&] { return w.info().step >= 3; }));
  cpu = test::cpuMilliseconds();
  tick.start(2);
  REQUIRE(w.waitFor([&] { return w.info().step >= 45; }));
  tick.stop();
  WARN("longest gap of the window's clock " << longest << " ms, most work in one " << mostWork << " ms");
  CHECK(mostWork < 50);
  CHECK(w.info().state == RunState::Running);
  CHECK(w.info().secondsLeft > 0);
  REQUIRE(w.bench.works().size() >= 1);
  CHECK(w.bench.works().front().running); // the dot
  CHECK_FALSE(w.source->metrics(w.info().id, 0).empty());
  CHECK_FALSE(w.source->samples(w.info().id).isEmpty());
  CHECK(w.source->memoryOf(w.info().id).bytes() > 0);
  REQUIRE(w.waitFor([&] { return w.panel->page()->plot(0)->model().curves.size() == 2; }));
  // Two looks take long enough for the run to end.
  if (qEnvironmentVariableIsSet("ATTUNE_PICTURES")) {
    test::picture(*w.window, "train-run");
    Theme::use(ThemeMode::Dark);
    test::picture(*w.window, "train-run-dark");
    Theme::use(ThemeMode::Light);
  }

  const int asked = w.info().step;
  w.press("Stop");
  REQUIRE(w.waitFor([&] { return w.info().state == RunState::Stopped; }));
  CHECK(w.info().checkpoint >= asked);
  CHECK(w.info().checkpoint == w.info().step);
  const int safe = w.info().checkpoint;

  // Closing over a run that goes on leaves it resumable.
  w.press("Resume");
  REQUIRE(w.waitFor([&] { return w.info().step > safe; }));
  w.close();
  w.open();
  REQUIRE(w.waitFor([&] { return !w.source->runs().isEmpty(); }));
  CHECK(w.info().state == RunState::Stopped);
  CHECK(w.info().checkpoint > safe);
  REQUIRE(w.waitFor([&] { return w.button("Resume") != nullptr; }));
  w.press("Resume");
  REQUIRE(w.waitFor([&] { return w.info().state == RunState::Done; }));
  CHECK(w.source->metrics(w.info().id, 0).size() >= 400);
  CHECK(w.source->metrics(w.info().id, 0).back().step == 400);
  REQUIRE(w.waitFor([&] { return w.button("Chat") != nullptr; }));
  QSignalSpy opened(&w.bench, &Workbench::openRequested);
  w.press("Chat");
  REQUIRE(opened.size() == 1);
  CHECK(opened[0][0].toString() == "chat");
  const QString model = opened[0][1].toMap().value("model").toString();
  CHECK(ModelFolder(model.toStdString()).config().nLayer == 2);
  REQUIRE(w.waitFor([&] { return w.engine->modelAt(model) == "runs/tales"; }));
}

TEST_CASE("what cannot be trained is told before Start, and runs of a shell show in the window") {
  test::application();
  Window w;
  w.panel->newRun(TrainKind::Pretrain);
  NewRunPage* page = w.panel->newPage();
  QSignalSpy answers(w.source.get(), &TrainSource::forecastReady);
  page->addFiles({QString::fromStdString((w.world.root / "absent.txt").string())});
  page->nameField()->setText("tales");
  const auto answered = [&] {
    const bool came = QTest::qWaitFor([&] { return !answers.isEmpty(); }, patience);
    REQUIRE(came);
    const auto forecast = answers.last()[0].value<TrainForecast>();
    answers.clear();
    return forecast;
  };
  CHECK_FALSE(answered().possible()); // the file is not there
  RunDescription run = page->description();
  run.files = {QString::fromStdString(w.world.text.string())};
  w.source->forecast(run);
  const TrainForecast good = answered();
  for (const auto& check : good.checks) INFO(check.words.toStdString());
  CHECK(good.possible());
  CHECK(good.bytes() > (1u << 20));
  run.batch = 4096;
  run.newModel->nLayer = 96;
  run.newModel->nEmbd = 8192;
  w.source->forecast(run);
  CHECK_FALSE(answered().possible()); // memory

  RunSettings settings = w.world.settings();
  Run::create(settings, (w.home + "/runs/shell").toStdString());
  REQUIRE(w.waitFor([&] { return w.source->runs().size() == 1; }));
  CHECK(w.info().description.name == "shell");
  CHECK(w.info().description.learningRate == 1e-2);
  CHECK(w.info().state == RunState::Stopped);
  run = page->description();
  run.name = "shell";
  run.files = {QString::fromStdString(w.world.text.string())};
  w.source->start(run); // the name is taken
  REQUIRE(QTest::qWaitFor([&] { return !w.trouble.isEmpty(); }, patience));
  CHECK(w.trouble.contains("not empty"));
  CHECK_FALSE(std::filesystem::exists((w.home + "/models/shell-start").toStdString()));
}
