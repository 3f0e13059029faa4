// Rows of the list, and how they look.
#include "label/label_list.h"

#include <QKeyEvent>

namespace attune {

void LabelListModel::setRows(const QList<LabelRow>& fresh) {
  if (fresh == list) return;
  bool same = fresh.size() == list.size();
  for (int i = 0; same && i < fresh.size(); ++i)
    same = fresh[i].prompt == list[i].prompt && fresh[i].comparison == list[i].comparison;
  if (same) {
    list = fresh;
    Q_EMIT dataChanged(index(0), index(int(list.size()) - 1));
    return;
  }
  beginResetModel();
  list = fresh;
  endResetModel();
}

QVariant LabelListModel::data(const QModelIndex& index, int role) const {
  const LabelRow& row = list[index.row()];
  if (role == Qt::DisplayRole || role == Qt::ToolTipRole) return row.text;
  if (role != Qt::AccessibleTextRole) return {};
  static const char* const states[] = {QT_TR_NOOP("open"), QT_TR_NOOP("begun"), QT_TR_NOOP("ranked"),
                                       QT_TR_NOOP("skipped")};
  QStringList words{row.text, tr(states[row.state])};
  if (row.scripted) words << tr("scripted");
  if (!row.second.isEmpty()) words << row.second;
  return words.join(QStringLiteral(", "));
}

void LabelListView::keyPressEvent(QKeyEvent* e) {
  const bool own = e->key() == Qt::Key_Up || e->key() == Qt::Key_Down || e->key() == Qt::Key_Home ||
                   e->key() == Qt::Key_End || e->key() == Qt::Key_PageUp || e->key() == Qt::Key_PageDown;
  if (own && e->modifiers() == Qt::NoModifier)
    QListView::keyPressEvent(e);
  else
    e->ignore();
}

} // namespace attune
