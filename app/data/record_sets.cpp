#include "data/record_sets.h"

#include "store/store.h"
#include "widgets/labels.h"
#include "widgets/theme.h"

#include <QCoreApplication>
#include <QPainter>
#include <QStyledItemDelegate>

namespace attune {
namespace {

QString tr(const char* words) { return QCoreApplication::translate("attune::RecordSet", words); }

class SetDelegate : public QStyledItemDelegate {
public:
  using QStyledItemDelegate::QStyledItemDelegate;

  QSize sizeHint(const QStyleOptionViewItem&, const QModelIndex& index) const override {
    const RecordSet& set = static_cast<const RecordSetModel*>(index.model())->set(index.row());
    return {140, Theme::px(set.heading ? 28 : set.scripted || !set.detail.isEmpty() ? metric::item : 28)};
  }

  void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override {
    const Theme& theme = Theme::current();
    const RecordSet& set = static_cast<const RecordSetModel*>(index.model())->set(index.row());
    const QRect row = option.rect;
    painter->save();
    painter->fillRect(row, option.state & QStyle::State_Selected ? theme.selection : theme.surface);
    const QRect room = row.adjusted(metric::edge, 0, -metric::edge, 0);
    const QFont body = Theme::font(FontRole::Body), small = Theme::font(FontRole::Small);
    if (set.heading) {
      painter->setFont(small);
      painter->setPen(theme.muted);
      painter->drawText(room.adjusted(0, 0, 0, -3), Qt::AlignLeft | Qt::AlignBottom, set.title);
    } else {
      const bool two = set.scripted || !set.detail.isEmpty();
      const int line = two ? row.height() / 2 : row.height();
      const QString number = QStringLiteral("%L1").arg(set.count);
      painter->setFont(body);
      painter->setPen(theme.text);
      const QRect first(room.left(), row.top() + (two ? 3 : 0), room.width(), line - (two ? 2 : 0));
      painter->drawText(first, Qt::AlignRight | Qt::AlignVCenter, number);
      const int width = room.width() - QFontMetrics(body).horizontalAdvance(number) - 8;
      painter->drawText(first, Qt::AlignLeft | Qt::AlignVCenter,
                        QFontMetrics(body).elidedText(set.title, Qt::ElideRight, width));
      const int second = row.top() + line + line / 2 - 2;
      if (set.scripted)
        Tag::paint(*painter, {room.left(), second}, Tag::tr("scripted"), Tag::Warning);
      else if (two) {
        painter->setFont(small);
        painter->setPen(theme.muted);
        painter->drawText(QRect(room.left(), second - line / 2, room.width(), line), Qt::AlignLeft | Qt::AlignVCenter,
                          QFontMetrics(small).elidedText(set.detail, Qt::ElideRight, room.width()));
      }
      if (option.state & QStyle::State_HasFocus) {
        painter->setPen(QPen(theme.accent, 2));
        painter->drawRect(row.adjusted(1, 1, -1, -1));
      }
    }
    painter->restore();
  }
};

} // namespace

QString kindTitle(RecordKind kind) {
  return kind == RecordKind::Demonstration ? tr("Demonstrations")
         : kind == RecordKind::Comparison  ? tr("Rankings")
                                           : tr("Prompts");
}

QString kindCount(RecordKind kind, int count) {
  const QString words = kind == RecordKind::Demonstration ? (count == 1 ? tr("demonstration") : tr("demonstrations"))
                        : kind == RecordKind::Comparison  ? (count == 1 ? tr("ranking") : tr("rankings"))
                                                          : (count == 1 ? tr("prompt") : tr("prompts"));
  return QStringLiteral("%L1 %2").arg(count).arg(words);
}

QList<RecordSet> recordSets(Store& store) {
  QList<RecordSet> sets;
  for (const RecordKind kind : {RecordKind::Demonstration, RecordKind::Comparison, RecordKind::Prompt}) {
    const int all = store.count(kind);
    if (all == 0) continue;
    const auto add = [&](const QString& title, const RecordFilter& filter, int count, const QString& detail = {}) {
      RecordSet set{kind, title, detail, count, filter};
      set.scripted = filter.scripted == 1;
      sets << set;
    };
    sets << RecordSet{kind, kindTitle(kind), {}, all, {}, true};
    add(tr("All"), {}, all);
    if (kind == RecordKind::Prompt) {
      for (const PromptSet& one : store.promptSets()) {
        RecordFilter filter;
        filter.set = one.id;
        if (one.prompts > 0) add(one.name, filter, one.prompts, tr("set"));
      }
      continue;
    }
    RecordFilter byRule, byHand;
    byRule.scripted = 1;
    byHand.scripted = 0;
    const int rule = store.count(kind, byRule);
    if (rule > 0 && rule < all) add(tr("By people"), byHand, all - rule);
    if (rule > 0) add(tr("By a rule"), byRule, rule);
    for (const ValueCount& source : store.countBy(kind, CountBy::Source)) {
      if (source.value.isEmpty()) continue;
      RecordFilter filter;
      filter.source = source.value;
      add(source.value, filter, source.count, tr("source"));
    }
  }
  return sets;
}

void RecordSetModel::setSets(const QList<RecordSet>& sets) {
  beginResetModel();
  list = sets;
  endResetModel();
}

QVariant RecordSetModel::data(const QModelIndex& index, int role) const {
  const RecordSet& one = list[index.row()];
  if (role == Qt::DisplayRole || role == Qt::ToolTipRole) return one.title;
  if (role == Qt::AccessibleTextRole)
    return one.heading ? one.title : QStringLiteral("%1, %2").arg(one.title, kindCount(one.kind, one.count));
  return {};
}

Qt::ItemFlags RecordSetModel::flags(const QModelIndex& index) const {
  return list[index.row()].heading ? Qt::NoItemFlags : Qt::ItemIsEnabled | Qt::ItemIsSelectable;
}

RecordSetList::RecordSetList(QWidget* parent)
    : QListView(parent)
    , list(new RecordSetModel(this)) {
  setModel(list);
  setItemDelegate(new SetDelegate(this));
  setFrameShape(NoFrame);
  setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  setVerticalScrollMode(ScrollPerPixel);
  setAccessibleName(tr("Parts of the store"));
}

void RecordSetList::setSets(const QList<RecordSet>& sets) {
  const RecordSet* before = chosen();
  const RecordSet kept = before ? *before : RecordSet{};
  // The same part, else all of the same kind, else all rankings, else the first.
  int row = -1, worth = 0;
  for (int i = 0; i < sets.size(); ++i) {
    if (sets[i].heading) continue;
    const int here = before && sets[i].sameAs(kept)           ? 4
                     : before && sets[i].kind == kept.kind    ? 3
                     : sets[i].kind == RecordKind::Comparison ? 2
                                                              : 1;
    if (here > worth) {
      row = i;
      worth = here;
    }
  }
  {
    const QSignalBlocker quiet(this);
    list->setSets(sets);
    if (row >= 0) setCurrentIndex(list->index(row));
  }
  Q_EMIT chosenChanged();
}

const RecordSet* RecordSetList::chosen() const {
  return currentIndex().isValid() ? &list->set(currentIndex().row()) : nullptr;
}

void RecordSetList::currentChanged(const QModelIndex& current, const QModelIndex& previous) {
  QListView::currentChanged(current, previous);
  if (current.isValid()) Q_EMIT chosenChanged();
}

} // namespace attune
