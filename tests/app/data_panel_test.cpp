// The Data panel as a person uses it: parts and counts, search, edits and deletions with undo, import and export.
#include "data/data_panel.h"

#include "application.h"
#include "catch.h"
#include "data/count_views.h"
#include "data/record_sets.h"
#include "data/record_side.h"
#include "data/record_table.h"
#include "formats/file.h"
#include "golden.h"
#include "main_window.h"
#include "scratch.h"
#include "store/store.h"
#include "widgets/message_strip.h"
#include "workbench.h"

#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QTest>
#include <QUndoStack>

using namespace attune;

namespace {

struct Window {
  explicit Window(QSize size = {1280, 800}) {
    test::application();
    store = std::make_unique<Store>(QString::fromStdString((root / "store.sqlite").string()));
    bench.store = store.get();
    window = std::make_unique<MainWindow>(bench);
    panel = new DataPanel(bench);
    window->addPanel(panel);
    window->resize(size);
    window->show();
  }
  QString file(const std::string& name) const { return QString::fromStdString((root / name).string()); }
  template <class Condition> void waitFor(Condition condition) { REQUIRE(QTest::qWaitFor(condition, 30000)); }
  void settle() { QTest::qWait(200); }
  QString cell(int row, int column) const { return panel->table()->model()->index(row, column).data().toString(); }
  int rows() const { return panel->table()->records()->rowCount(); }

  test::Scratch root;
  Workbench bench;
  std::unique_ptr<Store> store;
  std::unique_ptr<MainWindow> window;
  DataPanel* panel = nullptr;
};

Comparison ranking(const QString& prompt, const QList<int>& ranks, const QString& useCase, bool scripted = false) {
  Comparison c;
  c.prompt = prompt;
  c.useCase = useCase;
  c.labeler = scripted ? QStringLiteral("rule 3") : QStringLiteral("you");
  c.scripted = scripted;
  c.source = scripted ? QStringLiteral("small world") : QStringLiteral("written here");
  for (const int rank : ranks) {
    Answer a;
    a.text =
        QStringLiteral("The ferry waits in the harbour until the wind is calm, answer %1.").arg(c.answers.size() + 1);
    a.rank = rank;
    a.rating = 5;
    c.answers << a;
  }
  return c;
}

void fill(Store& store) {
  QList<Comparison> comparisons{
      ranking(QStringLiteral("Three ideas for a rainy afternoon"), {2, 2, 4, 1, 3}, QStringLiteral("brainstorming")),
      ranking(QStringLiteral("Write a card for the keeper"), {4, 1, 3, 2}, QStringLiteral("generation")),
      ranking(QStringLiteral("Is a shell a stone?"), {1, 2, 1, 3}, QStringLiteral("open_qa")),
      ranking(QStringLiteral("What is in the soup?"), {2, 1, 3, 3}, QStringLiteral("closed_qa"), true)};
  comparisons[2].split = QStringLiteral("held out");
  store.addComparisons(comparisons);
  QList<Demonstration> demonstrations;
  for (int i = 0; i < 12; ++i) {
    Demonstration d;
    d.prompt = QStringLiteral("Where does the ferry go on day %1?").arg(i);
    d.answer = QStringLiteral("To the north island, and back at night.");
    d.labeler = QStringLiteral("you");
    d.useCase = i % 3 ? QStringLiteral("chat") : QStringLiteral("generation");
    d.source = QStringLiteral("written here");
    demonstrations << d;
  }
  store.addDemonstrations(demonstrations);
  QList<Prompt> prompts;
  const RecordId set = store.promptSet(QStringLiteral("harbour"));
  for (int i = 0; i < 7; ++i) {
    Prompt p;
    p.set = set;
    p.text = QStringLiteral("Prompt %1").arg(i);
    p.useCase = QStringLiteral("generation");
    prompts << p;
  }
  store.addPrompts(prompts);
}

} // namespace

TEST_CASE("an order is read as it is written") {
  CHECK(parseOrder(QStringLiteral("D > A = B > C"), 4) == QList<int>{2, 2, 3, 1});
  CHECK(parseOrder(QStringLiteral("b>a"), 3) == QList<int>{2, 1, 0});
  CHECK_FALSE(parseOrder(QStringLiteral("A > E"), 4));
  CHECK_FALSE(parseOrder(QStringLiteral("A > A"), 4));
  CHECK_FALSE(parseOrder(QString(), 4));
  CHECK_FALSE(parseOrder(QStringLiteral("A >"), 4));
}

TEST_CASE("parts, counts, search and filters") {
  Window w;
  CHECK(w.panel->sets()->sets()->rowCount() == 0);
  test::picture(*w.window, QStringLiteral("data-empty"));
  fill(*w.store);
  w.waitFor([&] { return w.panel->sets()->sets()->rowCount() > 0; });
  REQUIRE(w.panel->sets()->chosen());
  CHECK(w.panel->sets()->chosen()->kind == RecordKind::Comparison);
  CHECK(w.rows() == 4);
  QStringList orders;
  for (int row = 0; row < w.rows(); ++row) orders << w.cell(row, RecordTableModel::Order);
  CHECK(orders.contains(QStringLiteral("D > A = B > E > C")));
  const auto& bars = w.panel->useCases()->bars();
  CHECK(bars[0].words == QStringLiteral("generation"));
  CHECK(bars[0].count == 1);
  CHECK(bars[0].share == ::Approx(0.25));
  CHECK(bars[0].published == ::Approx(0.456));
  const auto& splits = w.panel->splitCounts()->rows();
  CHECK(splits.back().counts == QList<int>{12, 4, 7});
  test::picture(*w.window, QStringLiteral("data-light"));
  Theme::use(ThemeMode::Dark);
  test::picture(*w.window, QStringLiteral("data-dark"));
  Theme::use(ThemeMode::Light);

  QTest::keyClicks(w.panel->searchField(), QStringLiteral("soup"));
  CHECK(w.rows() == 1);
  w.panel->searchField()->clear();
  for (int row = 0; row < w.panel->sets()->sets()->rowCount(); ++row) {
    const RecordSet& set = w.panel->sets()->sets()->set(row);
    if (set.heading) continue;
    w.panel->sets()->choose(row);
    INFO(set.title.toStdString());
    CHECK(w.rows() == set.count);
    if (set.kind == RecordKind::Demonstration) test::picture(*w.window, QStringLiteral("data-demonstrations"));
  }
  w.window->resize(1000, 640);
  w.settle();
  test::picture(*w.window, QStringLiteral("data-small"));
}

TEST_CASE("edits and deletions, each undone and done again") {
  Window w;
  fill(*w.store);
  w.waitFor([&] { return w.rows() == 4; });
  int row = 0;
  while (w.cell(row, RecordTableModel::Prompt) != QStringLiteral("Write a card for the keeper")) ++row;
  w.panel->table()->selectRow(row);
  const RecordId id = w.panel->table()->chosen().value(0);
  RecordSide* side = w.panel->side();

  // The order, typed.
  side->orderField()->setFocus();
  side->orderField()->selectAll();
  QTest::keyClicks(side->orderField(), QStringLiteral("A = B > D"));
  QTest::keyClick(side->orderField(), Qt::Key_Return);
  CHECK(orderText(*w.store->comparison(id)) == QStringLiteral("A = B > D"));
  w.settle();
  w.bench.undo()->undo();
  CHECK(orderText(*w.store->comparison(id)) == QStringLiteral("B > D > C > A"));
  w.waitFor([&] { return side->orderField()->text() == QStringLiteral("B > D > C > A"); });
  // A wrong one is told and changes nothing.
  side->orderField()->selectAll();
  QTest::keyClicks(side->orderField(), QStringLiteral("A > Z"));
  QTest::keyClick(side->orderField(), Qt::Key_Return);
  CHECK(side->orderTrouble()->isVisible());
  CHECK(orderText(*w.store->comparison(id)) == QStringLiteral("B > D > C > A"));
  side->orderField()->setText(QStringLiteral("B > D > C > A"));

  // A prompt, kept when another record is chosen.
  side->promptField()->setPlainText(QStringLiteral("Write a letter"));
  w.panel->table()->selectRow(row == 0 ? 1 : 0);
  CHECK(w.store->comparison(id)->prompt == QStringLiteral("Write a letter"));
  w.settle();

  // The split of several at once.
  w.panel->table()->selectAll();
  CHECK(w.panel->table()->chosen().size() == 4);
  side->splitBox()->setCurrentText(QStringLiteral("validation"));
  Q_EMIT side->splitBox()->activated(side->splitBox()->currentIndex());
  RecordFilter validation;
  validation.split = QStringLiteral("validation");
  CHECK(w.store->count(RecordKind::Comparison, validation) == 4);
  w.bench.undo()->undo();
  CHECK(w.store->count(RecordKind::Comparison, validation) == 0);
  validation.split = QStringLiteral("held out");
  CHECK(w.store->count(RecordKind::Comparison, validation) == 1);
  w.settle();

  // Deleted by the key.
  w.panel->table()->selectRow(0);
  w.panel->table()->setFocus();
  QTest::keyClick(w.panel->table(), Qt::Key_Delete);
  w.waitFor([&] { return w.rows() == 3; });
  w.bench.undo()->undo();
  w.waitFor([&] { return w.rows() == 4; });
}

TEST_CASE("import of what people publish, and export of what is shown") {
  Window w;
  writeFileAtomically(w.root / "mine.jsonl",
                      "{\"prompt\": \"Who keeps the lamp?\", \"completions\": [\"Nora\", \"Tom\"], \"ranks\": [2, 1]}\n"
                      "{\"prompt\": \"Who sings?\", \"completions\": [\"a\", \"b\", \"c\"], \"ranks\": [1, 1, 2]}\n");
  w.panel->importFrom(w.file("mine.jsonl"));
  w.waitFor([&] { return !w.panel->working() && w.rows() == 2; });
  CHECK(w.panel->messages()->what() == QStringLiteral("mine.jsonl: 2 rankings."));
  w.panel->exportTo(w.file("pairs.jsonl"), ExchangeKind::Pairs);
  w.waitFor([&] { return !w.panel->working(); });
  CHECK(w.panel->messages()->what() == QStringLiteral("3 lines were exported."));
  QTest::keyClicks(w.panel->searchField(), QStringLiteral("lamp"));
  w.panel->exportTo(w.file("one.jsonl"), ExchangeKind::Rankings);
  w.waitFor([&] { return !w.panel->working(); });
  CHECK(w.panel->messages()->what() == QStringLiteral("1 line was exported."));
  CHECK(readFile(w.root / "one.jsonl").find("Who keeps the lamp?") != std::string::npos);
  w.panel->searchField()->clear();

  writeFileAtomically(w.root / "bad.jsonl",
                      "{\"prompt\": \"x\", \"completions\": [\"a\"], \"ranks\": [1]}\nnot json\n");
  w.panel->importFrom(w.file("bad.jsonl"));
  w.waitFor([&] { return !w.panel->working(); });
  CHECK(w.panel->messages()->what() == QStringLiteral("Nothing of bad.jsonl was imported."));
  CHECK(w.panel->messages()->why().contains(QStringLiteral("bad.jsonl")));
  CHECK(w.store->count(RecordKind::Comparison) == 2);
}
