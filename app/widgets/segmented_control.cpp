#include "widgets/segmented_control.h"

#include "widgets/theme.h"
#include <QKeyEvent>
#include <QPainter>
#include <QPainterPath>

namespace attune {

SegmentedControl::SegmentedControl(const QStringList& words, QWidget* parent)
    : QWidget(parent)
    , names(words) {
  setFocusPolicy(Qt::TabFocus);
  setMouseTracking(true);
  setSizePolicy(QSizePolicy::Minimum, QSizePolicy::Fixed);
  setAccessibleName(names.value(chosen));
}

void SegmentedControl::setCurrent(int place) {
  if (place == chosen || place < -1 || place >= names.size()) return;
  chosen = place;
  setAccessibleName(names.value(chosen));
  update();
  Q_EMIT currentChanged(place);
}

void SegmentedControl::setWords(const QStringList& words) {
  names = words;
  chosen = std::min(chosen, int(names.size()) - 1);
  updateGeometry();
  update();
}

void SegmentedControl::setDense(bool on) {
  dense = on;
  setFont(Theme::font(on ? FontRole::Dense : FontRole::Body));
  updateGeometry();
}

int SegmentedControl::wantedWidth(int place) const { return fontMetrics().horizontalAdvance(names[place]) + 20; }

QSize SegmentedControl::sizeHint() const {
  int width = 0;
  for (int i = 0; i < names.size(); ++i) width += wantedWidth(i);
  return {width + 1, std::max(dense ? metric::dense : metric::control, fontMetrics().height() + (dense ? 4 : 10))};
}

QRectF SegmentedControl::segment(int place) const {
  // Room beyond what the words need is shared evenly.
  const qreal extra = names.isEmpty() ? 0 : qreal(width() - sizeHint().width()) / names.size();
  qreal x = 0.5;
  for (int i = 0; i < place; ++i) x += wantedWidth(i) + extra;
  return {std::round(x - 0.5) + 0.5, 0.5, std::round(wantedWidth(place) + extra), height() - 1.0};
}

int SegmentedControl::placeAt(const QPointF& where) const {
  for (int i = 0; i < names.size(); ++i)
    if (segment(i).contains(where)) return i;
  return -1;
}

void SegmentedControl::paintEvent(QPaintEvent*) {
  const Theme& t = Theme::current();
  QPainter p(this);
  p.setRenderHint(QPainter::Antialiasing);
  const QRectF all = QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5);
  QPainterPath outline;
  outline.addRoundedRect(all, metric::radius, metric::radius);
  p.fillPath(outline, isEnabled() ? t.raised : QColor(Qt::transparent));
  p.save();
  p.setClipPath(outline);
  for (int i = 0; i < names.size(); ++i) {
    const QRectF box = segment(i);
    const bool on = i == chosen;
    if (on)
      p.fillRect(box, isEnabled() ? t.accent : t.border);
    else if (i == over && isEnabled())
      p.fillRect(box, t.hover);
    if (i > 0) p.fillRect(QRectF(box.left() - 0.5, 0, 1, height()), isEnabled() ? t.outline : t.border);
    p.setPen(!isEnabled() ? t.muted : on ? t.accentText : t.text);
    p.drawText(box, Qt::AlignCenter, names[i]);
  }
  p.restore();
  p.setBrush(Qt::NoBrush);
  p.setPen(QPen(isEnabled() ? t.outline : t.border, 1));
  p.drawRoundedRect(all, metric::radius, metric::radius);
  if (hasFocus()) {
    p.setPen(QPen(t.text, 2));
    p.drawRoundedRect(QRectF(rect()).adjusted(1, 1, -1, -1), metric::radius, metric::radius);
  }
}

void SegmentedControl::mousePressEvent(QMouseEvent* e) {
  const int place = placeAt(e->position());
  if (e->button() == Qt::LeftButton && place >= 0) setCurrent(place);
}

void SegmentedControl::mouseMoveEvent(QMouseEvent* e) {
  const int place = placeAt(e->position());
  if (place != over) {
    over = place;
    update();
  }
}

void SegmentedControl::leaveEvent(QEvent*) {
  over = -1;
  update();
}

void SegmentedControl::keyPressEvent(QKeyEvent* e) {
  if (e->key() == Qt::Key_Left || e->key() == Qt::Key_Up)
    setCurrent(std::max(0, chosen - 1));
  else if (e->key() == Qt::Key_Right || e->key() == Qt::Key_Down)
    setCurrent(std::min(int(names.size()) - 1, chosen + 1));
  else
    QWidget::keyPressEvent(e);
}

} // namespace attune
