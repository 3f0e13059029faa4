#include "attention/ramp_bar.h"

#include "widgets/theme.h"

#include <QPainter>

namespace attune {

RampBar::RampBar(QWidget* parent)
    : QWidget(parent) {
  setAccessibleName(tr("Weights from 0 to 1"));
  connect(&ThemeNotifier::instance(), &ThemeNotifier::changed, this, qOverload<>(&QWidget::update));
}

void RampBar::setShade(Shade to) {
  shade = to;
  update();
}

void RampBar::paintEvent(QPaintEvent*) {
  const Theme& theme = Theme::current();
  QPainter painter(this);
  painter.setFont(Theme::font(FontRole::Small));
  painter.setPen(theme.text);
  const int digit = painter.fontMetrics().horizontalAdvance(u'0') + 8;
  painter.drawText(rect(), Qt::AlignLeft | Qt::AlignVCenter, QStringLiteral("0"));
  painter.drawText(rect(), Qt::AlignRight | Qt::AlignVCenter, QStringLiteral("1"));
  const QRect bar(digit, height() / 2 - 5, width() - 2 * digit, 10);
  for (int x = 0; x < bar.width(); x++)
    painter.fillRect(bar.left() + x, bar.top(), 1, bar.height(),
                     QColor(weightColor(float(x) / float(std::max(1, bar.width() - 1)), theme, shade)));
  painter.setPen(theme.outline);
  painter.drawRect(bar.adjusted(-1, -1, 0, 0));
}

} // namespace attune
