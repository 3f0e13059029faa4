#include "models/model_list.h"

#include "train/train_words.h"
#include "widgets/icons.h"
#include "widgets/theme.h"

#include <QHeaderView>
#include <QKeyEvent>
#include <QLocale>
#include <QPainter>
#include <QPainterPath>
#include <QStyledItemDelegate>

namespace attune {
namespace {

constexpr int laneWidth = 18, laneEdge = 18;

int rowHeight() { return Theme::px(30); }
int lanesWidth(int lanes) { return 2 * laneEdge + laneWidth * std::max(0, lanes - 1); }

// The whole of a line, in coordinates in which row 0 begins at the top.
QPainterPath linePath(const LaneEdge& edge) {
  const double h = rowHeight();
  const auto x = [](int lane) { return laneEdge + laneWidth * double(lane); };
  const auto y = [&](int row) { return (row + 0.5) * h; };
  const double down = std::min(h, (edge.parentRow - edge.childRow) * h / 2); // how far a bend reaches
  QPainterPath path({x(edge.childLane), y(edge.childRow)});
  double at = y(edge.childRow);
  if (edge.lane != edge.childLane) {
    at += down * 0.8;
    path.cubicTo(x(edge.lane), y(edge.childRow), x(edge.lane), y(edge.childRow), x(edge.lane), at);
  }
  if (edge.lane == edge.parentLane) {
    path.lineTo(x(edge.lane), y(edge.parentRow));
  } else {
    path.lineTo(x(edge.lane), y(edge.parentRow) - down * 0.8);
    path.cubicTo(x(edge.lane), y(edge.parentRow), x(edge.lane), y(edge.parentRow), x(edge.parentLane),
                 y(edge.parentRow));
  }
  return path;
}

class RowDelegate : public QStyledItemDelegate {
public:
  RowDelegate(ModelList* view)
      : QStyledItemDelegate(view)
      , view(view) {}

  QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override {
    return {QStyledItemDelegate::sizeHint(option, index).width(), rowHeight()};
  }

  void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override {
    const Theme& theme = Theme::current();
    const ModelCard& card = view->models()->card(index.row());
    const bool selected = option.state & QStyle::State_Selected;
    painter->save();
    const QRect cell = option.rect;
    painter->fillRect(cell, selected ? theme.selection : theme.surface);
    if (!selected) painter->fillRect(cell.left(), cell.bottom(), cell.width(), 1, theme.grid);
    if (index.column() == ModelListModel::Lanes) {
      paintLanes(*painter, cell, index.row(), card, selected ? theme.selection : theme.surface);
    } else {
      const bool mono = index.column() == ModelListModel::Hash;
      const bool trouble = index.column() == ModelListModel::Result && !card.entry.trouble.isEmpty();
      painter->setFont(mono ? Theme::font(FontRole::Mono)
                            : Theme::font(FontRole::Body, selected && index.column() == ModelListModel::Name));
      const QString words = index.data().toString();
      const bool unknown = index.data(Qt::UserRole).toBool();
      painter->setPen(trouble ? theme.error : unknown ? theme.muted : theme.text);
      QRect room = cell.adjusted(8, 0, -8, 0);
      if (trouble) {
        Icons::paint(*painter, QRectF(room.left(), room.center().y() - 6, 13, 13), QStringLiteral("warn"), theme.error);
        room.setLeft(room.left() + 18);
      }
      const auto align = Qt::Alignment(index.data(Qt::TextAlignmentRole).toInt());
      painter->drawText(room, int(align),
                        QFontMetrics(painter->font()).elidedText(words, Qt::ElideRight, room.width()));
    }
    if (view->hasFocus() && selected) {
      // The focus goes round the whole row.
      painter->setPen(QPen(theme.accent, 2));
      painter->setBrush(Qt::NoBrush);
      painter->setClipRect(cell);
      painter->drawRect(QRect(0, cell.top(), view->viewport()->width(), cell.height()).adjusted(1, 1, -1, -1));
    }
    painter->restore();
  }

private:
  void paintLanes(QPainter& painter, const QRect& cell, int row, const ModelCard& card, const QColor& ground) const {
    const Theme& theme = Theme::current();
    const LaneLayout& lanes = view->models()->lanes();
    const int chosen = view->currentIndex().row();
    painter.setClipRect(cell);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.translate(cell.left(), cell.top() - row * rowHeight());
    painter.setBrush(Qt::NoBrush);
    for (const bool accent : {false, true}) // the chosen model's lines lie on top
      for (const LaneEdge& edge : lanes.edges) {
        if (row < edge.childRow || row > edge.parentRow || (edge.childRow == chosen) != accent) continue;
        painter.setPen(QPen(accent ? theme.accent : theme.outline, accent ? 2.5 : 1.25));
        painter.drawPath(linePath(edge));
      }
    const double x = laneEdge + laneWidth * lanes.lanes[size_t(row)];
    paintModelMark(painter, {x, (row + 0.5) * rowHeight()}, card.kind, ground);
  }

  ModelList* view;
};

} // namespace

void paintModelMark(QPainter& painter, const QPointF& middle, ModelKind kind, const QColor& ground) {
  const Theme& theme = Theme::current();
  painter.save();
  painter.setRenderHint(QPainter::Antialiasing);
  const double r = 5;
  QPainterPath mark;
  QColor colour = theme.series[5];
  switch (kind) {
  case ModelKind::Base:
    mark.addEllipse(middle, r, r);
    break;
  case ModelKind::Tuned:
    mark.addRect(QRectF(middle.x() - r, middle.y() - r, 2 * r, 2 * r));
    colour = theme.series[0];
    break;
  case ModelKind::Reward:
    mark.addPolygon(QPolygonF{middle + QPointF(0, -r - 1), middle + QPointF(r + 1, r), middle + QPointF(-r - 1, r),
                              middle + QPointF(0, -r - 1)});
    colour = theme.series[1];
    break;
  case ModelKind::Rl:
    mark.addPolygon(QPolygonF{middle + QPointF(0, -r - 1.5), middle + QPointF(r + 1.5, 0), middle + QPointF(0, r + 1.5),
                              middle + QPointF(-r - 1.5, 0), middle + QPointF(0, -r - 1.5)});
    colour = theme.series[2];
    break;
  }
  painter.strokePath(mark, QPen(ground, 3)); // a line that passes stays apart
  painter.fillPath(mark, colour);
  painter.restore();
}

// --- the model

void ModelListModel::setCards(const QList<ModelCard>& cards, const QString& search) {
  beginResetModel();
  shown.clear();
  const QStringList words = search.toCaseFolded().split(QLatin1Char(' '), Qt::SkipEmptyParts);
  for (const ModelCard& card : cards) {
    const QString all = (card.entry.name + u'\n' + card.entry.tag + u'\n' + madeByWords(card) + u'\n' +
                         dataWords(card) + u'\n' + card.hash + u'\n' + shortHash(card.hash))
                            .toCaseFolded();
    bool fits = true;
    for (const QString& word : words) fits = fits && all.contains(word);
    if (fits) shown << card;
  }
  std::vector<LaneNode> nodes;
  for (const ModelCard& card : shown) {
    LaneNode node;
    node.time = card.made.toMSecsSinceEpoch();
    for (const Lineage::Parent& parent : card.lineage.parents)
      if (const int place = parentOf(card, parent, shown); place >= 0) node.parents.push_back(place);
    nodes.push_back(std::move(node));
  }
  layout = layOutLanes(nodes);
  endResetModel();
}

int ModelListModel::rowOf(const QString& id) const {
  for (int row = 0; row < rowCount(); ++row)
    if (card(row).entry.id == id) return row;
  return -1;
}

int ModelListModel::rowCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : int(shown.size()); }

Qt::ItemFlags ModelListModel::flags(const QModelIndex& index) const {
  Qt::ItemFlags flags = Qt::ItemIsEnabled | Qt::ItemIsSelectable;
  if (index.column() == Name && card(index.row()).isOurs()) flags |= Qt::ItemIsEditable;
  return flags;
}

QVariant ModelListModel::data(const QModelIndex& index, int role) const {
  const ModelCard& one = card(index.row());
  const bool broken = !one.entry.trouble.isEmpty();
  switch (role) {
  case Qt::TextAlignmentRole:
    return int(Qt::AlignVCenter | (index.column() == Size || index.column() == Made ? Qt::AlignRight : Qt::AlignLeft));
  case Qt::AccessibleTextRole:
    if (index.column() == Lanes) return madeByWords(one);
    break;
  case Qt::UserRole: // said in muted words
    return (index.column() == Data && one.lineage.data.empty()) ||
           (index.column() == Result && resultWords(one).isEmpty()) || (index.column() == Hash);
  case Qt::ToolTipRole:
    if (broken) return one.entry.trouble;
    if (index.column() == Hash) return one.hash;
    if (index.column() == Name) return one.entry.path;
    if (index.column() == Result) return resultWords(one).join(QStringLiteral("; "));
    if (index.column() == Data || index.column() == MadeBy) return data(index, Qt::DisplayRole);
    return {};
  case Qt::EditRole:
    return one.entry.name;
  case Qt::DisplayRole:
    break;
  default:
    return {};
  }
  switch (index.column()) {
  case Name:
    return one.entry.name;
  case MadeBy:
    return broken && one.lineage.job.empty() ? QString() : madeByWords(one);
  case Size:
    return one.bytes ? sizeWords(one.bytes) : QStringLiteral("–");
  case Data:
    return broken ? QString() : dataWords(one);
  case Hash:
    return shortHash(one.hash);
  case Result:
    return broken ? tr("cannot be used") : resultWords(one).value(0, tr("not measured"));
  case Made:
    return QLocale().toString(one.made.date(), one.made.date().year() == QDate::currentDate().year()
                                                   ? QStringLiteral("d MMM")
                                                   : QStringLiteral("d MMM yyyy"));
  default:
    return {};
  }
}

bool ModelListModel::setData(const QModelIndex& index, const QVariant& value, int role) {
  if (role != Qt::EditRole || index.column() != Name) return false;
  const QString name = value.toString().trimmed();
  if (name == card(index.row()).entry.name) return false;
  Q_EMIT renameWanted(card(index.row()).entry.id, name);
  return true;
}

QVariant ModelListModel::headerData(int section, Qt::Orientation orientation, int role) const {
  if (orientation == Qt::Vertical) return {};
  if (role == Qt::TextAlignmentRole)
    return int(Qt::AlignVCenter | (section == Size || section == Made ? Qt::AlignRight : Qt::AlignLeft));
  if (role != Qt::DisplayRole) return {};
  const QString words[] = {{},         tr("Model"),        tr("Made by"), tr("Size"),
                           tr("Data"), tr("Weights hash"), tr("Result"),  tr("Made")};
  return words[section];
}

// --- the view

ModelList::ModelList(QWidget* parent)
    : QTreeView(parent)
    , list(new ModelListModel(this)) {
  setModel(list);
  setItemDelegate(new RowDelegate(this));
  setRootIsDecorated(false);
  setSelectionMode(ExtendedSelection);
  setUniformRowHeights(true);
  setEditTriggers(NoEditTriggers);
  setFrameShape(NoFrame);
  setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  setVerticalScrollMode(ScrollPerPixel);
  setAccessibleName(tr("Models"));
  header()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
  header()->setHighlightSections(false);
  header()->setSectionsMovable(false);
  header()->setStretchLastSection(false);
  header()->setMinimumSectionSize(24);
  connect(this, &QTreeView::doubleClicked, this, &ModelList::opened);
  connect(&ThemeNotifier::instance(), &ThemeNotifier::changed, viewport(), qOverload<>(&QWidget::update));
}

void ModelList::setCards(const QList<ModelCard>& cards, const QString& search) {
  const QString before = chosen();
  {
    const QSignalBlocker quiet(this);
    list->setCards(cards, search);
  }
  fitColumns();
  choose(list->rowOf(before) >= 0 || list->rowCount() == 0 ? before : list->card(0).entry.id);
  Q_EMIT chosenChanged();
}

QString ModelList::chosen() const {
  return currentIndex().isValid() ? list->card(currentIndex().row()).entry.id : QString();
}

QStringList ModelList::chosenIds() const {
  QStringList ids;
  for (const QModelIndex& index : selectionModel()->selectedRows(ModelListModel::Name))
    ids << list->card(index.row()).entry.id;
  return ids;
}

void ModelList::choose(const QString& id) {
  const int row = list->rowOf(id);
  if (row >= 0) setCurrentIndex(list->index(row, ModelListModel::Name));
}

void ModelList::editName() {
  const QModelIndex name = currentIndex().siblingAtColumn(ModelListModel::Name);
  if (name.isValid() && list->flags(name).testFlag(Qt::ItemIsEditable)) edit(name);
}

void ModelList::currentChanged(const QModelIndex& current, const QModelIndex& previous) {
  QTreeView::currentChanged(current, previous);
  viewport()->update(); // the lines of another model are accent now
  Q_EMIT chosenChanged();
}

void ModelList::keyPressEvent(QKeyEvent* event) {
  if ((event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) && currentIndex().isValid() &&
      state() != EditingState)
    Q_EMIT opened();
  else
    QTreeView::keyPressEvent(event);
}

void ModelList::resizeEvent(QResizeEvent* event) {
  QTreeView::resizeEvent(event);
  fitColumns();
}

// Each column as wide as its words, up to a share of the view; names take what is left. What does not fit is elided.
void ModelList::fitColumns() {
  const int lanes = std::max(lanesWidth(list->lanes().width), 2 * laneEdge);
  header()->resizeSection(ModelListModel::Lanes, std::min(lanes, viewport()->width() / 4));
  int left = viewport()->width() - header()->sectionSize(ModelListModel::Lanes);
  const int room = left;
  const int most[] = {0, 0, 20, 12, 16, 13, 34, 14}; // percent of the room
  for (int column = ModelListModel::MadeBy; column < ModelListModel::ColumnCount; ++column) {
    const QFontMetrics metrics(Theme::font(column == ModelListModel::Hash ? FontRole::Mono : FontRole::Body));
    int width = QFontMetrics(Theme::font(FontRole::Dense))
                    .horizontalAdvance(list->headerData(column, Qt::Horizontal, Qt::DisplayRole).toString());
    for (int row = 0; row < list->rowCount(); ++row) {
      int words = metrics.horizontalAdvance(list->index(row, column).data().toString());
      if (column == ModelListModel::Result && !list->card(row).entry.trouble.isEmpty()) words += 18;
      width = std::max(width, words);
    }
    width = std::min(width + 28, room * most[column] / 100);
    header()->resizeSection(column, width);
    left -= width;
  }
  // What a name needs at least; where there is less, Data and then the way of making give.
  int least = Theme::px(96);
  for (int row = 0; row < list->rowCount(); ++row) {
    const int words = QFontMetrics(Theme::font(FontRole::Body, true))
                          .horizontalAdvance(list->index(row, ModelListModel::Name).data().toString());
    least = std::max(least, std::min(words + 28, Theme::px(180)));
  }
  for (const int column : {ModelListModel::Data, ModelListModel::MadeBy}) {
    const int give = std::clamp(least - left, 0, std::max(0, header()->sectionSize(column) - Theme::px(64)));
    header()->resizeSection(column, header()->sectionSize(column) - give);
    left += give;
  }
  header()->resizeSection(ModelListModel::Name, std::max(least, left));
}

} // namespace attune
