#include "data/data_panel.h"

#include "data/count_views.h"
#include "data/record_sets.h"
#include "data/record_side.h"
#include "data/record_table.h"
#include "error.h"
#include "in_pool.h"
#include "sentence.h"
#include "store/import_examples.h"
#include "store/labels.h"
#include "store/store.h"
#include "widgets/empty_state.h"
#include "widgets/icons.h"
#include "widgets/key_button.h"
#include "widgets/labels.h"
#include "widgets/message_strip.h"
#include "widgets/word_progress.h"
#include "workbench.h"

#include <QComboBox>
#include <QDir>
#include <QDragEnterEvent>
#include <QFileDialog>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QMenu>
#include <QMimeData>
#include <QStackedWidget>
#include <QVBoxLayout>

namespace attune {
namespace {

enum Page { Records, Empty };

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
  beside = new RecordSide(bench);
  setPanes(makeList(), makeContent(), beside, 220, 300);
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
  searching.setSingleShot(true);
  searching.setInterval(150);
  connect(&searching, &QTimer::timeout, this, &DataPanel::showPart);
  connect(search, &QLineEdit::textChanged, this,
          [this] { this->bench.store->roughSize() < quickToCount ? showPart() : searching.start(); });
  connect(labeler, &QComboBox::activated, this, &DataPanel::showPart);
  connect(split, &QComboBox::activated, this, &DataPanel::showPart);
  refresh();
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
  right->addWidget(new SectionHeader(tr("Splits and sources")));
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

void DataPanel::open(const QVariantMap& request) {
  const QString file = request.value(QStringLiteral("import")).toString();
  if (!file.isEmpty()) importFrom(file);
}

void DataPanel::shown() {
  if (records->isVisible()) records->setFocus();
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
      [store = bench.store]() -> RecordOverview {
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
  QStringList people;
  for (const RecordKind kind : kinds)
    for (const ValueCount& one : overview.of(kind).labelers)
      if (!one.value.isEmpty() && !people.contains(one.value)) people << one.value;
  const QString before = labeler->currentData().toString();
  labeler->clear();
  labeler->addItem(tr("all labelers"), QString());
  for (const QString& one : people) labeler->addItem(one, one);
  labeler->setCurrentIndex(std::max(0, labeler->findData(before)));
  labeler->setVisible(people.size() > 1);
  parts->setSets(overview.sets); // shows the part
  showCounts();
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

void DataPanel::showCounts() {
  const RecordSet* part = parts->chosen();
  const RecordKind kind = part ? part->kind : RecordKind::Prompt;
  bars->setCounts(overview.of(kind).useCases);
  casesHeader->setDetail(tr("%1; ticks: InstructGPT's shares").arg(kindCount(kind, overview.of(kind).count)));
  const QStringList headings{tr("Demonstr."), tr("Rankings"), tr("Prompts")};
  const auto grid = [&](QList<ValueCount> RecordOverview::Kind::*column, const QStringList& first, bool sum) {
    QStringList names = first;
    QHash<QString, QList<int>> counts;
    for (int k = 0; k < 3; ++k)
      for (const ValueCount& one : overview.of(kinds[k]).*column) {
        if (!names.contains(one.value)) names << one.value;
        auto& row = counts[one.value];
        row.resize(3);
        row[k] = one.count;
      }
    QList<CountGrid::Row> rows;
    QList<int> total(3, 0);
    for (const QString& name : names) {
      QList<int> row = counts.value(name);
      row.resize(3);
      for (int k = 0; k < 3; ++k) total[k] += row[k];
      rows << CountGrid::Row{name.isEmpty() ? tr("not named") : name, row};
    }
    if (sum) rows << CountGrid::Row{tr("All"), total, true};
    return rows;
  };
  QStringList splitNames;
  for (const char* one : labels::splits()) splitNames << QString::fromLatin1(one);
  splits->setRows(QStringList{tr("Split")} + headings, grid(&RecordOverview::Kind::splits, splitNames, true));
  // The largest sources, as many as stand beside the bars.
  QList<CountGrid::Row> from = grid(&RecordOverview::Kind::sources, {}, false);
  std::stable_sort(from.begin(), from.end(), [](const CountGrid::Row& a, const CountGrid::Row& b) {
    return a.counts[0] + a.counts[1] + a.counts[2] > b.counts[0] + b.counts[1] + b.counts[2];
  });
  constexpr int most = 4;
  if (from.size() > most) {
    CountGrid::Row rest{tr("%1 more").arg(from.size() - most + 1), {0, 0, 0}};
    for (int i = most - 1; i < from.size(); ++i)
      for (int k = 0; k < 3; ++k) rest.counts[k] += from[i].counts[k];
    from = from.mid(0, most - 1);
    from << rest;
  }
  sources->setRows(QStringList{tr("Source")} + headings, from);
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

void DataPanel::startJob(const QString& words) {
  ++jobs;
  strip->clear();
  progress->report(words);
  bench.setWork({QStringLiteral("data"), words, QStringLiteral("data"), true});
}

void DataPanel::endJob() {
  if (--jobs > 0) return;
  progress->finish();
  bench.setWork({QStringLiteral("data"), {}, {}, false});
}

void DataPanel::askImport() {
  const QStringList files = QFileDialog::getOpenFileNames(
      this, tr("Import"), {}, tr("Data (*.jsonl *.json *.txt *.tsv *.csv *.gz);;All files (*)"));
  for (const QString& file : files) importFrom(file);
}

void DataPanel::importFrom(const QString& file) {
  const QString name = QFileInfo(file).fileName();
  startJob(tr("Reading %1").arg(name));
  struct Result {
    ImportResult got;
    QString error;
  };
  inPool(
      this,
      [store = bench.store, file, name]() -> Result {
        try {
          ImportDefaults defaults;
          defaults.source = name;
          return {importExamples(*store, file.toStdString(), defaults), {}};
        } catch (const std::exception& error) {
          return {{}, QString::fromUtf8(error.what())};
        }
      },
      [this, name](const Result& result) {
        endJob();
        if (!result.error.isEmpty()) {
          strip->show(MessageStrip::Error, tr("Nothing of %1 was imported.").arg(name), result.error);
          return;
        }
        const ImportCounts& counts = result.got.counts;
        QStringList words;
        if (counts.demonstrations) words << kindCount(RecordKind::Demonstration, counts.demonstrations);
        if (counts.comparisons) words << kindCount(RecordKind::Comparison, counts.comparisons);
        if (counts.prompts) words << kindCount(RecordKind::Prompt, counts.prompts);
        QString rest;
        if (result.got.skipped)
          rest = tr("%L1 records were left out: both sides the same, or an empty answer.").arg(result.got.skipped);
        strip->show(MessageStrip::Success, tr("%1: %2.").arg(name, words.join(QStringLiteral(", "))), rest);
        settle.start();
      });
}

void DataPanel::fillExport(QMenu* menu) {
  menu->clear();
  menu->addSection(tr("What the table shows, as JSON Lines"));
  switch (records->records()->kind()) {
  case RecordKind::Comparison:
    menu->addAction(tr("Rankings (prompt, completions, ranks)…"), this,
                    [this] { askExport(ExchangeKind::Rankings, QStringLiteral("rankings.jsonl")); });
    menu->addAction(tr("Pairs (prompt, chosen, rejected)…"), this,
                    [this] { askExport(ExchangeKind::Pairs, QStringLiteral("pairs.jsonl")); });
    break;
  case RecordKind::Demonstration:
    menu->addAction(tr("Demonstrations (messages)…"), this,
                    [this] { askExport(ExchangeKind::Demonstrations, QStringLiteral("demonstrations.jsonl")); });
    break;
  default:
    menu->addAction(tr("Prompts…"), this,
                    [this] { askExport(ExchangeKind::Prompts, QStringLiteral("prompts.jsonl")); });
  }
}

void DataPanel::askExport(ExchangeKind kind, const QString& name) {
  const QString file = QFileDialog::getSaveFileName(this, tr("Export"), name, tr("JSON Lines (*.jsonl)"));
  if (!file.isEmpty()) exportTo(file, kind);
}

void DataPanel::exportTo(const QString& file, ExchangeKind kind) {
  beside->commit();
  const QString name = QFileInfo(file).fileName();
  startJob(tr("Writing %1").arg(name));
  struct Result {
    int lines = 0;
    QString error;
  };
  inPool(
      this,
      [store = bench.store, file, kind, filter = records->records()->filter()]() -> Result {
        try {
          return {exportJsonLines(*store, kind, file.toStdString(), filter), {}};
        } catch (const std::exception& error) {
          return {0, QString::fromStdString(sentenceOf(error))};
        }
      },
      [this, file](const Result& result) {
        endJob();
        if (result.error.isEmpty())
          strip->show(MessageStrip::Success,
                      result.lines == 1 ? tr("1 line was exported.") : tr("%L1 lines were exported.").arg(result.lines),
                      QDir::toNativeSeparators(file));
        else
          strip->show(MessageStrip::Error, tr("Nothing was exported."), result.error);
      });
}

void DataPanel::dragEnterEvent(QDragEnterEvent* event) {
  for (const QUrl& url : event->mimeData()->urls())
    if (url.isLocalFile() && QFileInfo(url.toLocalFile()).isFile()) return event->acceptProposedAction();
}

void DataPanel::dropEvent(QDropEvent* event) {
  event->acceptProposedAction();
  for (const QUrl& url : event->mimeData()->urls())
    if (url.isLocalFile()) importFrom(url.toLocalFile());
}

} // namespace attune
