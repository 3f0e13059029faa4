#include "rail_button.h"

#include "widgets/icons.h"
#include "widgets/theme.h"
#include <QPainter>

namespace attune {

RailButton::RailButton(const QString& title, const QString& icon, QWidget* parent)
    : QAbstractButton(parent)
    , iconName(icon) {
  setText(title);
  setAccessibleName(title);
  setFont(Theme::font(FontRole::Small));
  setAttribute(Qt::WA_Hover);
  setFocusPolicy(Qt::TabFocus);
  setFixedSize(sizeHint());
}

void RailButton::setDot(bool on) {
  if (on == dotted) return;
  dotted = on;
  setAccessibleDescription(on ? tr("a run goes on") : QString());
  update();
}

QSize RailButton::sizeHint() const {
  return {metric::rail - 1, std::max(metric::railButton, fontMetrics().height() + 38)};
}

void RailButton::paintEvent(QPaintEvent*) {
  const Theme& t = Theme::current();
  QPainter p(this);
  p.setRenderHint(QPainter::Antialiasing);
  const bool on = isChecked();
  if (on) {
    p.fillRect(rect().adjusted(0, 0, 1, 0), t.surface);
    p.fillRect(0, 0, 3, height(), t.accent);
  } else if (underMouse() || isDown()) {
    p.fillRect(rect(), t.hover);
  }
  if (hasFocus()) {
    p.setPen(QPen(t.accent, 2));
    p.setBrush(Qt::NoBrush);
    p.drawRoundedRect(QRectF(rect()).adjusted(on ? 4 : 1, 1, -1, -1), metric::radius, metric::radius);
  }
  Icons::paint(p, QRectF((width() - 20) / 2 + 1, 10, 20, 20), iconName, on ? t.accent : t.muted);
  if (dotted) {
    p.setPen(QPen(on ? t.surface : t.window, 1.5));
    p.setBrush(t.accent);
    p.drawEllipse(QRectF(width() / 2 + 9, 8, 8, 8));
  }
  p.setPen(on ? t.text : t.muted);
  // The rail keeps its words: a wider font shrinks until they fit.
  QFont words = font();
  while (QFontMetrics(words).horizontalAdvance(text()) > width() - 4 && words.pixelSize() > 9)
    words.setPixelSize(words.pixelSize() - 1);
  p.setFont(words);
  p.drawText(QRect(1, 32, width(), height() - 34), Qt::AlignHCenter | Qt::AlignTop, text());
}

} // namespace attune
