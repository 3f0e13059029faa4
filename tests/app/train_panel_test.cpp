#include "train/train_panel.h"

#include "catch.h"
#include "checkout.h"
#include "train/new_run_page.h"
#include "train/number_field.h"
#include "train/run_list.h"
#include "train/run_page.h"
#include "train/train_words.h"
#include "train_window.h"
#include "widgets/key_button.h"
#include "widgets/plot.h"

#include <QFile>
#include <QLineEdit>
#include <QTemporaryDir>
#include <QTest>
#include <QTextBrowser>

using namespace attune;
using test::TrainWindow;

TEST_CASE("an empty Train panel offers the first run") {
  test::application();
  TrainWindow w(false);
  CHECK_FALSE(w.panel->page()->isVisible());
  test::picture(*w.window, "train-empty");
  w.panel->newRun(TrainKind::Pretrain);
  CHECK(w.panel->newPage()->isVisible());
  CHECK_FALSE(w.panel->newPage()->canStart()); // no files
  CHECK(w.panel->escape());
  CHECK_FALSE(w.panel->newPage()->isVisible());
}

TEST_CASE("a running run shows its curves, and pauses and stops") {
  test::application();
  TrainWindow w(true);
  const PlotModel& loss = w.panel->page()->plot(0)->model();
  REQUIRE(loss.curves.size() == 2);
  CHECK(loss.curves[0].size() == 1234);
  CHECK(loss.curves[1].size() == 12);
  CHECK(loss.xEnd == 2000.0);
  REQUIRE(loss.best.has_value());
  CHECK(w.panel->page()->plot(3)->model().curves[0].size() == 1234);
  for (auto* button : w.panel->page()->findChildren<KeyButton*>())
    if (button->isVisible() && (button->text() == "Pause" || button->text() == "Stop")) button->click();
  CHECK(w.source.log == QStringList{"pause /runs/tales", "stop /runs/tales"});
  // New rows come with the next look.
  MetricsRow row;
  row.step = 1235;
  row.loss = 0.5;
  w.source.rows["/runs/tales"].push_back(row);
  w.panel->page()->refresh();
  CHECK(w.panel->page()->plot(0)->model().curves[0].size() == 1235);
  // A chat's sample shows by its turns, without the marks of its template.
  w.source.texts["/runs/tales"] = {{1235, "<|user|>Who are you?<|endoftext|><|assistant|>", "I am <Pip>."}};
  Q_EMIT w.source.samplesChanged("/runs/tales");
  QString shown;
  for (auto* view : w.panel->page()->findChildren<QTextBrowser*>()) shown += view->toPlainText();
  CHECK(shown.contains("user: Who are you? assistant: I am <Pip>."));
}

TEST_CASE("several selected runs are curves in one plot, named by the run") {
  test::application();
  TrainWindow w(true);
  RunList* list = w.panel->list();
  for (int row : {0, 1}) list->selectionModel()->select(list->model()->index(row, 0), QItemSelectionModel::Select);
  const PlotModel& rate = w.panel->page()->plot(1)->model();
  REQUIRE(rate.curves.size() == 2);
  CHECK(rate.curves[0].name == "tales");
  CHECK(rate.curves[1].name == "tales-long");
  CHECK(rate.curves[0].style != rate.curves[1].style);
  test::picture(*w.window, "train-compare");
}

TEST_CASE("a failed run says what is safe and resumes") {
  test::application();
  TrainWindow w(true);
  w.panel->list()->choose("/runs/tales-hot");
  bool resumed = false;
  for (auto* button : w.panel->page()->findChildren<KeyButton*>())
    if (button->isVisible() && button->text() == "Resume") button->click(), resumed = true;
  CHECK(resumed);
  CHECK(w.source.log == QStringList{"resume /runs/tales-hot"});
  test::picture(*w.window, "train-failed");
}

TEST_CASE("a new run is described by its fields, checked, and started") {
  test::application();
  QTemporaryDir folder;
  QFile file(folder.filePath("tales.txt"));
  REQUIRE(file.open(QIODevice::WriteOnly));
  file.write(QByteArray(100000, 'a'));
  file.close();
  TrainWindow w(true);
  w.panel->newRun(TrainKind::Pretrain);
  NewRunPage* page = w.panel->newPage();
  page->addFiles({file.fileName()});
  page->nameField()->setText("tales");
  CHECK_FALSE(page->canStart()); // the name is taken
  page->nameField()->setText("my tales");
  page->field("lr")->setText("3e-4");
  page->field("steps")->setText("1,500");
  page->field("batch")->setText("0");
  CHECK(page->field("batch")->property("wrong").toBool());
  CHECK(page->field("batch")->sentence() == QStringLiteral("Batch is a whole number from 1 to 4,096."));
  QTest::qWait(300);
  CHECK_FALSE(page->canStart());
  page->field("batch")->setText("16");
  CHECK_FALSE(page->canStart()); // not checked yet
  REQUIRE(QTest::qWaitFor([&] { return page->canStart(); }, 20000));
  const RunDescription run = page->description();
  CHECK(run.steps == 1500);
  CHECK(run.batch == 16);
  CHECK(run.learningRate == 3e-4);
  REQUIRE(run.newModel.has_value());
  const QString command = commandOf(run, "/home/you/attune");
  CHECK(command.contains("attune-cli model init --architecture gpt2 --set n_layer=4 --set n_head=4 --set n_embd=128"));
  CHECK(command.contains("attune-cli pretrain --model '/home/you/attune/models/my tales-start' --data "));
  CHECK(command.contains("--steps 1500 --batch 16 --context 128 --lr 0.0003"));
  CHECK(command.contains("--held-out 0.1"));
  page->startButton()->click();
  REQUIRE(w.source.begun.has_value());
  CHECK(w.source.begun->name == "my tales");
  CHECK(w.panel->page()->isVisible());
  CHECK(w.panel->page()->runs().front().description.name == "my tales");
}

TEST_CASE("a check that is wrong keeps Start shut") {
  test::application();
  QTemporaryDir folder;
  QFile file(folder.filePath("a.jsonl"));
  REQUIRE(file.open(QIODevice::WriteOnly));
  file.close();
  TrainWindow w(true);
  w.source.answer.checks.append({TrainForecast::Wrong, "The run needs 9.1 GiB of 8.0 GiB; a batch of 10 would do."});
  w.panel->newRun(TrainKind::Finetune);
  w.panel->newPage()->addFiles({file.fileName()});
  QTest::qWait(350);
  CHECK_FALSE(w.panel->newPage()->canStart());
  CHECK(w.panel->newPage()->description().modelDir == "/models/starter");
}

TEST_CASE("parameters of a new model are counted as transformers does") {
  // GPT-2 small with its 50,257 tokens has 124,439,808.
  NewModel model;
  model.nLayer = model.nHead = 12;
  model.nEmbd = 768;
  model.nCtx = 1024;
  model.vocabulary = 50257;
  CHECK(model.parameters() == 124439808);
}

TEST_CASE("metrics are read as the file grows, and anew when it shrank") {
  QTemporaryDir folder;
  const QString path = folder.filePath("metrics.jsonl");
  const auto write = [&](const QByteArray& text, QIODevice::OpenMode mode) {
    QFile file(path);
    REQUIRE(file.open(mode));
    file.write(text);
  };
  MetricsFile metrics(path);
  CHECK_FALSE(metrics.update());
  write("{\"step\":1,\"loss\":4.5,\"lr\":1e-3,\"grad_norm\":2,\"tokens\":768,\"time_step\":0.5}\n{\"step\":2,\"lo",
        QIODevice::WriteOnly);
  CHECK(metrics.update());
  REQUIRE(metrics.rows().size() == 1);
  CHECK(metrics.rows()[0].tokensPerSecond == 1536);
  CHECK(std::isnan(metrics.rows()[0].heldOutLoss));
  CHECK_FALSE(metrics.update());
  write("ss\":4.25,\"held_out_loss\":4.4}\n", QIODevice::WriteOnly | QIODevice::Append);
  CHECK(metrics.update());
  REQUIRE(metrics.rows().size() == 2);
  CHECK(metrics.rows()[1].loss == 4.25);
  CHECK(metrics.rows()[1].heldOutLoss == 4.4);
  write("{\"step\":1,\"loss\":5}\n", QIODevice::WriteOnly | QIODevice::Truncate);
  CHECK(metrics.update());
  CHECK(metrics.rows().size() == 1);
}

TEST_CASE("times and sizes in words") {
  CHECK(durationWords(40) == "40 s");
  CHECK(durationWords(152) == "2 min 32 s");
  CHECK(durationWords(7800) == "2 h 10 min");
  CHECK(sizeWords(376ull << 20) == "376 MiB");
  CHECK(countWords(124439808) == "124 M");
}

TEST_CASE("a run is renamed with F2 and deleted with Del") {
  test::application();
  TrainWindow w(true);
  RunList* list = w.panel->list();
  list->choose("/runs/village");
  list->setFocus();
  QTest::keyClick(list, Qt::Key_F2);
  auto* editor = list->findChild<QLineEdit*>();
  REQUIRE(editor);
  editor->setText("harbour");
  QTest::keyClick(editor, Qt::Key_Return);
  CHECK(QTest::qWaitFor([&] { return !w.source.log.isEmpty(); }, 60000));
  CHECK(w.source.log == QStringList{"rename /runs/village harbour"});
  QTest::keyClick(list, Qt::Key_Delete);
  CHECK(w.source.log.back() == "remove /runs/village");
}

TEST_CASE("pictures of the Train panel") {
  test::application();
  for (ThemeMode mode : {ThemeMode::Light, ThemeMode::Dark})
    for (QSize size : {QSize(1280, 800), QSize(1000, 640)}) {
      Theme::use(mode);
      const QString suffix = QStringLiteral("-%1%2").arg(size.width()).arg(mode == ThemeMode::Dark ? "-dark" : "");
      TrainWindow w(true, size);
      w.panel->page()->plot(0)->setPointed(700);
      test::picture(*w.window, "train" + suffix);
      w.panel->newRun(TrainKind::Pretrain);
      w.panel->newPage()->addFiles({QString::fromStdString(test::sourceFolder() + "/README.md")});
      QTest::qWait(350);
      test::picture(*w.window, "train-new" + suffix);
    }
  Theme::use(ThemeMode::Light);
}
