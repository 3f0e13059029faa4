#include "chat/conversation_list.h"

#include "store/store.h"
#include "widgets/icons.h"
#include "widgets/key_button.h"
#include "widgets/labels.h"
#include "workbench.h"
#include <QDateTime>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLineEdit>
#include <QLocale>
#include <QMenu>
#include <QPainter>
#include <QShortcut>
#include <QStyledItemDelegate>
#include <QTimer>

namespace attune {
namespace {

QString heading(const QDate& day, const QDate& today) {
  const qint64 ago = day.daysTo(today);
  if (ago <= 0) return ConversationList::tr("Today");
  if (ago == 1) return ConversationList::tr("Yesterday");
  if (ago < 7) return ConversationList::tr("This week");
  if (ago < 14) return ConversationList::tr("Last week");
  return QLocale().toString(day, QStringLiteral("MMMM yyyy"));
}

QString whenWords(const QDateTime& then, const QDateTime& now) {
  if (then.secsTo(now) < 60) return ConversationList::tr("now");
  const qint64 days = then.date().daysTo(now.date());
  if (days <= 1) return then.toString(QStringLiteral("HH:mm"));
  if (days < 14) return QLocale().toString(then.date(), QStringLiteral("ddd"));
  return QLocale().toString(then.date(), QStringLiteral("d MMM"));
}

class Delegate : public QStyledItemDelegate {
public:
  using QStyledItemDelegate::QStyledItemDelegate;
  QSize sizeHint(const QStyleOptionViewItem&, const QModelIndex& index) const override {
    return {100, index.data(ConversationModel::HeadingRole).toBool() ? Theme::px(26)
                                                                     : std::max(metric::item, Theme::px(44))};
  }
  void paint(QPainter* p, const QStyleOptionViewItem& option, const QModelIndex& index) const override {
    const Theme& t = Theme::current();
    const QRect r = option.rect;
    p->save();
    if (index.data(ConversationModel::HeadingRole).toBool()) {
      p->setFont(Theme::font(FontRole::Small));
      p->setPen(t.muted);
      p->drawText(r.adjusted(metric::edge, 4, -metric::edge, 0), Qt::AlignLeft | Qt::AlignVCenter,
                  index.data().toString());
      p->restore();
      return;
    }
    if (option.state & QStyle::State_Selected)
      p->fillRect(r, t.selection);
    else if (option.state & QStyle::State_MouseOver)
      p->fillRect(r, t.hover);
    const QRect inner = r.adjusted(metric::edge, 3, -metric::edge, -3);
    const QRect upper(inner.left(), inner.top(), inner.width(), inner.height() / 2);
    const QRect lower(inner.left(), upper.bottom() + 1, inner.width(), inner.height() - upper.height());
    p->setFont(Theme::font(FontRole::Body));
    p->setPen(t.text);
    p->drawText(upper, Qt::AlignLeft | Qt::AlignVCenter,
                p->fontMetrics().elidedText(index.data().toString(), Qt::ElideRight, upper.width()));
    p->setFont(Theme::font(FontRole::Small));
    p->setPen(t.muted);
    const QString when = index.data(ConversationModel::WhenRole).toString();
    const int whenWidth = p->fontMetrics().horizontalAdvance(when);
    p->drawText(lower, Qt::AlignRight | Qt::AlignVCenter, when);
    p->drawText(lower, Qt::AlignLeft | Qt::AlignVCenter,
                p->fontMetrics().elidedText(index.data(ConversationModel::DetailRole).toString(), Qt::ElideRight,
                                            lower.width() - whenWidth - 8));
    if ((option.state & QStyle::State_HasFocus) && (option.state & QStyle::State_Selected)) {
      p->setPen(QPen(t.accent, 2));
      p->drawRect(r.adjusted(1, 1, -1, -1));
    }
    p->restore();
  }
};

} // namespace

ConversationModel::ConversationModel(QObject* parent)
    : QAbstractListModel(parent) {}

void ConversationModel::set(const QList<Conversation>& conversations, const QDateTime& now) {
  beginResetModel();
  rows.clear();
  QString last;
  for (const Conversation& conversation : conversations) {
    const QDateTime then = QDateTime::fromMSecsSinceEpoch(conversation.updated);
    const QString day = heading(then.date(), now.date());
    if (day != last) rows << Row{day, {}, {}};
    last = day;
    rows << Row{{}, conversation, whenWords(then, now)};
  }
  endResetModel();
}

int ConversationModel::rowOf(RecordId id) const {
  for (int i = 0; i < rows.size(); ++i)
    if (id && rows[i].conversation.id == id) return i;
  return -1;
}

int ConversationModel::rowCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : int(rows.size()); }

QVariant ConversationModel::data(const QModelIndex& index, int role) const {
  if (!index.isValid() || index.row() >= rows.size()) return {};
  const Row& row = rows[index.row()];
  const bool isHeading = !row.conversation.id;
  switch (role) {
  case HeadingRole:
    return isHeading;
  case Qt::DisplayRole:
    return isHeading ? row.heading : row.conversation.title;
  case Qt::EditRole:
    return row.conversation.title;
  case Qt::ToolTipRole:
    return row.conversation.title;
  case IdRole:
    return qlonglong(row.conversation.id);
  case DetailRole:
    return modelName ? modelName(row.conversation.model) : row.conversation.model;
  case WhenRole:
    return row.when;
  }
  return {};
}

Qt::ItemFlags ConversationModel::flags(const QModelIndex& index) const {
  if (!index.isValid() || !rows[index.row()].conversation.id) return Qt::NoItemFlags;
  return Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemIsEditable;
}

bool ConversationModel::setData(const QModelIndex& index, const QVariant& value, int role) {
  const QString title = value.toString().simplified();
  if (role != Qt::EditRole || !index.isValid() || title.isEmpty()) return false;
  Conversation& conversation = rows[index.row()].conversation;
  if (title == conversation.title) return false;
  const QString before = std::exchange(conversation.title, title);
  const RecordId id = conversation.id;
  Q_EMIT dataChanged(index, index);
  Q_EMIT renamed(id, before, title);
  return true;
}

ConversationList::ConversationList(Workbench& bench, QWidget* parent)
    : QWidget(parent)
    , bench(bench)
    , store(*bench.store) {
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  auto* bar = new BarRow(metric::toolBar, BarRow::Below, this);
  search = new QLineEdit(bar);
  search->setPlaceholderText(tr("Search"));
  search->setToolTip(tr("Search titles and texts (Ctrl+K)"));
  search->setAccessibleName(tr("Search conversations"));
  search->setClearButtonEnabled(true);
  search->addAction(Icons::icon(QStringLiteral("search"), IconRole::Muted), QLineEdit::LeadingPosition);
  bar->add(search, 1);
  auto* add = new KeyButton({}, QStringLiteral("plus"), {}, KeyButton::Plain, bar);
  add->setAccessibleName(tr("New conversation"));
  add->setToolTip(tr("New conversation (Ctrl+N)"));
  bar->add(add);
  column->addWidget(bar);
  list = new QListView(this);
  list->setItemDelegate(new Delegate(list));
  list->setMouseTracking(true);
  list->setEditTriggers(QAbstractItemView::EditKeyPressed);
  list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  list->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
  list->setContextMenuPolicy(Qt::CustomContextMenu);
  list->setAccessibleName(tr("Conversations"));
  rows = new ConversationModel(this);
  list->setModel(rows);
  column->addWidget(list, 1);

  connect(add, &QPushButton::clicked, this, &ConversationList::newAsked);
  connect(search, &QLineEdit::textChanged, this, &ConversationList::refresh);
  connect(list->selectionModel(), &QItemSelectionModel::currentChanged, this, [this](const QModelIndex& index) {
    const RecordId id = idAt(index);
    if (!id || id == current) return;
    current = id;
    Q_EMIT chosen(id);
  });
  connect(rows, &ConversationModel::renamed, this, [this](RecordId id, const QString& from, const QString& to) {
    this->bench.act(
        tr("rename"), [this, id, to] { store.renameConversation(id, to); },
        [this, id, from] { store.renameConversation(id, from); });
  });
  auto* remove = new QShortcut(QKeySequence(Qt::Key_Delete), list);
  remove->setContext(Qt::WidgetShortcut);
  connect(remove, &QShortcut::activated, this, &ConversationList::removeCurrent);
  connect(list, &QWidget::customContextMenuRequested, this, [this](const QPoint& at) {
    const QModelIndex index = list->indexAt(at);
    if (!idAt(index)) return;
    list->setCurrentIndex(index);
    QMenu menu(this);
    menu.addAction(tr("Rename\tF2"), this, &ConversationList::renameCurrent);
    menu.addAction(tr("Delete\tDel"), this, &ConversationList::removeCurrent);
    menu.exec(list->viewport()->mapToGlobal(at));
  });
  auto* soon = new QTimer(this); // many changes, one look
  soon->setSingleShot(true);
  soon->setInterval(30);
  connect(soon, &QTimer::timeout, this, &ConversationList::refresh);
  connect(&store, &Store::changed, this, [soon](RecordKind kind) {
    if (kind == RecordKind::Conversation || kind == RecordKind::Turn) soon->start();
  });
  refresh();
}

void ConversationList::setModelNames(std::function<QString(const QString&)> names) {
  rows->modelName = std::move(names);
  list->viewport()->update();
}

RecordId ConversationList::idAt(const QModelIndex& index) const {
  return index.isValid() ? index.data(ConversationModel::IdRole).toLongLong() : 0;
}

void ConversationList::refresh() {
  if (list->viewport()->findChild<QLineEdit*>()) return; // a name is being typed
  const QSignalBlocker quiet(list->selectionModel());
  rows->set(store.conversations(search->text().trimmed()), QDateTime::currentDateTime());
  setCurrent(current);
}

void ConversationList::setCurrent(RecordId id) {
  current = id;
  const QSignalBlocker quiet(list->selectionModel());
  const int row = rows->rowOf(id);
  if (row < 0)
    list->setCurrentIndex({}), list->clearSelection();
  else
    list->setCurrentIndex(rows->index(row));
  list->viewport()->update();
}

void ConversationList::renameCurrent() {
  if (idAt(list->currentIndex())) list->edit(list->currentIndex());
}

void ConversationList::removeCurrent() {
  const QModelIndex index = list->currentIndex();
  const RecordId id = idAt(index);
  if (!id) return;
  bench.remove(
      QStringLiteral("“%1”").arg(index.data().toString()),
      [this, id] {
        store.setDeleted(RecordKind::Conversation, {id}, true);
        refresh();
        if (current == id) {
          current = 0;
          Q_EMIT gone(id);
        }
      },
      [this, id] {
        store.setDeleted(RecordKind::Conversation, {id}, false);
        refresh();
        setCurrent(id);
        Q_EMIT chosen(id);
      });
}

} // namespace attune
