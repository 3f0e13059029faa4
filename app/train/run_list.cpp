#include "train/run_list.h"

#include "train/train_words.h"
#include "widgets/icons.h"
#include "widgets/plot_axis.h"
#include "widgets/theme.h"

#include <QContextMenuEvent>
#include <QKeyEvent>
#include <QMenu>
#include <QPainter>
#include <QStyledItemDelegate>
#include <cmath>

namespace attune {

namespace {

struct StateLook {
  const char* icon;
  IconRole role;
};

StateLook lookOf(RunState state) {
  switch (state) {
  case RunState::Running:
    return {"play", IconRole::Accent};
  case RunState::Paused:
    return {"pause", IconRole::Muted};
  case RunState::Stopped:
    return {"stop", IconRole::Muted};
  case RunState::Failed:
    return {"warn", IconRole::Error};
  case RunState::Done:
    return {"check", IconRole::Success};
  case RunState::Waiting:
    break;
  }
  return {"more", IconRole::Muted};
}

class RunDelegate : public QStyledItemDelegate {
public:
  using QStyledItemDelegate::QStyledItemDelegate;

  QSize sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const override { return {140, Theme::px(46)}; }

  void updateEditorGeometry(QWidget* editor, const QStyleOptionViewItem& option, const QModelIndex&) const override {
    editor->setGeometry(option.rect.adjusted(32, 2, -8, -option.rect.height() / 2 + 6));
  }

  void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override {
    const Theme& theme = Theme::current();
    const auto* model = static_cast<const RunListModel*>(index.model());
    const RunInfo& run = model->run(index.row());
    painter->save();
    const QRect row = option.rect;
    painter->fillRect(row, option.state & QStyle::State_Selected ? theme.selection : theme.surface);
    const StateLook look = lookOf(run.state);
    Icons::paint(*painter, QRectF(row.left() + 12, row.top() + 8, 16, 16), QString::fromLatin1(look.icon),
                 Icons::colour(look.role));
    const QFont body = Theme::font(FontRole::Body), small = Theme::font(FontRole::Small);
    const int left = row.left() + 36, right = row.right() - 12, half = row.height() / 2;
    painter->setFont(body);
    painter->setPen(theme.text);
    painter->drawText(QRect(left, row.top() + 4, right - left, half - 2), Qt::AlignLeft | Qt::AlignVCenter,
                      QFontMetrics(body).elidedText(run.description.name, Qt::ElideRight, right - left));
    const QFontMetrics metrics(small);
    painter->setFont(small);
    painter->setPen(theme.muted);
    const QString kind = trainKindWords(run.description.kind), words = runStateWords(run, model->loss(index.row()));
    const QRect second(left, row.top() + half, right - left, half - 4);
    // The words of the state come first, but a kind that is cut off reads badly: it keeps two fifths.
    const int wordsWide = std::min(metrics.horizontalAdvance(words), second.width() * 3 / 5);
    const int kindWide = std::min(metrics.horizontalAdvance(kind) + 2, second.width() - wordsWide - 6);
    painter->drawText(second, Qt::AlignLeft | Qt::AlignVCenter, metrics.elidedText(kind, Qt::ElideRight, kindWide));
    painter->drawText(second, Qt::AlignRight | Qt::AlignVCenter,
                      metrics.elidedText(words, Qt::ElideRight, second.width() - kindWide - 6));
    if (option.state & QStyle::State_HasFocus) {
      painter->setPen(QPen(theme.accent, 2));
      painter->drawRect(row.adjusted(1, 1, -1, -1));
    }
    painter->restore();
  }
};

} // namespace

QString runStateWords(const RunInfo& run, double lastLoss) {
  const int steps = run.description.steps;
  switch (run.state) {
  case RunState::Waiting:
    return QObject::tr("waits its turn");
  case RunState::Running: {
    const QString part = QObject::tr("%1 %").arg(steps > 0 ? qint64(100) * run.step / steps : 0);
    if (run.secondsLeft < 0) return part;
    // To the minute: the head tells the seconds.
    const double left = run.secondsLeft >= 60 ? std::floor(run.secondsLeft / 60) * 60 : run.secondsLeft;
    return part + QObject::tr(", %1 left").arg(durationWords(left).section(QStringLiteral(" 00"), 0, 0));
  }
  case RunState::Paused:
    return QObject::tr("paused at %1 %").arg(steps > 0 ? qint64(100) * run.step / steps : 0);
  case RunState::Stopped:
  case RunState::Failed:
    return run.checkpoint >= 0 ? QObject::tr("step %1 kept").arg(run.checkpoint) : QObject::tr("stopped");
  case RunState::Done:
    break;
  }
  const TrainKind kind = run.description.kind;
  if (kind == TrainKind::Ppo && std::isfinite(run.lastScore))
    return QObject::tr("KL %1, reward %2")
        .arg(axisNumber(run.lastKl, 0.1),
             (run.lastScore > 0 ? QStringLiteral("+") : QString()) + axisNumber(run.lastScore, 0.1));
  if (ofRankings(kind) && std::isfinite(run.lastAccuracy))
    return QObject::tr("right %1 %").arg(axisNumber(100 * run.lastAccuracy, 0.1));
  return std::isfinite(lastLoss) ? QObject::tr("loss %1").arg(lastLoss, 0, 'f', 2) : QObject::tr("done");
}

void RunListModel::setRuns(const QList<RunInfo>& runs, const QHash<QString, double>& lastLoss) {
  losses = lastLoss;
  bool same = runs.size() == list.size();
  for (int i = 0; same && i < runs.size(); i++) same = runs[i].id == list[i].id;
  if (same) {
    list = runs;
    if (!list.isEmpty()) Q_EMIT dataChanged(index(0), index(int(list.size()) - 1));
    return;
  }
  beginResetModel();
  list = runs;
  endResetModel();
}

QVariant RunListModel::data(const QModelIndex& index, int role) const {
  const RunInfo& run = list[index.row()];
  if (role == Qt::DisplayRole || role == Qt::EditRole) return run.description.name;
  if (role == Qt::AccessibleTextRole || role == Qt::ToolTipRole)
    return QStringLiteral("%1, %2, %3")
        .arg(run.description.name, trainKindWords(run.description.kind), runStateWords(run, loss(index.row())));
  return {};
}

bool RunListModel::setData(const QModelIndex& index, const QVariant& value, int role) {
  const QString name = value.toString().trimmed();
  if (role != Qt::EditRole || name.isEmpty() || name == list[index.row()].description.name) return false;
  Q_EMIT renameWanted(list[index.row()].id, name);
  return true;
}

Qt::ItemFlags RunListModel::flags(const QModelIndex& index) const {
  return QAbstractListModel::flags(index) | Qt::ItemIsEditable;
}

int RunListModel::rowOf(const QString& id) const {
  for (int i = 0; i < list.size(); i++)
    if (list[i].id == id) return i;
  return -1;
}

RunList::RunList(QWidget* parent)
    : QListView(parent)
    , rows(new RunListModel(this)) {
  setModel(rows);
  setItemDelegate(new RunDelegate(this));
  setSelectionMode(ExtendedSelection);
  setFrameShape(NoFrame);
  setUniformItemSizes(true);
  setVerticalScrollMode(ScrollPerPixel);
  setAccessibleName(tr("Runs"));
  setEditTriggers(EditKeyPressed);
  // Later: a rename changes the list that is being edited.
  connect(rows, &RunListModel::renameWanted, this, &RunList::renameWanted, Qt::QueuedConnection);
}

void RunList::keyPressEvent(QKeyEvent* event) {
  if (event->key() == Qt::Key_Delete && currentIndex().isValid())
    Q_EMIT removeWanted(rows->run(currentIndex().row()).id);
  else
    QListView::keyPressEvent(event);
}

void RunList::contextMenuEvent(QContextMenuEvent* event) {
  const QModelIndex index = indexAt(event->pos());
  if (!index.isValid()) return;
  QMenu menu(this);
  const QString id = rows->run(index.row()).id;
  menu.addAction(tr("Rename\tF2"), this, [this, index] { edit(index); });
  menu.addAction(tr("New run like this"), this, [this, id] { Q_EMIT againWanted(id); });
  menu.addAction(tr("Delete\tDel"), this, [this, id] { Q_EMIT removeWanted(id); });
  menu.exec(event->globalPos());
}

void RunList::setRuns(const QList<RunInfo>& runs, const QHash<QString, double>& lastLoss) {
  const QStringList before = chosen();
  {
    const QSignalBlocker quiet(this);
    rows->setRuns(runs, lastLoss);
    if (chosen() != before)
      for (const auto& id : before)
        if (const int row = rows->rowOf(id); row >= 0) {
          const QModelIndex index = rows->index(row);
          selectionModel()->select(index, QItemSelectionModel::Select);
          if (id == before.front()) selectionModel()->setCurrentIndex(index, QItemSelectionModel::NoUpdate);
        }
  }
  if (chosen() != before) Q_EMIT chosenChanged();
}

void RunList::choose(const QString& id) {
  const int row = rows->rowOf(id);
  if (row < 0)
    clearSelection();
  else
    selectionModel()->setCurrentIndex(rows->index(row), QItemSelectionModel::ClearAndSelect);
}

QStringList RunList::chosen() const {
  QStringList ids;
  const QModelIndex current = currentIndex();
  for (const QModelIndex& index : selectionModel()->selectedIndexes()) {
    const QString id = rows->run(index.row()).id;
    index == current ? ids.prepend(id) : ids.append(id);
  }
  return ids;
}

void RunList::selectionChanged(const QItemSelection& selected, const QItemSelection& deselected) {
  QListView::selectionChanged(selected, deselected);
  Q_EMIT chosenChanged();
}

} // namespace attune
