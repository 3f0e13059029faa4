// Ranking once more: a saved ranking, or some of all that are done; and finding a prompt in a long list.
#include "application.h"
#include "catch.h"
#include "engine/engine.h"
#include "label/label_list.h"
#include "label/label_panel.h"
#include "main_window.h"
#include "scratch.h"
#include "store/store.h"
#include "widgets/key_button.h"
#include "workbench.h"
#include <QDir>
#include <QLineEdit>
#include <QTest>

using namespace attune;

namespace {

struct Window {
  explicit Window(int prompts, int ranked)
      : store((test::application(), QString::fromStdString((root / "a.sqlite").string()))) {
    places.models = QString::fromStdString((root / "models").string());
    QDir().mkpath(places.models);
    bench.store = &store;
    QList<Prompt> list;
    for (int i = 0; i < prompts; ++i) {
      Prompt prompt;
      prompt.text = QStringLiteral("What does boat %1 carry %2?").arg(i).arg(i % 2 ? "north" : "south");
      list << prompt;
    }
    ids = store.addPrompts(list);
    for (int i = 0; i < ranked; ++i) {
      Comparison c;
      c.promptId = ids[i];
      c.prompt = list[i].text;
      c.labeler = QStringLiteral("me");
      for (int k = 0; k < 4; ++k) {
        Answer answer;
        answer.text = QStringLiteral("Answer %1").arg(k);
        answer.rank = k + 1;
        answer.rating = 7 - k;
        c.answers << answer;
      }
      store.addComparisons({c});
    }
    engine = std::make_unique<Engine>(bench, places);
    window = std::make_unique<MainWindow>(bench);
    label = new LabelPanel(bench, *engine);
    window->addPanel(label);
    window->resize(1280, 800);
    window->show();
    window->activateWindow();
    QApplication::processEvents();
  }
  void key(int key, Qt::KeyboardModifiers modifiers = {}) { QTest::keyClick(label, Qt::Key(key), modifiers); }
  void rankAll() {
    for (int letter : {Qt::Key_A, Qt::Key_B, Qt::Key_C, Qt::Key_D}) {
      key(letter);
      key(Qt::Key_Down, Qt::ShiftModifier);
    }
  }

  test::Scratch root;
  ModelPlaces places;
  Store store;
  Workbench bench;
  QList<RecordId> ids;
  std::unique_ptr<Engine> engine;
  std::unique_ptr<MainWindow> window;
  LabelPanel* label = nullptr;
};

} // namespace

TEST_CASE("a saved ranking can be made once more, without its ranks, beside the first") {
  Window w(3, 1);
  const RecordId first = w.store.comparisons().first().id;
  w.label->open({{QStringLiteral("comparison"), qlonglong(first)}});
  REQUIRE(w.label->rankAgainButton()->isVisible());
  test::picture(*w.window, QStringLiteral("label-saved"));
  w.label->rankAgainButton()->click();
  const LabelTask& task = w.label->session().task();
  CHECK_FALSE(task.saved());
  CHECK(task.prompt.id == w.ids[0]);
  REQUIRE(task.answers.size() == 4);
  for (const Answer& answer : task.answers) CHECK(answer.rating == 0);
  CHECK(task.ranking.unranked().size() == 4);
  CHECK_FALSE(w.label->rankAgainButton()->isVisible());
  w.rankAll();
  w.key(Qt::Key_Return);
  const QList<Comparison> all = w.store.comparisons();
  REQUIRE(all.size() == 2);
  CHECK(all[0].promptId == all[1].promptId);
  CHECK(w.store.comparison(first)->answers[0].rating == 7); // the first one stays as it was
}

TEST_CASE("when all are ranked, some of them come once more") {
  Window w(3, 3);
  CHECK(w.label->page() == LabelPanel::Page::Done);
  REQUIRE(w.label->rankSomeAgainButton()->isVisible());
  CHECK(w.label->rankSomeAgainButton()->text() == QStringLiteral("Rank 3 again"));
  test::picture(*w.window, QStringLiteral("label-done"));
  w.label->rankSomeAgainButton()->click();
  QSet<RecordId> seen;
  for (int i = 0; i < 3; ++i) {
    REQUIRE(w.label->page() == LabelPanel::Page::Rank);
    seen << w.label->session().task().prompt.id;
    w.rankAll();
    w.key(Qt::Key_Return);
  }
  CHECK(seen.size() == 3);
  CHECK(w.label->page() == LabelPanel::Page::Done);
  CHECK(w.store.count(RecordKind::Comparison) == 6);
}

TEST_CASE("the list of prompts is searched, and numbers stay those of the set") {
  Window w(40, 2);
  w.label->focusSearch();
  QLineEdit* search = w.label->promptList()->searchField();
  CHECK(search->hasFocus());
  QTest::keyClicks(search, QStringLiteral("boat north 3"));
  REQUIRE(QTest::qWaitFor([&] { return w.label->promptList()->model()->rowCount() < 40; }, 3000));
  const QList<LabelRow> rows = w.label->promptList()->model()->rows();
  REQUIRE_FALSE(rows.isEmpty());
  for (const LabelRow& row : rows) {
    CHECK(row.text.contains(QStringLiteral("north")));
    CHECK(row.text.contains(QLatin1Char('3')));
  }
  CHECK(rows.first().number == 4); // boat 3
  test::picture(*w.window, QStringLiteral("label-search"));
  search->clear();
  CHECK(QTest::qWaitFor([&] { return w.label->promptList()->model()->rowCount() == 40; }, 3000));
}
