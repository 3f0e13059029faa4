#include "train/train_panel.h"

#include "application.h"
#include "catch.h"
#include "checkout.h"
#include "fake_train.h"
#include "main_window.h"
#include "train/names_field.h"
#include "train/new_run_page.h"
#include "train/number_field.h"
#include "train/rollout_view.h"
#include "train/run_list.h"
#include "train/run_page.h"
#include "train/train_words.h"
#include "widgets/key_button.h"
#include "widgets/plot.h"
#include "widgets/property_rows.h"
#include "widgets/segmented_control.h"
#include "workbench.h"

#include <QFile>
#include <QLineEdit>
#include <QMenu>
#include <QTableView>
#include <QTemporaryDir>
#include <QTest>
#include <QTextBrowser>

using namespace attune;

namespace {

struct Window {
  Workbench bench;
  test::FakeTrainSource source;
  TrainPanel* panel = nullptr;
  std::unique_ptr<MainWindow> window;

  explicit Window(bool withRuns, QSize size = {1280, 800}) {
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

} // namespace

TEST_CASE("an empty Train panel offers the first run") {
  test::application();
  Window w(false);
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
  Window w(true);
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
  Window w(true);
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
  Window w(true);
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
  Window w(true);
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
  Window w(true);
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

namespace {

// A step's rollouts as a run of PPO writes them.
void writeRollouts(const QString& path, int step) {
  struct One {
    const char* prompt;
    QStringList words;
    double score;
  };
  const QList<One> replies{
      {"What should I bring for the keeper?",
       QStringLiteral("Bring| a| warm| coat|,| some| bread| and| a| lamp|.| The| keeper| works| at| night| and| the| "
                      "stairs| are| cold|.")
           .split(u'|'),
       1.84},
      {"Is the fog dangerous?",
       QStringLiteral("Yes|,| it| can| be|.| Stay| near| the| wall| and| listen| for| the| bell|,| and| the| bell|.")
           .split(u'|'),
       0.71},
      {"How many gulls are on the roof?", QStringLiteral("I| cannot| see| the| roof| from| here|.").split(u'|'), 1.22}};
  QFile file(path);
  REQUIRE(file.open(QIODevice::WriteOnly));
  file.write(QStringLiteral("{\"step\":%1,\"kl_coef\":0.05,\"episodes\":64}\n").arg(step).toUtf8());
  for (const One& one : replies) {
    QStringList ids, tokens, probability, reference, kl, reward, advantage, value;
    double sum = 0;
    for (int t = 0; t < one.words.size(); ++t) {
      const double p = 0.1 + 0.8 * std::abs(std::sin(t * 1.7 + one.score)), r = 0.1 + 0.8 * std::abs(std::cos(t * 0.9));
      sum += std::log(p / r);
      ids << QString::number(100 + t);
      tokens << u'"' + one.words[t] + u'"';
      for (const auto& [list, x] : {std::pair(&probability, p),
                                    {&reference, r},
                                    {&kl, std::log(p / r)},
                                    {&reward, -0.05 * std::log(p / r)},
                                    {&advantage, 1.6 * std::sin(t * 1.1 + one.score)},
                                    {&value, 0.4 + 0.02 * t}})
        *list << QString::number(x, 'g', 5);
    }
    file.write(QStringLiteral("{\"prompt\":\"%1\",\"ended\":true,\"score\":%2,\"kl\":%3,\"ids\":[%4],\"tokens\":[%5],"
                              "\"probability\":[%6],\"reference\":[%7],\"kl_token\":[%8],\"reward\":[%9],")
                   .arg(QString::fromLatin1(one.prompt))
                   .arg(one.score)
                   .arg(sum)
                   .arg(ids.join(u','), tokens.join(u','), probability.join(u','), reference.join(u','), kl.join(u','),
                        reward.join(u','))
                   .toUtf8());
    file.write(
        QStringLiteral("\"advantage\":[%1],\"value\":[%2]}\n").arg(advantage.join(u','), value.join(u',')).toUtf8());
  }
}

// Runs of PPO and of a reward model beside the others.
struct PreferenceWindow {
  QTemporaryDir folder;
  Window w;
  explicit PreferenceWindow(QSize size = {1280, 800})
      : w(true, size) {
    w.source.add("harbour-ppo", TrainKind::Ppo, RunState::Running, 31, 50);
    w.source.add("harbour-rm", TrainKind::Reward, RunState::Done, 180, 180);
    RunInfo& ppo = w.source.list[w.source.list.size() - 2];
    ppo.notes = {
        {22,
         "The reward goes up, the judge goes down.",
         "Since step 22 the reward rose from 1.1 to 1.6 on held-out prompts, while the judge fell from 1.0 to 0.8.",
         "Take the checkpoint of step 22, or begin anew with a KL coefficient of 0.1.",
         {{"kl-coef", 0.1}},
         20,
         "/runs/harbour-ppo/checkpoints/step-20"}};
    writeRollouts(folder.filePath("step-31.jsonl"), 31);
    w.source.files.insert(ppo.id, {folder.filePath("step-31.jsonl")});
    Q_EMIT w.source.runsChanged();
    w.panel->list()->choose(ppo.id);
  }
  template <class Widget> Widget* shown(const QString& words) {
    QApplication::processEvents();
    for (auto* one : w.panel->template findChildren<Widget*>())
      if (one->isVisible() && one->text() == words) return one;
    return nullptr;
  }
};

} // namespace

TEST_CASE("a run of PPO shows its own curves, with the judge's, and its warning with a remedy to click") {
  test::application();
  PreferenceWindow p;
  RunPage* page = p.w.panel->page();
  CHECK(page->plot(0)->model().title == "Reward");
  REQUIRE(page->plot(0)->model().curves.size() == 3);
  CHECK(page->plot(0)->model().curves[0].size() == 31);
  CHECK(page->plot(0)->model().curves[2].name == "judge");
  CHECK(page->plot(1)->model().title == "KL to the reference, nats");
  // The best step is that of the held-out reward less its penalty, in every plot.
  REQUIRE(page->plot(0)->model().best.has_value());
  CHECK(page->plot(2)->model().best == page->plot(0)->model().best);
  auto* remedy = p.shown<KeyButton>("Again with KL coefficient 0.1");
  REQUIRE(remedy);
  QTest::mouseClick(remedy, Qt::LeftButton);
  REQUIRE(p.w.panel->newPage()->isVisible());
  const RunDescription again = p.w.panel->newPage()->description();
  CHECK(again.kind == TrainKind::Ppo);
  CHECK(again.ppo.klCoef == 0.1);
  CHECK(again.name == "harbour-ppo-2");
  CHECK(again.ppo.reward == "/models/harbour-rm");
  CHECK(again.modelDir == "/models/starter");

  // Back to the checkpoint that was still well, for the steps that are left, with what the remedy changes.
  CHECK(p.w.panel->escape());
  auto* checkpoint = p.shown<KeyButton>("Back to step 20");
  REQUIRE(checkpoint);
  test::picture(*p.w.window, "train-ppo-back");
  QTest::mouseClick(checkpoint, Qt::LeftButton);
  REQUIRE(p.w.panel->newPage()->isVisible());
  const RunDescription back = p.w.panel->newPage()->description();
  CHECK(back.modelDir == "/runs/harbour-ppo/checkpoints/step-20");
  CHECK(back.steps == 30);
  CHECK(back.ppo.klCoef == 0.1);
  test::picture(*p.w.window, "train-new-back");
  // The next new run knows nothing of that checkpoint.
  p.w.panel->newRun(TrainKind::Ppo);
  CHECK(p.w.panel->newPage()->description().modelDir == "/models/starter");
}

TEST_CASE("a reward model's run has accuracy and margin, and PPO with it is a click away") {
  test::application();
  PreferenceWindow p;
  p.w.panel->list()->choose("/runs/harbour-rm");
  CHECK(p.w.panel->page()->plot(1)->model().title == "Accuracy on pairs");
  CHECK(p.w.panel->page()->plot(1)->model().curves[0].size() == 180);
  CHECK(p.shown<KeyButton>("Chat") == nullptr); // it scores and does not talk
  auto* ppo = p.shown<KeyButton>("PPO with it");
  REQUIRE(ppo);
  QTest::mouseClick(ppo, Qt::LeftButton);
  CHECK(p.w.panel->newPage()->description().kind == TrainKind::Ppo);
  // The list says what each run is.
  RunList* list = p.w.panel->list();
  const auto words = [&](const QString& id) {
    return list->model()->index(list->runs()->rowOf(id), 0).data(Qt::AccessibleTextRole).toString();
  };
  CHECK(words("/runs/harbour-rm").contains("Reward model"));
  INFO(words("/runs/harbour-rm").toStdString());
  CHECK(words("/runs/harbour-rm").contains("right 70 %"));
  CHECK(words("/runs/harbour-ppo").contains("PPO"));
}

TEST_CASE("a click on a token of a rollout tells its numbers") {
  test::application();
  PreferenceWindow p;
  RolloutView* view = p.w.panel->page()->rollouts();
  REQUIRE(view->isVisible());
  REQUIRE(view->model().rowCount() == 3);
  CHECK(view->model().index(0, RolloutModel::Reward).data().toString() == "+1.84");
  QTest::mouseClick(view->table()->viewport(), Qt::LeftButton, {}, view->placeOf(0, 9));
  CHECK(view->chosenRow() == 0);
  CHECK(view->chosenToken() == 9);
  const auto numbers = [&] {
    QString all;
    for (auto* rows : p.w.panel->sidePane()->findChildren<PropertyRows*>())
      if (rows->isVisible()) all += rows->text();
    return all;
  };
  CHECK(numbers().contains("Policy gives"));
  CHECK(numbers().contains("109")); // its id
  QTest::keyClick(view->table(), Qt::Key_Right);
  CHECK(view->chosenToken() == 10);
  CHECK(numbers().contains("110"));
  // Another colour, another range; what is chosen stays.
  view->colours()->setCurrent(int(TokenColour::Probability));
  CHECK(view->chosenToken() == 10);
  // The next step's rollouts take their place.
  writeRollouts(p.folder.filePath("step-32.jsonl"), 32);
  p.w.source.files["/runs/harbour-ppo"].prepend(p.folder.filePath("step-32.jsonl"));
  p.w.panel->page()->refresh();
  CHECK(view->model().rollouts().step == 32);
  p.w.panel->list()->choose("/runs/tales");
  CHECK_FALSE(view->isVisible());
  CHECK_FALSE(numbers().contains("Policy gives"));
}

TEST_CASE("runs of every kind are described by their fields, and by the command that does the same") {
  test::application();
  QTemporaryDir folder;
  const QString file = folder.filePath("rankings.jsonl");
  QFile(file).open(QIODevice::WriteOnly);
  Window w(true);
  w.source.counts[int(StoreRecords::Rankings)] = {412, 300};
  NewRunPage* page = w.panel->newPage();
  w.panel->newRun(TrainKind::Reward);
  CHECK(page->field("steps")->text() == "0"); // one epoch
  CHECK(page->description().modelDir == "/models/starter");
  CHECK_FALSE(page->field("kl_coef")->isVisible());
  // Labelers are held out by name: typed, or ticked among those who ranked what the store has.
  NamesField* labelers = page->findChild<NamesField*>();
  REQUIRE(labelers);
  CHECK(labelers->isVisible());
  w.source.rankers = {"ann", "rule: shorter"};
  Q_EMIT w.source.storedChanged();
  labelers->setFocus();
  QTest::keyClicks(labelers, "bob");
  QTest::keyClick(labelers, Qt::Key_Down);
  REQUIRE(labelers->menu()->isVisible());
  REQUIRE(labelers->menu()->actions().size() == 2);
  QTest::keyClick(labelers->menu(), Qt::Key_Down);
  QTest::keyClick(labelers->menu(), Qt::Key_Down);
  QTest::keyClick(labelers->menu(), Qt::Key_Return);
  CHECK(page->description().reward.heldOutLabelers == QStringList{"bob", "rule: shorter"});
  CHECK(commandOf(page->description(), "/h").contains("--held-out-labelers bob 'rule: shorter'"));
  labelers->openMenu();
  CHECK(labelers->menu()->actions()[1]->isChecked());
  labelers->menu()->actions()[1]->trigger(); // let go again
  labelers->menu()->close();
  CHECK(page->description().reward.heldOutLabelers == QStringList{"bob"});
  labelers->clear();
  CHECK_FALSE(commandOf(page->description(), "/h").contains("--held-out-labelers"));
  page->addStored();
  CHECK(w.source.log == QStringList{"export 1 1"});
  CHECK(page->description().files == QStringList{"/data/rankings-1234abcd.jsonl"});
  CHECK(commandOf(page->description(), "/h").startsWith("attune-cli reward --model /models/starter --data /data/"));
  CHECK_FALSE(commandOf(page->description(), "/h").contains("--steps"));
  w.panel->newRun(TrainKind::Ppo);
  CHECK(page->field("batch")->text() == "64");
  page->addFiles({file});
  page->field("kl_coef")->setText("0.2");
  page->field("max_tokens")->setText("24");
  const QString command = commandOf(page->description(), "/h");
  CHECK(command.contains("attune-cli ppo --policy /models/starter --prompts"));
  CHECK(command.contains("--reward /models/harbour-rm"));
  CHECK(command.contains("--kl-coef 0.2"));
  CHECK(command.contains("--max-tokens 24"));
  CHECK_FALSE(command.contains("--context"));
  w.panel->newRun(TrainKind::Dpo);
  page->addFiles({file});
  page->field("beta")->setText("0.3");
  CHECK(commandOf(page->description(), "/h").contains("attune-cli dpo --model /models/starter"));
  CHECK(commandOf(page->description(), "/h").contains("--beta 0.3"));
  w.panel->newRun(TrainKind::Pretrain);
  CHECK(page->field("steps")->text() == "2000");
}

TEST_CASE("a run is renamed with F2 and deleted with Del") {
  test::application();
  Window w(true);
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

TEST_CASE("pictures of preference training") {
  test::application();
  for (ThemeMode mode : {ThemeMode::Light, ThemeMode::Dark})
    for (QSize size : {QSize(1280, 800), QSize(1000, 640)}) {
      Theme::use(mode);
      const QString suffix = QStringLiteral("-%1%2").arg(size.width()).arg(mode == ThemeMode::Dark ? "-dark" : "");
      PreferenceWindow p(size);
      p.w.panel->page()->rollouts()->choose(0, 9);
      test::picture(*p.w.window, "train-ppo" + suffix);
      p.w.panel->list()->choose("/runs/harbour-rm");
      test::picture(*p.w.window, "train-reward" + suffix);
      for (const TrainKind kind : {TrainKind::Reward, TrainKind::Ppo, TrainKind::Dpo}) {
        p.w.panel->newRun(kind);
        p.w.panel->newPage()->addFiles({QString::fromStdString(test::sourceFolder() + "/README.md")});
        QTest::qWait(350);
        test::picture(*p.w.window, "train-new-" + trainKindName(kind) + suffix);
      }
    }
  Theme::use(ThemeMode::Light);
}

TEST_CASE("pictures of the Train panel") {
  test::application();
  for (ThemeMode mode : {ThemeMode::Light, ThemeMode::Dark})
    for (QSize size : {QSize(1280, 800), QSize(1000, 640)}) {
      Theme::use(mode);
      const QString suffix = QStringLiteral("-%1%2").arg(size.width()).arg(mode == ThemeMode::Dark ? "-dark" : "");
      Window w(true, size);
      w.panel->page()->plot(0)->setPointed(700);
      test::picture(*w.window, "train" + suffix);
      w.panel->newRun(TrainKind::Pretrain);
      w.panel->newPage()->addFiles({QString::fromStdString(test::sourceFolder() + "/README.md")});
      QTest::qWait(350);
      test::picture(*w.window, "train-new" + suffix);
    }
  Theme::use(ThemeMode::Light);
}
