#include "models/device_table.h"

#include "train/train_words.h"
#include "widgets/icons.h"
#include "widgets/theme.h"

#include <QHeaderView>
#include <QKeyEvent>
#include <QPainter>
#include <QStyledItemDelegate>

namespace attune {
namespace {

// The first column begins with the mark of a choice of one.
class ChoiceDelegate : public QStyledItemDelegate {
public:
  using QStyledItemDelegate::QStyledItemDelegate;

  QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override {
    return QStyledItemDelegate::sizeHint(option, index) + QSize(30, 0);
  }

  void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override {
    const auto* devices = static_cast<const DeviceTableModel*>(index.model());
    const bool refused = !devices->device(index.row()).refusal.isEmpty();
    QStyleOptionViewItem rest = option;
    initStyleOption(&rest, index);
    rest.rect.setLeft(option.rect.left() + 24);
    const Theme& theme = Theme::current();
    if (option.state & QStyle::State_Selected) painter->fillRect(option.rect, theme.selection);
    QStyledItemDelegate::paint(painter, rest, index);
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    const bool used = devices->isUsed(index.row());
    const QPointF middle(option.rect.left() + 20, option.rect.center().y() + 0.5);
    painter->setPen(QPen(refused ? theme.border : used ? theme.accent : theme.outline, 1.5));
    painter->setBrush(Qt::NoBrush);
    painter->drawEllipse(middle, 6, 6);
    painter->setPen(Qt::NoPen);
    painter->setBrush(theme.accent);
    if (used) painter->drawEllipse(middle, 3, 3);
    painter->restore();
  }
};

} // namespace

void DeviceTableModel::setDevices(const QList<DeviceChoice>& devices, const QString& inUse, const QString& chose,
                                  const QString& why) {
  beginResetModel();
  list = devices;
  chosen = chose;
  trouble = why;
  used = -1;
  for (int i = 0; i < list.size(); ++i)
    if (list[i].refusal.isEmpty() && list[i].name == inUse && (used < 0 || list[i].selector == chosen)) used = i;
  endResetModel();
}

Qt::ItemFlags DeviceTableModel::flags(const QModelIndex& index) const {
  return list[index.row()].refusal.isEmpty() ? Qt::ItemIsEnabled | Qt::ItemIsSelectable : Qt::NoItemFlags;
}

QVariant DeviceTableModel::data(const QModelIndex& index, int role) const {
  const DeviceChoice& one = list[index.row()];
  if (role == Qt::TextAlignmentRole)
    return int(Qt::AlignVCenter | (index.column() == Memory ? Qt::AlignRight : Qt::AlignLeft));
  if (role != Qt::DisplayRole && role != Qt::ToolTipRole && role != Qt::AccessibleTextRole) return {};
  switch (index.column()) {
  case Device:
    return one.name;
  case Memory:
    return one.memory ? sizeWords(one.memory) : QStringLiteral("–");
  case Driver:
    return one.detail;
  default:
    if (!one.refusal.isEmpty()) return tr("refused: it %1").arg(one.refusal);
    if (used == index.row()) return chosen.isEmpty() ? tr("in use: the fastest usable") : tr("in use, chosen by you");
    if (!trouble.isEmpty() && one.selector == chosen) return trouble;
    return tr("usable");
  }
}

QVariant DeviceTableModel::headerData(int section, Qt::Orientation orientation, int role) const {
  if (orientation == Qt::Vertical) return {};
  if (role == Qt::TextAlignmentRole)
    return int(Qt::AlignVCenter | (section == Memory ? Qt::AlignRight : Qt::AlignLeft));
  if (role != Qt::DisplayRole) return {};
  const QString words[] = {QStringLiteral("      ") + tr("Device"), tr("Memory"), tr("Driver"), tr("State")};
  return words[section];
}

DeviceTable::DeviceTable(Workbench& bench, QWidget* parent)
    : QTableView(parent)
    , bench(bench)
    , list(new DeviceTableModel(this)) {
  setModel(list);
  setItemDelegateForColumn(DeviceTableModel::Device, new ChoiceDelegate(this));
  setSelectionBehavior(SelectRows);
  setSelectionMode(SingleSelection);
  setShowGrid(false);
  setFrameShape(NoFrame);
  setTabKeyNavigation(false);
  setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  setAccessibleName(tr("Devices"));
  verticalHeader()->hide();
  verticalHeader()->setDefaultSectionSize(Theme::px(metric::row));
  auto* columns = horizontalHeader();
  columns->setHighlightSections(false);
  columns->setSectionResizeMode(QHeaderView::ResizeToContents);
  columns->setSectionResizeMode(DeviceTableModel::State, QHeaderView::Stretch);
  columns->setMaximumSectionSize(340);
  setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
  connect(this, &QTableView::clicked, this, [this](const QModelIndex& index) { use(index.row()); });
}

void DeviceTable::refresh(const QString& trouble) {
  list->setDevices(bench.devices(), bench.device(), bench.chosenDevice(), trouble);
  updateGeometry();
}

QSize DeviceTable::sizeHint() const {
  const int rows = std::clamp(list->rowCount(), 1, 5);
  return {400, horizontalHeader()->sizeHint().height() + rows * verticalHeader()->defaultSectionSize() + 2};
}

void DeviceTable::keyPressEvent(QKeyEvent* event) {
  if ((event->key() == Qt::Key_Return || event->key() == Qt::Key_Space) && currentIndex().isValid())
    use(currentIndex().row());
  else
    QTableView::keyPressEvent(event);
}

void DeviceTable::use(int row) {
  if (list->device(row).refusal.isEmpty() && !list->isUsed(row)) bench.chooseDevice(list->device(row).selector);
}

} // namespace attune
