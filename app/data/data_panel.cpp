#include "data/data_panel.h"

#include "data/count_views.h"
#include "data/labeler_side.h"
#include "data/record_sets.h"
#include "data/record_side.h"
#include "data/record_table.h"
#include "error.h"
#include "in_pool.h"
#include "store/labels.h"
#include "store/store.h"
#include "widgets/empty_state.h"
#include "widgets/icons.h"
#include "widgets/key_button.h"
#include "widgets/labels.h"
#include "widgets/message_strip.h"
#include "widgets/segmented_control.h"
#include "widgets/word_progress.h"
#include "workbench.h"

#include <QComboBox>
#include <QFileDialog>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QMenu>
#include <QStackedWidget>
#include <QVBoxLayout>

namespace attune {
namespace {

enum Page { Records, Empty };
enum Side { Labelers, Record };

constexpr int quickToCount = 4000; // records, without a person noticing

constexpr RecordKind kinds[] = {RecordKind::Demonstration, RecordKind::Comparison, RecordKind::Prompt};

QVBoxLayout* columnOf(QWidget* widget) {
  auto* column = new QVBoxLayout(widget);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  return column;
}

} // namespace

DataPanel::DataPanel(Workbench& bench, QWidget* parent)
    : Panel(bench, QStringLiteral("data"), tr("Data"), QStringLiteral("data"), parent) {
  setPanes(makeList(), makeContent(), makeSide(), 220, 300);
  setSearchField(search);
  setAcceptDrops(true);
  settle.setSingleShot(true);
  settle.setInterval(100);
  connect(&settle, &QTimer::timeout, this, &DataPanel::refresh);
  connect(bench.store, &Store::changed, this, [this](RecordKind kind) {
    if (kind != RecordKind::Conversation && kind != RecordKind::Turn) settle.start();
  });
  connect(parts, &RecordSetList::chosenChanged, this, &DataPanel::showPart);
  connect(records, &RecordTable::chosenChanged, this, [this] {
    const QList<RecordId> ids = records->chosen();
    beside->show(records->records()->kind(), ids);
    deleteButton->setVisible(!ids.isEmpty());
  });
  connect(records, &RecordTable::picked, this,
          [this] { what->setCurrent(records->chosen().isEmpty() ? Labelers : Record); });
  connect(records, &RecordTable::clicked, this, [this] { what->setCurrent(Record); });
  searching.setSingleShot(true);
  searching.setInterval(150);
  connect(&searching, &QTimer::timeout, this, &DataPanel::showPart);
  connect(search, &QLineEdit::textChanged, this,
          [this] { this->bench.store->roughSize() < quickToCount ? showPart() : searching.start(); });
  connect(labeler, &QComboBox::activated, this, &DataPanel::showPart);
  connect(split, &QComboBox::activated, this, &DataPanel::showPart);
  refresh();
}

DataPanel::~DataPanel() {
  const std::lock_guard hold(gate->mutex);
  gate->closed = true;
}

QWidget* DataPanel::makeList() {
  auto* pane = new QWidget;
  auto* column = columnOf(pane);
  auto* bar = new BarRow;
  bar->add(importButton = new KeyButton(tr("Import"), QStringLiteral("in"), QKeySequence(Qt::CTRL | Qt::Key_O)), 1);
  connect(importButton, &QPushButton::clicked, this, &DataPanel::askImport);
  column->addWidget(bar);
  column->addWidget(parts = new RecordSetList, 1);
  return pane;
}

QWidget* DataPanel::makeContent() {
  auto* pane = new QWidget;
  auto* column = columnOf(pane);
  column->addWidget(title = new SectionHeader(tr("Everything in the store"), {}, nullptr, metric::toolBar));
  title->addRight(progress = new WordProgress);
  title->addRight(rewardButton =
                      new KeyButton(tr("Train a reward model"), QStringLiteral("train"), {}, KeyButton::Flat));
  rewardButton->setToolTip(tr("A new run on the store’s rankings"));
  rewardButton->hide();
  connect(rewardButton, &QPushButton::clicked, this, [this] {
    bench.open(QStringLiteral("train"),
               {{QStringLiteral("new"), QStringLiteral("reward")}, {QStringLiteral("store"), true}});
  });
  title->addRight(deleteButton =
                      new KeyButton(tr("Delete"), QStringLiteral("trash"), QKeySequence::Delete, KeyButton::Flat));
  title->addRight(exportButton =
                      new KeyButton(tr("Export"), QStringLiteral("out"), QKeySequence(Qt::CTRL | Qt::Key_E)));
  connect(deleteButton, &QPushButton::clicked, this, &DataPanel::removeChosen);
  auto* menu = new QMenu(exportButton);
  exportButton->setMenuArrow(true);
  connect(menu, &QMenu::aboutToShow, this, [this, menu] { fillExport(menu); });
  connect(exportButton, &QPushButton::clicked, this,
          [this, menu] { menu->popup(exportButton->mapToGlobal(QPoint(0, exportButton->height()))); });
  column->addWidget(strip = new MessageStrip);
  column->addWidget(overlap = new MessageStrip);
  overlap->setClosable(false);
  column->addWidget(pages = new QStackedWidget, 1);

  auto* page = new QWidget;
  auto* pageColumn = columnOf(page);
  figures = new QWidget;
  auto* sideBySide = new QHBoxLayout(figures);
  sideBySide->setContentsMargins(0, 0, 0, 0);
  sideBySide->setSpacing(0);
  auto* left = new QVBoxLayout;
  left->setSpacing(0);
  left->addWidget(casesHeader = new SectionHeader(tr("Use cases")));
  left->addWidget(bars = new UseCaseBars);
  left->addStretch(1);
  sideBySide->addLayout(left, 5);
  sideBySide->addWidget(new Line(Qt::Vertical));
  auto* right = new QVBoxLayout;
  right->setSpacing(0);
  auto* countHeader = new SectionHeader(tr("Splits and sources"));
  countHeader->addRight(together = new SegmentedControl({tr("Apart"), tr("Together")}));
  together->setDense(true);
  together->setAccessibleName(tr("Splits and sources apart or together"));
  connect(together, &SegmentedControl::currentChanged, this, &DataPanel::showCounts);
  right->addWidget(countHeader);
  right->addWidget(splits = new CountGrid);
  right->addWidget(sources = new CountGrid);
  right->addStretch(1);
  sideBySide->addLayout(right, 4);
  pageColumn->addWidget(figures);
  pageColumn->addWidget(new Line);

  tableHeader = new SectionHeader({}, {}, nullptr, metric::toolBar);
  tableHeader->addRight(labeler = new QComboBox);
  labeler->setAccessibleName(tr("Labeler"));
  tableHeader->addRight(split = new QComboBox);
  split->setAccessibleName(tr("Split"));
  split->addItem(tr("all splits"), QString());
  for (const char* one : labels::splits()) split->addItem(QString::fromLatin1(one), QString::fromLatin1(one));
  for (QComboBox* box : {labeler, split}) {
    box->setMinimumContentsLength(6);
    box->setSizeAdjustPolicy(QComboBox::AdjustToContents);
  }
  tableHeader->addRight(search = new QLineEdit);
  search->setPlaceholderText(tr("Search"));
  search->setAccessibleName(tr("Search the records"));
  search->setClearButtonEnabled(true);
  search->addAction(Icons::icon(QStringLiteral("search")), QLineEdit::LeadingPosition);
  search->setMinimumWidth(110);
  search->setMaximumWidth(220);
  pageColumn->addWidget(tableHeader);
  pageColumn->addWidget(records = new RecordTable(*bench.store), 1);
  pages->addWidget(page);

  auto* empty = new EmptyState(QStringLiteral("data"), tr("The store is empty"),
                               tr("What you rank in Label comes here. Or import demonstrations, rankings or prompts: "
                                  "JSON Lines, and the other shapes that people publish."));
  auto* first = empty->addButton(new KeyButton(tr("Import"), KeyButton::Primary));
  first->showKey(QKeySequence(Qt::CTRL | Qt::Key_O));
  connect(first, &QPushButton::clicked, this, &DataPanel::askImport);
  pages->addWidget(empty);
  return pane;
}

QWidget* DataPanel::makeSide() {
  auto* pane = new QWidget;
  auto* column = columnOf(pane);
  auto* bar = new BarRow;
  bar->add(what = new SegmentedControl({tr("Labelers"), tr("Record")}));
  what->setAccessibleName(tr("What the side shows"));
  bar->addStretch();
  column->addWidget(bar);
  auto* stack = new QStackedWidget;
  stack->addWidget(people = new LabelerSide);
  stack->addWidget(beside = new RecordSide(bench));
  connect(what, &SegmentedControl::currentChanged, stack, &QStackedWidget::setCurrentIndex);
  column->addWidget(stack, 1);
  return pane;
}

void DataPanel::open(const QVariantMap& request) {
  const QString file = request.value(QStringLiteral("import")).toString();
  if (!file.isEmpty()) importFrom(file);
}

void DataPanel::shown() {
  if (records->isVisible()) records->setFocus();
}

// Also when the window opens with it: then it came to the front before it could be seen.
void DataPanel::showEvent(QShowEvent* event) {
  Panel::showEvent(event);
  if (lookAgain) look();
}

QList<QPair<QString, QString>> DataPanel::keys() const {
  return {{tr("Ctrl+O, Ctrl+E"), tr("import, export what the table shows")},
          {tr("Del"), tr("delete the chosen records (Ctrl+Z brings them back)")},
          {tr("Shift+Up, Shift+Down"), tr("choose several")},
          {tr("Ctrl+K"), tr("search")}};
}

void DataPanel::resizeEvent(QResizeEvent* event) {
  Panel::resizeEvent(event);
  figures->setVisible(height() >= metric::low - 60); // a low window keeps the records
}

// --- what is shown

// Labelers and prompts in two splits: while somebody looks, one question at a time.
void DataPanel::look() {
  if (looking || !isVisible()) {
    lookAgain = true;
    return;
  }
  looking = true;
  lookAgain = false;
  inPool(
      this,
      [store = bench.store, gate = gate, own = ownName()]() -> RecordFindings {
        const std::lock_guard hold(gate->mutex);
        if (gate->closed) return {};
        try {
          return findingsIn(*store, own);
        } catch (const Error&) { // the store has told why
          return {};
        }
      },
      [this](const RecordFindings& found) {
        looking = false;
        findings = found;
        people->setFigures(found.labelers);
        showOverlap();
        if (lookAgain) look();
      });
}

QString DataPanel::ownName() const { return bench.settings()->value(QStringLiteral("label/labeler")).toString(); }

// Counting a large store takes longer than a person should wait with every row that comes: then it is done beside.
void DataPanel::refresh() {
  if (counting) {
    countAgain = true;
    return;
  }
  if (bench.store->roughSize() < quickToCount) return showOverview(overviewOf(*bench.store));
  counting = true;
  if (overview.sets.isEmpty()) title->setDetail(tr("Counting"));
  inPool(
      this,
      [store = bench.store, gate = gate]() -> RecordOverview {
        const std::lock_guard hold(gate->mutex);
        if (gate->closed) return {};
        try {
          return overviewOf(*store);
        } catch (const Error&) { // the store has told why
          return {};
        }
      },
      [this](const RecordOverview& counted) {
        counting = false;
        showOverview(counted);
        if (std::exchange(countAgain, false)) settle.start();
      });
}

void DataPanel::showOverview(const RecordOverview& counted) {
  overview = counted;
  QStringList counts;
  for (const RecordKind kind : kinds)
    if (const int count = overview.of(kind).count) counts << kindCount(kind, count);
  title->setDetail(counts.join(QStringLiteral(", ")));
  const bool any = !overview.sets.isEmpty();
  pages->setCurrentIndex(any ? Records : Empty);
  exportButton->setVisible(any);
  QStringList names;
  for (const RecordKind kind : kinds)
    for (const ValueCount& one : overview.of(kind).labelers)
      if (!one.value.isEmpty() && !names.contains(one.value)) names << one.value;
  const QString before = labeler->currentData().toString();
  labeler->clear();
  labeler->addItem(tr("all labelers"), QString());
  for (const QString& one : names) labeler->addItem(one, one);
  labeler->setCurrentIndex(std::max(0, labeler->findData(before)));
  labeler->setVisible(names.size() > 1);
  parts->setSets(overview.sets); // shows the part
  showCounts();
  look();
}

void DataPanel::showPart() {
  const RecordSet* part = parts->chosen();
  if (!part) {
    deleteButton->hide();
    rewardButton->hide();
    beside->show(RecordKind::Comparison, {});
    return;
  }
  rewardButton->setVisible(part->kind == RecordKind::Comparison && part->count > 0);
  beside->commit();
  RecordFilter filter = part->filter;
  filter.search = search->text();
  filter.labeler = labeler->currentData().toString();
  filter.split = split->currentData().toString();
  tableHeader->setTitle(kindTitle(part->kind));
  tableHeader->setDetail(QStringLiteral("%L1").arg(part->count));
  if (!filter.search.trimmed().isEmpty() || !filter.labeler.isEmpty() || !filter.split.isEmpty())
    countFound(part->kind, filter, part->count);
  const bool otherKind = part->kind != records->records()->kind();
  records->show(part->kind, filter);
  if (otherKind) showCounts();
}

void DataPanel::countFound(RecordKind kind, const RecordFilter& filter, int all) {
  inPool(
      this,
      [store = bench.store, kind, filter]() -> int {
        try {
          return store->count(kind, filter);
        } catch (const Error&) {
          return -1;
        }
      },
      [this, kind, filter, all](int count) {
        const RecordFilter& now = records->records()->filter();
        if (count < 0 || kind != records->records()->kind() || now.search != filter.search ||
            now.labeler != filter.labeler || now.split != filter.split)
          return; // another question was asked since
        tableHeader->setDetail(tr("%L1 of %L2").arg(count).arg(all));
      });
}

// --- what is done

void DataPanel::removeChosen() {
  beside->commit();
  const QList<RecordId> ids = records->chosen();
  if (ids.isEmpty()) return;
  const RecordKind kind = records->records()->kind();
  Store* store = bench.store;
  bench.remove(
      kindCount(kind, int(ids.size())), [=] { store->setDeleted(kind, ids, true); },
      [=] { store->setDeleted(kind, ids, false); });
}

} // namespace attune
