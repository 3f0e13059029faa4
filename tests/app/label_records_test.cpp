// What Label adds to the store and takes from it: ideal answers, saved rankings, prompts, exports.
#include "label/answer_board.h"
#include "label/label_list.h"
#include "label_window.h"
#include "widgets/key_button.h"
#include "widgets/message_strip.h"
#include <QFile>
#include <QPlainTextEdit>

using namespace attune;
using namespace attune::test;
using Page = LabelPanel::Page;

TEST_CASE("the ideal answer becomes a demonstration, and is edited as one") {
  LabelHouse house;
  fillLabels(house);
  LabelWindow w(house);
  w.key(Qt::Key_W);
  REQUIRE(w.label->idealForm()->isVisible());
  CHECK_FALSE(w.label->idealForm()->acceptButton()->isEnabled());
  QTest::keyClicks(QApplication::focusWidget(), "Paint shells, bake bread, tell a story.");
  test::picture(*w.window, "label-ideal");
  w.key(Qt::Key_Return, Qt::ControlModifier);
  QList<Demonstration> all = w.store.demonstrations();
  REQUIRE(all.size() == 1);
  CHECK(all[0].prompt == w.task().prompt.text);
  CHECK(all[0].answer == QStringLiteral("Paint shells, bake bread, tell a story."));
  CHECK(all[0].useCase == QStringLiteral("brainstorming"));
  CHECK(all[0].split == QStringLiteral("train"));
  CHECK(all[0].source == QStringLiteral("written"));
  CHECK_FALSE(all[0].scripted);
  CHECK_FALSE(w.label->idealForm()->isVisible());
  w.key(Qt::Key_W);
  w.label->idealForm()->field()->selectAll();
  QTest::keyClicks(QApplication::focusWidget(), "Shorter.");
  w.key(Qt::Key_Return, Qt::ControlModifier);
  all = w.store.demonstrations();
  REQUIRE(all.size() == 1);
  CHECK(all[0].answer == QStringLiteral("Shorter."));
  w.undo();
  w.undo();
  CHECK(w.store.count(RecordKind::Demonstration) == 0);
}

TEST_CASE("a saved ranking is opened, shows who answered, is changed and deleted") {
  LabelHouse house;
  fillLabels(house, 1);
  Comparison scripted;
  {
    Store store(house.store());
    scripted.prompt = QStringLiteral("Where is the ferry?");
    scripted.answers = fourAnswers();
    for (int i = 0; i < 4; ++i) scripted.answers[i].rank = i + 1;
    scripted.scripted = true;
    scripted.labeler = QStringLiteral("rule");
    scripted.id = store.addComparisons({scripted}).first();
  }
  LabelWindow w(house);
  w.label->promptList()->showRankings();
  REQUIRE(w.label->promptList()->model()->rowCount() == 1);
  CHECK(w.label->promptList()->model()->rows()[0].scripted);
  w.label->promptList()->view()->setCurrentIndex(w.label->promptList()->model()->index(0));
  QTest::qWait(10);
  CHECK(w.task().comparison == scripted.id);
  CHECK(w.task().scripted);
  CHECK(w.label->footWords() == QStringLiteral("Nothing was changed"));
  CHECK_FALSE(w.label->sampleButton()->isVisible());
  w.label->board()->setFocus();
  w.key(Qt::Key_D), w.key(Qt::Key_Up, Qt::ShiftModifier);
  test::picture(*w.window, "label-saved");
  w.key(Qt::Key_Return);
  const Comparison mine = *w.store.comparison(scripted.id);
  CHECK(orderText(mine) == QStringLiteral("A > B > D > C"));
  CHECK_FALSE(mine.scripted); // a person's order is never a rule's
  CHECK(mine.labeler == w.work().labeler());
  w.undo();
  CHECK(w.store.comparison(scripted.id)->scripted);
  w.label->promptList()->view()->setFocus();
  w.key(Qt::Key_Delete);
  CHECK(w.store.count(RecordKind::Comparison) == 0);
  w.undo();
  CHECK(w.store.count(RecordKind::Comparison) == 1);
}

TEST_CASE("nothing there: a prompt is typed, a file is imported, the starter's prompts are taken") {
  LabelHouse house;
  LabelWindow w(house);
  CHECK(w.label->page() == Page::Empty);
  test::picture(*w.window, "label-empty");
  w.key(Qt::Key_N, Qt::ControlModifier);
  REQUIRE(w.label->page() == Page::Type);
  CHECK_FALSE(w.label->typeForm()->acceptButton()->isEnabled());
  QTest::keyClicks(QApplication::focusWidget(), "Who keeps the lamp?");
  test::picture(*w.window, "label-type");
  w.key(Qt::Key_Return, Qt::ControlModifier);
  CHECK(w.label->page() == Page::Rank);
  CHECK(w.task().prompt.text == QStringLiteral("Who keeps the lamp?"));
  CHECK(w.task().prompt.source == QStringLiteral("typed"));
  CHECK(QTest::qWaitFor([&] { return w.label->message()->isVisible(); }, 2000)); // no model
  w.undo();
  CHECK(w.label->page() == Page::Empty);

  const QString file = QString::fromStdString((house.root / "questions.txt").string());
  QFile out(file);
  REQUIRE(out.open(QIODevice::WriteOnly));
  out.write("One?\nTwo?\n\nThree?\n");
  out.close();
  REQUIRE(w.label->importFile(file));
  CHECK(w.store.count(RecordKind::Prompt) == 3);
  CHECK(w.label->promptList()->model()->rowCount() == 3);
  CHECK(w.task().prompt.text == QStringLiteral("One?"));
  w.undo();
  CHECK(w.store.count(RecordKind::Prompt) == 0);
  CHECK_FALSE(w.label->importFile(QStringLiteral("/nowhere/at.txt")));
  w.label->useStarterPrompts();
  CHECK(w.store.count(RecordKind::Prompt) >= 100);
}

TEST_CASE("rankings and pairs are exported") {
  LabelHouse house;
  const QList<RecordId> ids = fillLabels(house, 1);
  LabelWindow w(house);
  for (const Qt::Key k : {Qt::Key_B, Qt::Key_A, Qt::Key_D, Qt::Key_C}) w.key(k), w.key(Qt::Key_Up, Qt::ShiftModifier);
  w.key(Qt::Key_Return);
  const QString rankings = QString::fromStdString((house.root / "r.jsonl").string());
  const QString pairs = QString::fromStdString((house.root / "p.jsonl").string());
  const auto exported = [&](ExchangeKind kind, const QString& file) {
    w.label->message()->clear();
    w.label->exportFile(kind, file);
    REQUIRE(QTest::qWaitFor([&] { return w.label->message()->isVisible(); }, 60000));
    return w.label->message()->what().startsWith(QStringLiteral("Exported"));
  };
  REQUIRE(exported(ExchangeKind::Rankings, rankings));
  REQUIRE(exported(ExchangeKind::Pairs, pairs));
  QFile a(rankings), b(pairs);
  REQUIRE(a.open(QIODevice::ReadOnly));
  REQUIRE(b.open(QIODevice::ReadOnly));
  const QByteArray ranked = a.readAll(), paired = b.readAll();
  CHECK(ranked.count('\n') == 1);
  CHECK(ranked.contains("\"ranks\":[2,1,4,3]"));
  CHECK(paired.count('\n') == 6);
  CHECK(paired.contains("\"rejected\""));
  CHECK_FALSE(exported(ExchangeKind::Pairs, QStringLiteral("/nowhere/p.jsonl")));
}
