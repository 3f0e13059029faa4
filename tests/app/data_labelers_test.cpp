// Data beside the table: who agrees with whom, one's habits, places shown; splits and sources together; prompts that
// stand in two splits.
#include "application.h"
#include "catch.h"
#include "data/agreement_matrix.h"
#include "data/count_views.h"
#include "data/data_panel.h"
#include "data/labeler_figures.h"
#include "data/labeler_side.h"
#include "data/record_table.h"
#include "main_window.h"
#include "scratch.h"
#include "store/store.h"
#include "widgets/labels.h"
#include "widgets/message_strip.h"
#include "widgets/segmented_control.h"
#include "workbench.h"

#include <QHeaderView>
#include <QPushButton>
#include <QTest>
#include <QUndoStack>

using namespace attune;

namespace {

Comparison by(const char* labeler, const QString& prompt, const QList<int>& ranks, const char* split = "train") {
  static const QStringList texts{QStringLiteral("Yes."), QStringLiteral("Yes, the ferry waits."),
                                 QStringLiteral("The ferry waits in the harbour at night."), QStringLiteral("No")};
  Comparison c;
  c.prompt = prompt;
  c.labeler = QString::fromLatin1(labeler);
  c.scripted = c.labeler.startsWith(QLatin1String("rule"));
  c.split = QString::fromLatin1(split);
  c.source = c.scripted ? QStringLiteral("small world") : QStringLiteral("written here");
  c.useCase = QStringLiteral("chat");
  c.tookMs = 20000;
  for (int i = 0; i < ranks.size(); ++i) {
    Answer a;
    a.text = texts[i];
    a.rank = ranks[i];
    c.answers << a;
  }
  return c;
}

struct Window {
  explicit Window(const QList<Comparison>& stored = {}, QSize size = {1280, 800}) {
    test::application();
    bench.settings()->clear();
    store = std::make_unique<Store>(QString::fromStdString((root / "store.sqlite").string()));
    bench.store = store.get();
    store->addComparisons(stored);
    window = std::make_unique<MainWindow>(bench);
    panel = new DataPanel(bench);
    window->addPanel(panel);
    window->resize(size);
    window->show();
  }
  test::Scratch root;
  Workbench bench;
  std::unique_ptr<Store> store;
  std::unique_ptr<MainWindow> window;
  DataPanel* panel = nullptr;
};

} // namespace

TEST_CASE("figures of labelers by hand") {
  // On p: ann 1 2 3, bob 1 2 2 (agree on two, a tie of one is a half); ann again, the last two turned round.
  const QList<Comparison> all{by("ann", "p", {1, 2, 3}), by("bob", "p", {1, 2, 2}), by("ann", "p", {1, 3, 2}),
                              by("rule 3", "q", {3, 2, 1})};
  const LabelerFigures f = labelerFigures(all, QStringLiteral("ann"));
  CHECK(f.labelers == QStringList{QStringLiteral("ann"), QStringLiteral("bob"), QStringLiteral("rule 3")});
  CHECK(f.scripted == QStringList{QStringLiteral("rule 3")});
  const AgreementCell* both = f.cell(QStringLiteral("bob"), QStringLiteral("ann"));
  REQUIRE(both);
  CHECK(both->pairs == 6); // three beside each of ann's rankings
  CHECK(both->agreed == 5);
  CHECK(f.againPairs == 3);
  CHECK(f.again.value == Approx(2.0 / 3));
  CHECK(f.cell(QStringLiteral("ann"), QStringLiteral("rule 3")) == nullptr);
  CHECK(f.own == QStringLiteral("ann"));
  CHECK(f.ownRankings == 2);
  CHECK(f.tied == 0);
  CHECK(f.pairs == 6);
  CHECK(f.longer.value == Approx(1.0 / 6)); // the answers grow, and once the longest was put before the middle one
  CHECK(f.middleSeconds == 20);
  CHECK(f.answers == 3);
  CHECK(f.placed == 3); // rules do not count
  CHECK(f.best[0].value == 1);
  CHECK(labelerFigures(all, {}).own == QStringLiteral("ann"));
  CHECK(labelerFigures({}, {}).labelers.isEmpty());
}

TEST_CASE("the side shows labelers until a record is chosen, and tells one labeler from many in words") {
  Window w;
  CHECK(w.panel->labelers()->words().isEmpty()); // until it is known
  CHECK(QTest::qWaitFor(
      [&] { return w.panel->labelers()->words().contains(QStringLiteral("Nothing has been ranked")); }));
  w.store->addComparisons({by("ann", "p", {1, 2, 3}), by("ann", "q", {2, 1, 3})});
  REQUIRE(QTest::qWaitFor([&] { return w.panel->labelers()->words().contains(QStringLiteral("One labeler only")); }));
  CHECK(w.panel->labelers()->habitsText().contains(QStringLiteral("none yet"))); // no repeats
  w.store->addComparisons({by("bob", "p", {1, 2, 3}), by("rule 3", "p", {3, 2, 1})});
  REQUIRE(
      QTest::qWaitFor([&] { return w.panel->labelers()->words().contains(QStringLiteral("agree with each other")); }));
  CHECK(w.panel->labelers()->words().contains(QStringLiteral("Scripted, no persons: rule 3")));
  const AgreementMatrix* matrix = w.panel->labelers()->agreement();
  REQUIRE(matrix->shown().size() == 3);
  const int ann = int(matrix->shown().indexOf(QStringLiteral("ann"))),
            bob = int(matrix->shown().indexOf(QStringLiteral("bob")));
  CHECK(matrix->cellWords(ann, bob) == QStringLiteral("100 %, 3 pairs"));
  CHECK(matrix->cellWords(ann, ann).isEmpty());
  CHECK(w.panel->sideChoice()->current() == 0); // the first row is chosen, but by nobody
  w.panel->table()->selectRow(1);
  CHECK(w.panel->sideChoice()->current() == 1);
  w.panel->table()->clearSelection();
  CHECK(w.panel->sideChoice()->current() == 0);
}

TEST_CASE("a window that opens with Data counts what is there") {
  Window w({by("ann", "p", {1, 2, 3})});
  CHECK(QTest::qWaitFor([&] { return w.panel->labelers()->words().contains(QStringLiteral("One labeler only")); }));
}

TEST_CASE("rankings by rules are no labelers' and say so, and their tag is never cut") {
  Window w;
  Comparison unnamed = by("rule 3", "p", {1, 2, 3});
  unnamed.labeler.clear();
  w.store->addComparisons({unnamed});
  const auto words = [&] { return w.panel->labelers()->words(); };
  REQUIRE(QTest::qWaitFor([&] { return words().contains(QStringLiteral("Rules ranked all of them")); }));
  const QString longName = QStringLiteral("rule: the shorter answer is the better one");
  Comparison named = by("rule 3", "q", {1, 2, 3});
  named.labeler = longName;
  w.store->addComparisons({named});
  REQUIRE(QTest::qWaitFor([&] { return words().contains(longName); }));
  CHECK(words().startsWith(QStringLiteral("Rules ranked all of them")));
  for (const QSize& size : {QSize(1280, 800), QSize(1000, 640)}) {
    w.window->resize(size);
    QApplication::processEvents();
    test::picture(*w.window, QStringLiteral("data-scripted-%1").arg(size.width()));
    // The whole tag is painted: its right edge stands free within the column.
    RecordTable* table = w.panel->table();
    CHECK(table->horizontalHeader()->length() <= table->viewport()->width());
    const int column = RecordTableModel::Labeler;
    const QImage shot = table->viewport()->grab().toImage();
    const double ratio = shot.devicePixelRatio();
    for (int row = 0; row < 2; ++row) {
      const QRect cell = table->visualRect(table->model()->index(row, column));
      CHECK(cell.width() >= Tag::sizeOf(Tag::tr("scripted")).width() + 16);
      const auto at = [&](int x, int y) { return shot.pixelColor(int(x * ratio), int(y * ratio)); };
      for (int y = cell.top() + 4; y < cell.bottom() - 4; ++y)
        CHECK(at(cell.right() - 4, y) == at(cell.right() - 2, y));
    }
  }
  // Beside a person the rules are told apart.
  w.store->addComparisons({by("ann", "p", {1, 2, 3})});
  REQUIRE(QTest::qWaitFor([&] { return words().contains(QStringLiteral("Scripted, no persons")); }));
}

TEST_CASE("prompts in train and held out are told and moved, and that can be undone") {
  Window w;
  w.store->addComparisons({by("ann", "p", {1, 2}), by("bob", "p", {1, 2}, "held out"),
                           by("ann", "q", {1, 2}, "held out"), by("bob", "p", {2, 1}, "validation")});
  REQUIRE(QTest::qWaitFor([&] { return w.panel->overlapStrip()->isVisible(); }));
  CHECK(w.panel->overlapStrip()->what() == QStringLiteral("2 prompts are in train and in held out or validation."));
  const auto button = w.panel->overlapStrip()->findChildren<QPushButton*>();
  REQUIRE_FALSE(button.isEmpty());
  for (QPushButton* one : button)
    if (one->text() == QStringLiteral("Move them to train")) QTest::mouseClick(one, Qt::LeftButton);
  REQUIRE(QTest::qWaitFor([&] { return !w.panel->overlapStrip()->isVisible(); }));
  RecordFilter train;
  train.split = QStringLiteral("train");
  CHECK(w.store->count(RecordKind::Comparison, train) == 3);
  w.bench.undo()->undo();
  CHECK(w.store->count(RecordKind::Comparison, train) == 1);
  REQUIRE(QTest::qWaitFor([&] { return w.panel->overlapStrip()->isVisible(); }));
}

TEST_CASE("splits and sources together, as a table of data sets has them") {
  Window w;
  w.store->addComparisons({by("ann", "a", {1, 2}), by("rule 3", "b", {1, 2}), by("ann", "c", {1, 2}, "held out")});
  Demonstration d;
  d.prompt = QStringLiteral("x");
  d.answer = QStringLiteral("y");
  d.source = QStringLiteral("written here");
  w.store->addDemonstrations({d});
  REQUIRE(QTest::qWaitFor([&] { return w.panel->splitCounts()->rows().last().counts == QList<int>{1, 3, 0}; }));
  w.panel->countChoice()->setCurrent(1);
  const auto& rows = w.panel->splitCounts()->rows();
  REQUIRE(rows.size() == 6);
  CHECK(rows[0].name == QStringLiteral("train"));
  CHECK(rows[0].counts == QList<int>{1, 2, 0});
  CHECK(rows[1].name.trimmed() == QStringLiteral("written here"));
  CHECK(rows[1].counts == QList<int>{1, 1, 0});
  CHECK(rows[2].name.trimmed() == QStringLiteral("small world"));
  CHECK(rows[3].name == QStringLiteral("held out"));
  CHECK(rows[5].counts == QList<int>{1, 3, 0});
}

TEST_CASE("pictures of labelers in Data") {
  for (const QSize size : {QSize(1280, 800), QSize(1000, 640)}) {
    Window w({}, size);
    QList<Comparison> many;
    for (int i = 0; i < 40; ++i) {
      const QString prompt = QStringLiteral("Where does the ferry go on day %1?").arg(i);
      many << by("ann", prompt, {1 + i % 4, 2, 3, 4 - i % 3}) << by("labeler B", prompt, {1, 2 + i % 2, 3 - i % 3, 4})
           << by("rule 3", prompt, {4, 3, 2, 1}, i % 5 ? "train" : "held out");
      if (i % 4 == 0) many << by("ann", prompt, {1, 2, 3, 4});
    }
    w.bench.settings()->setValue(QStringLiteral("label/labeler"), QStringLiteral("ann"));
    w.store->addComparisons(many);
    REQUIRE(QTest::qWaitFor([&] { return !w.panel->labelers()->agreement()->shown().isEmpty(); }));
    const bool small = size.width() < 1200;
    if (small) QTest::keyClick(w.window.get(), Qt::Key_F9);
    for (const ThemeMode mode : {ThemeMode::Light, ThemeMode::Dark}) {
      Theme::use(mode);
      test::picture(*w.window, QStringLiteral("data-labelers%1%2")
                                   .arg(small ? QStringLiteral("-narrow") : QString(),
                                        mode == ThemeMode::Dark ? QStringLiteral("-dark") : QString()));
    }
    Theme::use(ThemeMode::Light);
    if (small) continue;
    w.panel->countChoice()->setCurrent(1);
    w.panel->table()->selectRow(1);
    test::picture(*w.window, QStringLiteral("data-record"));
  }
}
