#include "attention/head_table.h"

#include "widgets/theme.h"

#include <QHeaderView>
#include <algorithm>
#include <cmath>
#include <numeric>

namespace attune {

void HeadTableModel::setData(AttentionPtr data) {
  beginResetModel();
  source = std::move(data);
  order.resize(source ? source->heads.size() : 0);
  std::iota(order.begin(), order.end(), 0);
  endResetModel();
}

int HeadTableModel::rowCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : int(order.size()); }

QVariant HeadTableModel::data(const QModelIndex& index, int role) const {
  const int head = order[std::size_t(index.row())];
  const HeadDigest& digest = source->heads[std::size_t(head)];
  if (role == Qt::TextAlignmentRole)
    return int(Qt::AlignVCenter | (index.column() >= Share ? Qt::AlignRight : Qt::AlignLeft));
  if (role == Qt::ToolTipRole && index.column() == Share)
    return tr("How much of the attention goes there, averaged over the tokens where it can");
  if (role == Qt::ToolTipRole && index.column() == Entropy)
    return tr("In nats: 0 reads one token, %1 reads all alike").arg(std::log(double(source->places())), 0, 'f', 2);
  if (role != Qt::DisplayRole) return {};
  switch (index.column()) {
  case Head:
    return headName(head / source->nHead, head % source->nHead);
  case Reads:
    return habitWords(digest.habit);
  case Share:
    if (digest.habit == HeadHabit::Everything || digest.habit == HeadHabit::Mixed) return QStringLiteral("–");
    return QStringLiteral("%1 %").arg(100.0 * double(digest.share), 0, 'f', 0);
  default:
    return QString::number(double(digest.entropy), 'f', 2);
  }
}

QVariant HeadTableModel::headerData(int section, Qt::Orientation orientation, int role) const {
  if (orientation == Qt::Vertical) return {};
  if (role == Qt::TextAlignmentRole) return int(Qt::AlignVCenter | (section >= Share ? Qt::AlignRight : Qt::AlignLeft));
  if (role != Qt::DisplayRole) return {};
  switch (section) {
  case Head:
    return tr("Head");
  case Reads:
    return tr("Mostly reads");
  case Share:
    return tr("Share");
  default:
    return tr("Entropy");
  }
}

void HeadTableModel::sort(int column, Qt::SortOrder direction) {
  if (!source) return;
  Q_EMIT layoutAboutToBeChanged({}, QAbstractItemModel::VerticalSortHint);
  std::vector<int> before = order;
  const auto& heads = source->heads;
  const auto strength = [&](int i) {
    const HeadDigest& digest = heads[std::size_t(i)];
    return digest.habit == HeadHabit::Everything ? -2.0f
           : digest.habit == HeadHabit::Mixed    ? digest.share - 2
                                                 : digest.share;
  };
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](int a, int b) {
    if (direction == Qt::DescendingOrder) std::swap(a, b);
    const HeadDigest &x = heads[std::size_t(a)], &y = heads[std::size_t(b)];
    switch (column) {
    case Head:
      return a < b;
    case Reads:
      return x.habit != y.habit ? x.habit < y.habit : strength(a) > strength(b);
    case Share:
      return strength(a) < strength(b);
    default:
      return x.entropy < y.entropy;
    }
  });
  std::vector<int> rowOfHead(order.size());
  for (std::size_t row = 0; row < order.size(); row++) rowOfHead[std::size_t(order[row])] = int(row);
  for (const QModelIndex& index : persistentIndexList())
    changePersistentIndex(index, this->index(rowOfHead[std::size_t(before[std::size_t(index.row())])], index.column()));
  Q_EMIT layoutChanged({}, QAbstractItemModel::VerticalSortHint);
}

int HeadTableModel::rowOf(int layer, int head) const {
  if (!source) return -1;
  const auto found = std::find(order.begin(), order.end(), layer * source->nHead + head);
  return found == order.end() ? -1 : int(found - order.begin());
}

HeadTable::HeadTable(QWidget* parent)
    : QTableView(parent)
    , heads(new HeadTableModel(this)) {
  setModel(heads);
  setSelectionBehavior(SelectRows);
  setSelectionMode(SingleSelection);
  setSortingEnabled(true);
  setShowGrid(false);
  setFrameShape(NoFrame);
  setWordWrap(false);
  setFont(Theme::font(FontRole::Dense));
  setTabKeyNavigation(false);
  setVerticalScrollMode(ScrollPerPixel);
  setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  setAccessibleName(tr("Heads by what they do"));
  verticalHeader()->hide();
  verticalHeader()->setMinimumSectionSize(10);
  verticalHeader()->setDefaultSectionSize(Theme::px(metric::denseRow));
  auto* columns = horizontalHeader();
  columns->setProperty("sorts", true); // the style sheet keeps room for an arrow
  columns->setHighlightSections(false);
  columns->setMinimumSectionSize(40);
  const int widths[] = {66, 0, 72, 76};
  for (int column : {HeadTableModel::Head, HeadTableModel::Share, HeadTableModel::Entropy}) {
    columns->setSectionResizeMode(column, QHeaderView::Interactive);
    columns->resizeSection(column, Theme::px(widths[column]));
  }
  columns->setSectionResizeMode(HeadTableModel::Reads, QHeaderView::Stretch);
  columns->setSortIndicator(HeadTableModel::Share, Qt::DescendingOrder);
}

void HeadTable::setData(AttentionPtr data) {
  const QSignalBlocker quiet(this);
  heads->setData(std::move(data));
  heads->sort(horizontalHeader()->sortIndicatorSection(), horizontalHeader()->sortIndicatorOrder());
}

void HeadTable::choose(int layer, int head) {
  const int row = heads->rowOf(layer, head);
  if (row < 0 || row == currentIndex().row()) return;
  const QSignalBlocker quiet(this);
  selectRow(row);
  scrollTo(heads->index(row, 0));
}

void HeadTable::currentChanged(const QModelIndex& current, const QModelIndex& previous) {
  QTableView::currentChanged(current, previous);
  if (current.isValid()) Q_EMIT chosen(heads->layerAt(current.row()), heads->headAt(current.row()));
}

} // namespace attune
