// Train with reward models, PPO and DPO: their curves and warnings, rollouts, and new runs of them.
#include "catch.h"
#include "checkout.h"
#include "train/names_field.h"
#include "train/new_run_page.h"
#include "train/number_field.h"
#include "train/rollout_view.h"
#include "train/run_list.h"
#include "train/run_page.h"
#include "train/train_words.h"
#include "train/training_form.h"
#include "train_window.h"
#include "widgets/key_button.h"
#include "widgets/plot.h"
#include "widgets/property_rows.h"
#include "widgets/segmented_control.h"

#include <QFile>
#include <QMenu>
#include <QScrollArea>
#include <QScrollBar>
#include <QTableView>
#include <QTemporaryDir>
#include <QTest>

using namespace attune;
using test::TrainWindow;

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
  TrainWindow w;
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
  test::picture(*p.w.window, "train-ppo-back");
  auto* checkpoint = p.shown<KeyButton>("Back to step 20"); // what time passes may make the strip anew
  REQUIRE(checkpoint);
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
  TrainWindow w(true);
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

TEST_CASE("pictures of preference training") {
  test::application();
  for (ThemeMode mode : {ThemeMode::Light, ThemeMode::Dark})
    for (QSize size : {QSize(1280, 800), QSize(1000, 640)}) {
      Theme::use(mode);
      const QString suffix = QStringLiteral("-%1%2").arg(size.width()).arg(mode == ThemeMode::Dark ? "-dark" : "");
      PreferenceWindow p(size);
      p.w.panel->page()->rollouts()->choose(0, 9);
      test::picture(*p.w.window, "train-ppo" + suffix);
      p.w.panel->page()->views()->setCurrent(1);
      test::picture(*p.w.window, "train-samples" + suffix);
      p.w.panel->list()->choose("/runs/harbour-rm");
      test::picture(*p.w.window, "train-reward" + suffix);
      for (const TrainKind kind :
           {TrainKind::Pretrain, TrainKind::Finetune, TrainKind::Reward, TrainKind::Ppo, TrainKind::Dpo}) {
        p.w.panel->newRun(kind);
        CHECK(p.w.panel->newPage()->findChild<QScrollArea*>()->verticalScrollBar()->value() == 0); // from its top
        p.w.panel->newPage()->addFiles({QString::fromStdString(test::sourceFolder() + "/README.md")});
        REQUIRE(QTest::qWaitFor( // the forecast came
            [&] {
              auto* start = p.shown<KeyButton>("Start");
              return start && start->isEnabled();
            },
            240000));
        test::picture(*p.w.window, "train-new-" + trainKindName(kind) + suffix);
        auto* form = p.w.panel->newPage()->findChild<TrainingForm*>();
        form->showMore(true);
        QApplication::processEvents();
        auto* bar = p.w.panel->newPage()->findChild<QScrollArea*>()->verticalScrollBar();
        bar->setValue(bar->maximum());
        test::picture(*p.w.window, "train-new-" + trainKindName(kind) + "-more" + suffix);
        form->showMore(false);
      }
    }
  Theme::use(ThemeMode::Light);
}
