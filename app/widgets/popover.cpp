#include "widgets/popover.h"

#include "widgets/theme.h"
#include <QApplication>
#include <QMouseEvent>
#include <QPainter>
#include <QPointer>
#include <QScreen>

namespace attune {
namespace {
QPointer<Popover> openOne;
}

Popover::Popover(QWidget* parent)
    : QFrame(parent, Qt::ToolTip | Qt::FramelessWindowHint) {
  setAttribute(Qt::WA_ShowWithoutActivating);
  setAttribute(Qt::WA_TranslucentBackground); // for the round corners; the body is opaque
  setFocusPolicy(Qt::NoFocus);
  setContentsMargins(1, 1, 1, 1);
}

void Popover::showAt(const QRect& anchor) {
  if (openOne && openOne != this) openOne->hide();
  openOne = this;
  adjustSize();
  const QScreen* screen = QGuiApplication::screenAt(anchor.center());
  if (!screen) screen = QGuiApplication::primaryScreen();
  const QRect room = screen->availableGeometry();
  QPoint at(anchor.left(), anchor.bottom() + 5);
  if (at.y() + height() > room.bottom()) at.setY(anchor.top() - 4 - height());
  if (at.x() + width() > room.right()) at.setX(anchor.right() - width());
  at.setX(std::clamp(at.x(), room.left(), std::max(room.left(), room.right() - width())));
  at.setY(std::clamp(at.y(), room.top(), std::max(room.top(), room.bottom() - height())));
  move(at);
  if (!isVisible()) qApp->installEventFilter(this);
  show();
  raise();
}

void Popover::setPinned(bool on) {
  pinned = on;
  update();
}

void Popover::leave() {
  if (!pinned) hide();
}

bool Popover::closeOpen() {
  if (!openOne || !openOne->isVisible()) return false;
  openOne->hide();
  return true;
}

void Popover::hideEvent(QHideEvent*) {
  qApp->removeEventFilter(this);
  pinned = false;
  if (openOne == this) openOne.clear();
  Q_EMIT closed();
}

void Popover::mousePressEvent(QMouseEvent* e) {
  setPinned(true);
  e->accept();
}

bool Popover::eventFilter(QObject* watched, QEvent* e) {
  if (e->type() == QEvent::MouseButtonPress && watched->isWidgetType()) {
    const QPoint where = static_cast<QMouseEvent*>(e)->globalPosition().toPoint();
    if (pinned && !geometry().contains(where)) hide();
  } else if (e->type() == QEvent::ApplicationDeactivate) {
    hide();
  }
  return QFrame::eventFilter(watched, e);
}

void Popover::paintEvent(QPaintEvent*) {
  const Theme& t = Theme::current();
  QPainter p(this);
  p.setRenderHint(QPainter::Antialiasing);
  p.setPen(QPen(pinned ? t.accent : t.outline, 1));
  p.setBrush(t.surface);
  p.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), metric::radiusPopover, metric::radiusPopover);
}

} // namespace attune
