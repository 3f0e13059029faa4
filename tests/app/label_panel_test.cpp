// Label as a person uses it: ranks four answers with keys alone, ties, drags, rates, flags, undoes, skips, and finds it
// all again.
#include "label/label_panel.h"

#include "label/answer_board.h"
#include "label/answer_side.h"
#include "label_window.h"
#include "measuring.h"
#include "widgets/key_button.h"
#include <QCheckBox>

using namespace attune;
using namespace attune::test;
using Page = LabelPanel::Page;

TEST_CASE("an order with ties is made step by step") {
  Ranking r(4);
  CHECK(r.unranked() == QList<int>{0, 1, 2, 3});
  CHECK_FALSE(r.tie(2)); // nothing above
  CHECK(r.raise(2));
  CHECK(r.lower(0));
  CHECK(r.groups() == QList<QList<int>>{{2}, {0}});
  CHECK_FALSE(r.raise(2));
  CHECK_FALSE(r.lower(0));
  CHECK(r.raise(0));
  CHECK(r.tie(2));
  CHECK(r.groups() == QList<QList<int>>{{0, 2}});
  CHECK(r.join(3, 0));
  CHECK(r.tiedPairs() == 3);
  CHECK(r.raise(1));
  CHECK(r.pairs() == 3);
  CHECK(r.raise(2)); // out of the tie, above it
  CHECK(r.groups() == QList<QList<int>>{{2}, {0, 3}, {1}});
  CHECK(r.raise(1)); // passes the whole group
  CHECK(r.groups() == QList<QList<int>>{{2}, {1}, {0, 3}});
  CHECK(r.insertBefore(2, 3));
  CHECK(r.groups() == QList<QList<int>>{{1}, {0, 3}, {2}});
  CHECK_FALSE(r.insertBefore(1, 0)); // is there already
  CHECK(r.unrank(1));
  CHECK(r.rankOf(1) == 0);
  CHECK(r.rankOf(3) == 1);
  CHECK(Ranking::fromRanks({1, 0, 2, 1}) == r);
}

TEST_CASE("four answers are ranked with the keys alone and saved in the order shown") {
  LabelHouse house;
  const QList<RecordId> ids = fillLabels(house);
  LabelWindow w(house);
  REQUIRE(w.label->page() == Page::Rank);
  REQUIRE(w.task().prompt.id == ids[0]);
  CHECK(w.label->footWords() == QStringLiteral("4 answers have no rank"));
  CHECK_FALSE(w.label->saveButton()->isEnabled());
  w.key(Qt::Key_Return);
  CHECK(w.store.count(RecordKind::Comparison) == 0);

  w.key(Qt::Key_D), w.key(Qt::Key_Up, Qt::ShiftModifier), w.key(Qt::Key_7);
  w.key(Qt::Key_A), w.key(Qt::Key_Up, Qt::ShiftModifier), w.key(Qt::Key_5);
  w.key(Qt::Key_C), w.key(Qt::Key_Down, Qt::ShiftModifier), w.key(Qt::Key_1), w.key(Qt::Key_J);
  CHECK(w.order() == QStringLiteral("D > A > C"));
  CHECK(w.label->footWords() == QStringLiteral("1 answer has no rank"));
  w.key(Qt::Key_B), w.key(Qt::Key_Up, Qt::ShiftModifier);
  w.key(Qt::Key_Up, Qt::ShiftModifier);
  w.key(Qt::Key_T);
  w.key(Qt::Key_K), w.key(Qt::Key_L), w.key(Qt::Key_K);
  CHECK(w.order() == QStringLiteral("D > A = B > C"));
  w.key(Qt::Key_Up); // the one above in the list
  CHECK(w.task().chosen == 0);
  w.key(Qt::Key_B);
  CHECK(w.label->answerSide()->flagBox(QStringLiteral("hallucination"))->isChecked());
  CHECK_FALSE(w.label->answerSide()->flagBox(QStringLiteral("misses_constraint"))->isChecked());
  CHECK(w.label->footWords() == QStringLiteral("5 pairs from 4 answers, 1 tie left out"));
  w.key(Qt::Key_N);
  QTest::keyClicks(QApplication::focusWidget(), "Dull, but true");
  CHECK(w.task().note == QStringLiteral("Dull, but true"));
  w.key(Qt::Key_Escape);
  test::picture(*w.window, "label");
  Theme::use(ThemeMode::Dark);
  test::picture(*w.window, "label-dark");
  Theme::use(ThemeMode::Light);

  w.key(Qt::Key_Return);
  const QList<Comparison> saved = w.store.comparisons();
  REQUIRE(saved.size() == 1);
  const Comparison& c = saved.first();
  CHECK(c.promptId == ids[0]);
  CHECK_FALSE(c.scripted);
  CHECK(c.useCase == QStringLiteral("brainstorming"));
  CHECK(c.source == QStringLiteral("written"));
  CHECK_FALSE(c.labeler.isEmpty());
  CHECK(c.note == QStringLiteral("Dull, but true"));
  REQUIRE(c.answers.size() == 4);
  for (int i = 0; i < 4; ++i) CHECK(c.answers[i].text == fourAnswers()[i].text);
  CHECK(c.answers[0].rank == 2);
  CHECK(c.answers[1].rank == 2);
  CHECK(c.answers[2].rank == 3);
  CHECK(c.answers[3].rank == 1);
  CHECK(c.answers[3].rating == 7);
  CHECK(c.answers[1].flags == QStringList{QStringLiteral("hallucination")});
  CHECK(c.answers[2].flags == QStringList{QStringLiteral("fails_instruction")});
  CHECK(w.task().prompt.id == ids[1]); // the next
  CHECK(w.store.draft(QStringLiteral("label/task/%1").arg(ids[0])).isEmpty());

  w.undo(); // takes the saving back, and is on that prompt again
  CHECK(w.store.count(RecordKind::Comparison) == 0);
  CHECK(w.task().prompt.id == ids[0]);
  CHECK(w.order() == QStringLiteral("D > A = B > C"));
  for (int i = 0; i < 3; ++i) w.undo(); // K, L, K
  w.undo();
  CHECK(w.order() == QStringLiteral("D > A > B > C"));
  for (int i = 0; i < 4; ++i) w.bench.undo()->redo();
  w.bench.undo()->redo();
  CHECK(w.store.count(RecordKind::Comparison) == 1);
  CHECK(w.task().prompt.id == ids[1]);
}

TEST_CASE("cards are dragged to ranks and onto each other, and rated by a click") {
  LabelHouse house;
  fillLabels(house);
  LabelWindow w(house);
  AnswerBoard* board = w.label->board();
  const auto drag = [&](int answer, QPoint to) {
    const QRect from = board->cardRect(answer);
    const QPoint start(from.left() + 200, from.top() + 10);
    QTest::mousePress(board->viewport(), Qt::LeftButton, {}, start);
    QTest::mouseMove(board->viewport(), start + QPoint(0, 15));
    QTest::mouseMove(board->viewport(), to);
    QTest::mouseRelease(board->viewport(), Qt::LeftButton, {}, to);
    QTest::qWait(5);
  };
  drag(2, QPoint(300, 2));
  CHECK(w.order() == QStringLiteral("C"));
  drag(0, QPoint(300, board->cardRect(2).top() + 1));
  CHECK(w.order() == QStringLiteral("A > C"));
  drag(3, board->cardRect(2).center());
  CHECK(w.order() == QStringLiteral("A > C = D"));
  drag(3, QPoint(300, 2));
  CHECK(w.order() == QStringLiteral("D > A > C"));
  drag(0, QPoint(300, board->viewport()->height() - 60));
  CHECK(w.order() == QStringLiteral("D > C"));
  QTest::mouseClick(board->viewport(), Qt::LeftButton, {}, board->ratingRect(2, 6).center());
  CHECK(w.task().answers[2].rating == 6);
  QTest::mouseClick(board->viewport(), Qt::LeftButton, {}, board->ratingRect(2, 6).center());
  CHECK(w.task().answers[2].rating == 0);
}

TEST_CASE("a half-made order and a half-written answer are there after a restart") {
  LabelHouse house;
  const QList<RecordId> ids = fillLabels(house);
  {
    LabelWindow w(house);
    w.key(Qt::Key_C), w.key(Qt::Key_Up, Qt::ShiftModifier), w.key(Qt::Key_3), w.key(Qt::Key_V);
    w.key(Qt::Key_W);
    QTest::keyClicks(QApplication::focusWidget(), "Make boats");
    Store reader(house.store(), Store::Access::Read);
    LabelTask kept;
    CHECK(QTest::qWaitFor(
        [&] {
          return LabelTask::readDraft(reader.draft(QStringLiteral("label/task/%1").arg(ids[0])), kept) &&
                 kept.ranking.rankOf(2) == 1 && kept.answers[2].rating == 3;
        },
        1000 * test::patience()));
  }
  LabelWindow w(house, {1280, 800}, false);
  CHECK(w.task().prompt.id == ids[0]);
  CHECK(w.order() == QStringLiteral("C"));
  CHECK(w.task().answers[2].flags == QStringList{QStringLiteral("opinion")});
  CHECK(w.label->idealForm()->isVisible());
  CHECK(w.label->idealForm()->content().text == QStringLiteral("Make boats"));
}

TEST_CASE("a skipped prompt is passed over, and undo brings it back") {
  LabelHouse house;
  const QList<RecordId> ids = fillLabels(house, 2);
  LabelWindow w(house);
  w.key(Qt::Key_S);
  CHECK(w.task().prompt.id == ids[1]);
  w.key(Qt::Key_S);
  CHECK(w.label->page() == Page::Done);
  test::picture(*w.window, "label-done");
  w.undo();
  CHECK(w.label->page() == Page::Rank);
  CHECK(w.task().prompt.id == ids[1]);
  w.undo();
  CHECK(w.task().prompt.id == ids[0]);
  CHECK(w.work().skipped().isEmpty());
}

TEST_CASE("pictures of the Label panel, narrow and full") {
  LabelHouse house;
  fillLabels(house, 12);
  {
    Store store(house.store());
    LabelTask task;
    task.prompt = store.prompts().first();
    QList<Answer> nine;
    for (int i = 0; i < 9; ++i) nine << fourAnswers()[i % 4];
    for (int i = 0; i < 9; ++i) nine[i].rating = i % 8;
    nine[4].text =
        QStringLiteral("First the keeper climbs the stairs and looks at the sea for a long time. ").repeated(14);
    nine[6].text =
        QStringLiteral("One line.\n\n- a boat\n- a net\n- a ").append(QString(180, u'o')); // a word that does not end
    nine[1].flags = {QStringLiteral("hallucination"),   QStringLiteral("misses_constraint"),
                     QStringLiteral("opinion"),         QStringLiteral("inappropriate"),
                     QStringLiteral("encourages_harm"), QStringLiteral("denigrates")};
    task.addAnswers(nine);
    for (const int i : {3, 0, 1, 5}) task.ranking.raise(i);
    task.ranking.tie(1);
    store.keepDraft(task.draftKey(), task.toDraft());
    store.flushDrafts();
  }
  for (const ThemeMode mode : {ThemeMode::Light, ThemeMode::Dark})
    for (const QSize size : {QSize(1280, 800), QSize(1000, 640)}) {
      Theme::use(mode);
      LabelWindow w(house, size);
      w.key(Qt::Key_E);
      test::picture(*w.window, QStringLiteral("label-long-%1%2")
                                   .arg(size.width())
                                   .arg(mode == ThemeMode::Dark ? QStringLiteral("-dark") : QString()));
      w.key(Qt::Key_B);
      test::picture(*w.window, QStringLiteral("label-full-%1%2")
                                   .arg(size.width())
                                   .arg(mode == ThemeMode::Dark ? QStringLiteral("-dark") : QString()));
      CHECK(w.label->board()->cardRect(1).bottom() <= w.label->board()->viewport()->height());
    }
  Theme::use(ThemeMode::Light);
}
