// The whole loop by a button: a script in the real one's place names its stages, waits, is stopped and goes on, and its
// page of results shows.
#include "application.h"
#include "catch.h"
#include "desktop.h"
#include "fake_train.h"
#include "formats/file.h"
#include "main_window.h"
#include "measuring.h"
#include "models/model_list.h"
#include "models/models_panel.h"
#include "paths.h"
#include "scratch.h"
#include "train/loop_page.h"
#include "train/train_panel.h"
#include "widgets/key_button.h"
#include "widgets/message_strip.h"
#include "widgets/results_page.h"
#include "workbench.h"

#include <QFileInfo>
#include <QScrollBar>
#include <QTest>
#include <cstdio>

using namespace attune;

namespace {

// Two stages like those of steps.sh. The second one waits for the file 'go' and fails where there is 'fail'.
constexpr const char* script = R"(#!/bin/sh
set -eu
program=$1
mkdir -p "$2"
cd "$2"
stage() {
  name=$1
  [ ! -f "$name.done" ] || return 0
  echo "Stage $name" >&2
  make_$name
  touch "$name.done"
}
make_data() { echo "$program" >data.txt; }
make_ppo() {
  echo "42 %  Step 21 of 50" >&2
  while [ ! -f ../go ]; do
    [ ! -f ../fail ] || { echo "attune-cli: ppo/run.json: not a run" >&2; exit 1; }
    sleep 0.05
  done
  mkdir ppo
  date +%s%N >ppo/run.json
}
stage data "$1" -- x
stage ppo "$1" -- x
mkdir -p page
printf '# One loop\n\nRules ranked.\n\n![](bars.svg)\n\n| a | b |\n| --- | --- |\n| SFT | 65%% |\n' >page/results.md
echo '<svg xmlns="http://www.w3.org/2000/svg" width="200" height="50"><rect width="200" height="50" fill="#fff"/></svg>' >page/bars.svg
)";

struct Window {
  test::Scratch root;
  Workbench bench;
  test::FakeTrainSource source;
  std::unique_ptr<MainWindow> window;
  TrainPanel* panel = nullptr;
  LoopPage* page = nullptr;

  Window() {
    test::application();
    writeFileAtomically(root / "loop.sh", script);
    panel = new TrainPanel(bench, source);
    panel->setLoop(new WholeLoop({path("loop.sh"), QStringLiteral("/bin/true"), path("made"), path("runs")}, panel));
    page = panel->loopPage();
    window = std::make_unique<MainWindow>(bench);
    window->addPanel(panel);
    window->resize(1280, 800);
    window->show();
    window->activateWindow();
    QApplication::processEvents();
  }
  QString path(const char* name) const { return QString::fromStdString((root / name).string()); }
  void click(const QString& words) {
    INFO(words.toStdString());
    KeyButton* found = nullptr;
    for (auto* one : panel->findChildren<KeyButton*>())
      if (one->isVisible() && one->text() == words) found = one;
    REQUIRE(found);
    QTest::mouseClick(found, Qt::LeftButton);
  }
  bool waitFor(const std::function<bool()>& holds) { return QTest::qWaitFor(holds, 6000 * test::patience()); }
};

} // namespace

TEST_CASE("the whole loop starts by a button, stops, goes on where it stood and shows its results") {
  Window w;
  w.click("The whole loop");
  REQUIRE(w.page->isVisible());
  CHECK(w.page->stageWords() == QStringList{"to come: Write texts and prompts of the small world",
                                            "to come: Train a policy by PPO against it"});
  CHECK_FALSE(w.page->results()->isVisible());
  test::picture(*w.window, "loop-start");
  w.click("Start");
  WholeLoop* loop = w.page->loop();
  const bool there = w.waitFor([&] { return loop->doing() == "Step 21 of 50" || !loop->trouble().isEmpty(); });
  INFO(loop->trouble().toStdString() + loop->doing().toStdString());
  REQUIRE((there && loop->running()));
  CHECK(loop->share() == Approx(0.42));
  CHECK(w.page->stageWords() ==
        QStringList{"done: Write texts and prompts of the small world", "now: Train a policy by PPO against it"});
  CHECK(w.bench.works().last().words.contains("PPO"));
  test::picture(*w.window, "loop-runs");

  // Stopped by its key, everything of it is gone, and what it has made stays.
  QTest::keyClick(w.page, Qt::Key_Period, Qt::ControlModifier);
  REQUIRE(w.waitFor([&] { return !loop->running(); }));
  CHECK(loop->trouble().isEmpty());
  CHECK(w.page->stageWords()[0].startsWith("done"));
  CHECK(w.page->stageWords()[1].startsWith("to come"));
  const QDateTime made = QFileInfo(w.path("made/data.txt")).lastModified();

  // It fails: that is told in its own words, and it can go on.
  writeFileAtomically(w.root / "fail", "");
  w.click("Go on");
  REQUIRE(w.waitFor([&] { return !loop->running(); }));
  CHECK(loop->trouble() == "attune-cli: ppo/run.json: not a run");
  CHECK(w.page->findChild<MessageStrip*>()->isVisible());
  test::picture(*w.window, "loop-failed");
  std::filesystem::remove(w.root / "fail");
  writeFileAtomically(w.root / "go", "");
  w.click("Go on");
  REQUIRE(w.waitFor([&] { return loop->finished(); }));
  CHECK(QFileInfo(w.path("made/data.txt")).lastModified() == made); // the first stage was not made anew
  CHECK_FALSE(w.page->findChild<MessageStrip*>()->isVisible());
  REQUIRE(w.page->results()->isVisible());
  CHECK(w.page->results()->toPlainText().contains("Rules ranked."));
  CHECK(w.page->results()->toPlainText().contains("65%"));
  CHECK(w.page->results()->toHtml().contains("bars.svg"));
  CHECK_FALSE(w.page->results()->document()->resource(QTextDocument::ImageResource, QUrl("bars.svg")).isNull());
  test::picture(*w.window, "loop-done");

  // Its run is one of the runs now, and the loop still knows it.
  const auto content = [&](const char* name) { return readFile(w.root / name); };
  const std::string run = content("runs/loop-ppo/run.json");
  CHECK(content("made/ppo/run.json") == run);
  w.click("Again");
  REQUIRE(w.waitFor([&] { return loop->finished(); }));
  CHECK(content("runs/loop-ppo/run.json") == run);
  CHECK_FALSE(QFileInfo::exists(w.path("runs/loop-ppo-2")));
  // Once it is renamed or deleted it is another's: the loop makes its own anew.
  std::filesystem::rename(w.root / "runs/loop-ppo", w.root / "runs/mine");
  CHECK_FALSE(loop->finished());
  loop->start();
  REQUIRE(w.waitFor([&] { return loop->finished(); }));
  CHECK(content("runs/mine/run.json") == run);
  CHECK(content("runs/loop-ppo/run.json") != run);
  QTest::keyClick(w.page, Qt::Key_Escape);
  CHECK_FALSE(w.page->isVisible());
}

TEST_CASE("the loop is not offered without its script, and the real one is found with its stages") {
  Window w;
  WholeLoop none({QString(), QStringLiteral("/bin/true"), w.path("made"), w.path("runs")});
  CHECK_FALSE(none.unready().isEmpty());
  CHECK(none.stages().isEmpty());
  const WholeLoop::Places places = WholeLoop::standard();
  CHECK(places.script.endsWith("/starter/loop.sh"));
  WholeLoop real(places);
  REQUIRE(real.stages().size() >= 4);
  for (const WholeLoop::Stage& stage : real.stages()) CHECK(stage.state == WholeLoop::Stage::Todo);
}

// The real script, with the window's own buttons: a quarter of an hour and more of two processors, so that it is asked for.
TEST_CASE("the real loop ends with its page, and its models are among the others") {
  if (!test::measuring()) return;
  test::application();
  paths::make();
  Workbench bench;
  Desktop desktop(bench, paths::store());
  desktop.window.resize(1280, 800);
  desktop.window.show();
  desktop.window.showPanel(QStringLiteral("train"));
  auto* panel = desktop.window.findChild<TrainPanel*>();
  auto* page = panel->loopPage();
  for (auto* one : panel->findChildren<KeyButton*>())
    if (one->isVisible() && one->text() == QStringLiteral("The whole loop")) QTest::mouseClick(one, Qt::LeftButton);
  REQUIRE(page->isVisible());
  QTest::mouseClick(page->startButton(), Qt::LeftButton);
  REQUIRE(page->loop()->running());
  QString told;
  int pictures = 0;
  while (page->loop()->running()) {
    QTest::qWait(1000);
    const QString words = page->stageWords().join(u'|');
    if (words == told) continue;
    told = words;
    std::printf("%s\n", qUtf8Printable(words));
    std::fflush(stdout);
    QTest::qWait(20000);
    test::picture(desktop.window, QStringLiteral("real-loop-%1").arg(++pictures));
  }
  INFO(page->loop()->trouble().toStdString());
  REQUIRE(page->loop()->finished());
  test::picture(desktop.window, "real-loop-done");
  const auto known = [&](const char* id) { return desktop.engine.model(QString::fromLatin1(id)) != nullptr; };
  CHECK(QTest::qWaitFor([&] { return known("runs/loop-reward") && known("runs/loop-ppo"); }, 60000));
  CHECK(QTest::qWaitFor([&] { return desktop.training.runs().size() == 2; }, 60000));
  for (const RunInfo& run : desktop.training.runs()) CHECK(run.state == RunState::Done);
  desktop.window.showPanel(QStringLiteral("models"));
  auto* list = desktop.window.findChild<ModelList*>();
  CHECK(QTest::qWaitFor([&] { return list->models()->rowOf(QStringLiteral("runs/loop-ppo")) >= 0; }, 60000));
  list->choose(QStringLiteral("runs/loop-ppo"));
  QTest::qWait(5000);
  test::picture(desktop.window, "real-loop-models");
  QTest::keyClick(page, Qt::Key_Escape);
  desktop.window.showPanel(QStringLiteral("train"));
  QTest::qWait(2000);
  test::picture(desktop.window, "real-loop-train");
}

TEST_CASE("a page's charts are as wide as there is room, at every size") {
  test::application();
  test::Scratch root;
  writeFileAtomically(root / "wide.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"670\" height=\"400\"/>");
  writeFileAtomically(root / "results.md", "# Page\n\n![](wide.svg)\n\n![](wide.svg)\n");
  ResultsPage page;
  REQUIRE(page.setFile(QString::fromStdString((root / "results.md").string())));
  page.show();
  for (int height = 300; height < 1000; height += 50) // with and without a need for a scroll bar
    for (const int width : {400, 640, 690, 720, 900}) {
      page.resize(width, height);
      QApplication::processEvents();
      CHECK(page.horizontalScrollBar()->maximum() == 0);
      const auto chart = page.document()->resource(QTextDocument::ImageResource, QUrl("wide.svg")).value<QImage>();
      CHECK(chart.width() == std::min(670, page.viewport()->width() - 32));
    }
  CHECK_FALSE(page.setFile(QString::fromStdString((root / "none.md").string())));
}

TEST_CASE("a page's charts take the theme's paper and ink") {
  test::application();
  const QByteArray chart = R"(<rect fill="#fff"/><text style="font-size:12px;fill:#444"/><line stroke="#ccc"/>)";
  Theme::use(ThemeMode::Dark);
  const QByteArray dark = ResultsPage::inTheme(chart);
  Theme::use(ThemeMode::Light);
  CHECK(dark.contains("fill=\"#1b1d20\""));
  CHECK(dark.contains("fill:#e6e9ec"));
  CHECK_FALSE(dark.contains("#ccc"));
}
