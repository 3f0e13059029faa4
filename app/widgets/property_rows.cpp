#include "widgets/property_rows.h"

#include "widgets/theme.h"

#include <QClipboard>
#include <QContextMenuEvent>
#include <QGuiApplication>
#include <QHelpEvent>
#include <QMenu>
#include <QPainter>
#include <QToolTip>
#include <algorithm>

namespace attune {

namespace {
constexpr int edge = metric::edge;
}

PropertyRows::PropertyRows(QWidget* parent)
    : QWidget(parent) {
  setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
  connect(&ThemeNotifier::instance(), &ThemeNotifier::changed, this, qOverload<>(&QWidget::update));
}

void PropertyRows::setRows(QList<Row> to, bool wrapping) {
  const int before = sizeHint().height();
  list = std::move(to);
  wrap = wrapping;
  setAccessibleName(text());
  if (sizeHint().height() != before) updateGeometry();
  update();
}

int PropertyRows::rowHeight() const { return QFontMetrics(Theme::font(FontRole::Dense)).height() + 4; }

bool PropertyRows::twoLines(const Row& row) const {
  if (!wrap) return false;
  const QFontMetrics label(Theme::font(FontRole::Dense)),
      value(row.mono ? Theme::font(FontRole::Mono) : Theme::font(FontRole::Dense, row.bold));
  return label.horizontalAdvance(row.label) + 8 + value.horizontalAdvance(row.value) > width() - 2 * edge;
}

QSize PropertyRows::sizeHint() const {
  int lines = 0;
  for (const Row& row : list) lines += twoLines(row) ? 2 : 1;
  return {200, list.isEmpty() ? 0 : lines * rowHeight() + 12};
}

QString PropertyRows::text() const {
  QString text;
  for (const Row& row : list) text += row.label + u'\t' + row.value + u'\n';
  return text;
}

void PropertyRows::paintEvent(QPaintEvent*) {
  const Theme& theme = Theme::current();
  QPainter painter(this);
  const QFont dense = Theme::font(FontRole::Dense);
  const QFontMetrics labels(dense);
  int y = 6;
  for (const Row& row : list) {
    const QFont font = row.mono ? Theme::font(FontRole::Mono, row.bold) : Theme::font(FontRole::Dense, row.bold);
    const QFontMetrics values(font);
    const bool two = twoLines(row);
    const int room = width() - 2 * edge;
    const int valueRoom = two ? room : std::max(room / 3, room - 8 - labels.horizontalAdvance(row.label));
    const QString value = values.elidedText(row.value, Qt::ElideRight, valueRoom);
    const int labelRoom = two ? room : room - 8 - values.horizontalAdvance(value);
    painter.setFont(dense);
    painter.setPen(theme.muted);
    painter.drawText(QRect(edge, y, room, rowHeight()), Qt::AlignLeft | Qt::AlignVCenter,
                     labels.elidedText(row.label, Qt::ElideRight, labelRoom));
    if (two) y += rowHeight();
    painter.setFont(font);
    painter.setPen(theme.text);
    painter.drawText(QRect(edge, y, room, rowHeight()), Qt::AlignRight | Qt::AlignVCenter, value);
    y += rowHeight();
  }
}

void PropertyRows::contextMenuEvent(QContextMenuEvent* event) {
  QMenu menu(this);
  menu.addAction(tr("Copy all"), this, [this] { QGuiApplication::clipboard()->setText(text()); });
  menu.exec(event->globalPos());
}

void PropertyRows::resizeEvent(QResizeEvent*) {
  if (wrap) updateGeometry();
}

bool PropertyRows::event(QEvent* event) {
  if (event->type() == QEvent::ToolTip) {
    auto* help = static_cast<QHelpEvent*>(event);
    int y = 6;
    for (const Row& row : list) {
      const int high = rowHeight() * (twoLines(row) ? 2 : 1);
      if (help->pos().y() >= y && help->pos().y() < y + high) {
        QToolTip::showText(help->globalPos(), row.label + QStringLiteral(": ") + row.value, this);
        return true;
      }
      y += high;
    }
    QToolTip::hideText();
    return true;
  }
  return QWidget::event(event);
}

} // namespace attune
