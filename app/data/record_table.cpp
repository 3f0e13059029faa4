#include "data/record_table.h"

#include "store/labels.h"
#include "store/store.h"
#include "widgets/labels.h"
#include "widgets/theme.h"

#include <QDateTime>
#include <QHeaderView>
#include <QLocale>
#include <QPainter>
#include <QStyledItemDelegate>

namespace attune {
namespace {

constexpr int pageSize = 200;
constexpr int tight = 760; // pixels: below, columns stand closer, so that none leaves the view

QString timeWords(qint64 time) {
  const QDateTime when = QDateTime::fromMSecsSinceEpoch(time);
  if (when.date() == QDate::currentDate()) return QLocale().toString(when.time(), QStringLiteral("HH:mm"));
  return QLocale().toString(when.date(), when.date().year() == QDate::currentDate().year()
                                             ? QStringLiteral("d MMM")
                                             : QStringLiteral("d MMM yyyy"));
}

// The labeler, and after the name what no person did.
class LabelerDelegate : public QStyledItemDelegate {
public:
  using QStyledItemDelegate::QStyledItemDelegate;

  // A column that has this much room never cuts the tag; a name gives way to it.
  static int tagRoom() { return edge + Tag::sizeOf(Tag::tr("scripted")).width() + edge; }

  void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override {
    QStyledItemDelegate::paint(painter, option, index);
    if (!scripted(index)) return;
    QStyleOptionViewItem shown = option;
    initStyleOption(&shown, index);
    const int used = shown.text.isEmpty() ? 0 : option.fontMetrics.horizontalAdvance(shown.text) + gap;
    painter->save();
    painter->setClipRect(option.rect);
    Tag::paint(*painter, {option.rect.left() + edge + used, option.rect.center().y()}, Tag::tr("scripted"),
               Tag::Warning);
    painter->restore();
  }

protected:
  void initStyleOption(QStyleOptionViewItem* option, const QModelIndex& index) const override {
    QStyledItemDelegate::initStyleOption(option, index);
    if (!scripted(index)) return;
    const int room = option->rect.width() - tagRoom() - gap;
    option->text = room < option->fontMetrics.averageCharWidth() * 2
                       ? QString()
                       : option->fontMetrics.elidedText(option->text, Qt::ElideRight, room);
  }

private:
  static constexpr int edge = 8, gap = 6;
  static bool scripted(const QModelIndex& index) {
    return static_cast<const RecordTableModel*>(index.model())->record(index.row()).scripted;
  }
};

template <class Record> RecordRow rowFrom(const Record& record) {
  RecordRow row;
  row.id = record.id;
  row.useCase = labels::useCaseWords(record.useCase);
  row.labeler = record.labeler;
  row.split = record.split;
  row.source = record.source;
  row.time = record.created;
  return row;
}

} // namespace

RecordTableModel::RecordTableModel(Store& store, QObject* parent)
    : QAbstractTableModel(parent)
    , store(store) {}

QList<RecordRow> RecordTableModel::page(int offset) {
  RecordFilter filter = which;
  filter.limit = pageSize;
  filter.offset = offset;
  QList<RecordRow> out;
  if (what == RecordKind::Comparison) {
    for (const Comparison& record : store.comparisons(filter)) {
      RecordRow row = rowFrom(record);
      row.prompt = record.prompt.simplified();
      row.order = orderText(record);
      row.pairs = pairCount(record);
      row.scripted = record.scripted;
      out << row;
    }
  } else if (what == RecordKind::Demonstration) {
    for (const Demonstration& record : store.demonstrations(filter)) {
      RecordRow row = rowFrom(record);
      row.prompt = record.prompt.simplified();
      row.answer = record.answer.simplified();
      row.scripted = record.scripted;
      out << row;
    }
  } else {
    for (const attune::Prompt& record : store.prompts(filter)) {
      RecordRow row = rowFrom(record);
      row.prompt = record.text.simplified();
      out << row;
    }
  }
  return out;
}

void RecordTableModel::show(RecordKind kind, const RecordFilter& filter) {
  beginResetModel();
  what = kind;
  which = filter;
  rows = page(0);
  more = rows.size() == pageSize;
  endResetModel();
}

bool RecordTableModel::canFetchMore(const QModelIndex& parent) const { return !parent.isValid() && more; }

void RecordTableModel::fetchMore(const QModelIndex&) {
  const QList<RecordRow> next = page(int(rows.size()));
  more = next.size() == pageSize;
  if (next.isEmpty()) return;
  beginInsertRows({}, int(rows.size()), int(rows.size() + next.size()) - 1);
  rows += next;
  endInsertRows();
}

int RecordTableModel::rowOf(RecordId id) const {
  for (int i = 0; i < rows.size(); ++i)
    if (rows[i].id == id) return i;
  return -1;
}

bool RecordTableModel::has(int column) const {
  switch (column) {
  case Answer:
    return what == RecordKind::Demonstration;
  case Order:
  case Pairs:
    return what == RecordKind::Comparison;
  case Source:
    return what == RecordKind::Prompt;
  default:
    return true;
  }
}

QVariant RecordTableModel::data(const QModelIndex& index, int role) const {
  const RecordRow& row = rows[index.row()];
  if (role == Qt::TextAlignmentRole)
    return int(Qt::AlignVCenter | (index.column() == Pairs || index.column() == When ? Qt::AlignRight : Qt::AlignLeft));
  if (role == Qt::FontRole && index.column() == Order) return Theme::font(FontRole::Mono);
  if (role == Qt::ToolTipRole && (index.column() == Prompt || index.column() == Answer || index.column() == Labeler))
    return data(index, Qt::DisplayRole);
  if (role == Qt::AccessibleTextRole && index.column() == Labeler && row.scripted)
    return tr("%1, scripted").arg(row.labeler);
  if (role != Qt::DisplayRole) return {};
  switch (index.column()) {
  case Prompt:
    return row.prompt;
  case Answer:
    return row.answer;
  case UseCase:
    return row.useCase;
  case Order:
    return row.order;
  case Pairs:
    return row.pairs;
  case Labeler:
    return row.labeler;
  case Source:
    return row.source;
  case Split:
    return row.split;
  default:
    return timeWords(row.time);
  }
}

QVariant RecordTableModel::headerData(int section, Qt::Orientation orientation, int role) const {
  if (orientation == Qt::Vertical) return {};
  if (role == Qt::TextAlignmentRole)
    return int(Qt::AlignVCenter | (section == Pairs || section == When ? Qt::AlignRight : Qt::AlignLeft));
  if (role != Qt::DisplayRole) return {};
  const QString words[] = {tr("Prompt"),  tr("Answer"), tr("Use case"), tr("Order"), tr("Pairs"),
                           tr("Labeler"), tr("Source"), tr("Split"),    tr("When")};
  return words[section];
}

RecordTable::RecordTable(Store& store, QWidget* parent)
    : QTableView(parent)
    , list(new RecordTableModel(store, this)) {
  setModel(list);
  setItemDelegateForColumn(RecordTableModel::Labeler, new LabelerDelegate(this));
  setSelectionBehavior(SelectRows);
  setSelectionMode(ExtendedSelection);
  setShowGrid(false);
  setFrameShape(NoFrame);
  setWordWrap(false);
  setTabKeyNavigation(false);
  setVerticalScrollMode(ScrollPerPixel);
  setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  setAccessibleName(tr("Records"));
  verticalHeader()->hide();
  verticalHeader()->setDefaultSectionSize(Theme::px(metric::row));
  horizontalHeader()->setHighlightSections(false);
  horizontalHeader()->setMinimumSectionSize(30);
}

void RecordTable::show(RecordKind kind, const RecordFilter& filter) {
  const bool sameKind = kind == list->kind();
  const QList<RecordId> before = chosen();
  {
    const QSignalBlocker quiet(this);
    list->show(kind, filter);
    for (int column = 0; column < RecordTableModel::ColumnCount; ++column) setColumnHidden(column, !list->has(column));
    int row = sameKind && !before.isEmpty() ? list->rowOf(before.first()) : -1;
    if (row < 0 && list->rowCount() > 0) row = 0;
    if (row >= 0) selectRow(row);
  }
  fitColumns();
  Q_EMIT chosenChanged();
}

QList<RecordId> RecordTable::chosen() const {
  QList<RecordId> ids;
  for (const QModelIndex& index : selectionModel()->selectedRows())
    if (index.row() < list->rowCount()) ids << list->record(index.row()).id;
  return ids;
}

void RecordTable::selectionChanged(const QItemSelection& selected, const QItemSelection& deselected) {
  QTableView::selectionChanged(selected, deselected);
  Q_EMIT chosenChanged();
  Q_EMIT picked();
}

void RecordTable::resizeEvent(QResizeEvent* event) {
  QTableView::resizeEvent(event);
  fitColumns();
}

// The short columns as wide as their words (of the first page), the texts share the rest.
void RecordTable::fitColumns() {
  int left = viewport()->width();
  const int room = left, texts = list->has(RecordTableModel::Answer) ? 2 : 1;
  for (int column = RecordTableModel::UseCase; column < RecordTableModel::ColumnCount; ++column) {
    if (!list->has(column)) continue;
    const QFontMetrics metrics(Theme::font(column == RecordTableModel::Order ? FontRole::Mono : FontRole::Body));
    int width = QFontMetrics(Theme::font(FontRole::Dense))
                    .horizontalAdvance(list->headerData(column, Qt::Horizontal, Qt::DisplayRole).toString()) +
                4;
    for (int row = 0; row < std::min(list->rowCount(), pageSize); ++row) {
      int words = metrics.horizontalAdvance(list->index(row, column).data().toString());
      if (column == RecordTableModel::Labeler && list->record(row).scripted)
        words += 6 + Tag::sizeOf(Tag::tr("scripted")).width();
      width = std::max(width, words);
    }
    int most = room * (column == RecordTableModel::Order ? 26 : 20) / 100;
    if (column == RecordTableModel::Labeler) most = std::max(most, LabelerDelegate::tagRoom());
    width = std::min(width + (room < tight ? 24 : 32), most);
    horizontalHeader()->resizeSection(column, width);
    left -= width;
  }
  const int prompt = std::max(100, texts == 2 ? left * 2 / 5 : left);
  horizontalHeader()->resizeSection(RecordTableModel::Prompt, prompt);
  if (texts == 2) horizontalHeader()->resizeSection(RecordTableModel::Answer, std::max(100, left - prompt));
}

} // namespace attune
