#include "widgets/key_button.h"

#include "widgets/icons.h"
#include "widgets/theme.h"
#include <QKeyEvent>
#include <QPainter>
#include <QStyleOptionButton>

namespace attune {
namespace {
constexpr int edge = 10, glyph = 16, gap = 8;
}

KeyButton::KeyButton(const QString& text, Kind kind, QWidget* parent)
    : QPushButton(text, parent)
    , kind(kind) {
  setAttribute(Qt::WA_Hover);
  setAccessibleName(text);
  setSizePolicy(QSizePolicy::Minimum, QSizePolicy::Fixed);
}

KeyButton::KeyButton(const QString& text, const QString& iconName, const QKeySequence& key, Kind kind, QWidget* parent)
    : KeyButton(text, kind, parent) {
  setIconName(iconName);
  if (!key.isEmpty()) setKey(key);
}

void KeyButton::setKey(const QKeySequence& k) {
  showKey(k);
  setShortcut(k);
}

void KeyButton::showKey(const QKeySequence& k) {
  key = k;
  updateGeometry();
  update();
}

void KeyButton::setKind(Kind k) {
  kind = k;
  update();
}

void KeyButton::setIconName(const QString& name) {
  iconName = name;
  updateGeometry();
  update();
}

void KeyButton::setErrorIcon(bool on) {
  errorIcon = on;
  update();
}

void KeyButton::setMenuArrow(bool on) {
  menuArrow = on;
  updateGeometry();
}

QString keyWords(const QKeySequence& key) {
  return key.toString(QKeySequence::NativeText).replace(QLatin1String("Return"), QLatin1String("Enter"));
}

int KeyButton::wantedWidth(bool withKey) const {
  int width = 2 * edge;
  if (!iconName.isEmpty()) width += glyph;
  if (!text().isEmpty()) width += fontMetrics().horizontalAdvance(text()) + (iconName.isEmpty() ? 0 : gap);
  if (withKey && !key.isEmpty())
    width += gap + QFontMetrics(Theme::font(FontRole::Small)).horizontalAdvance(keyWords(key)) + 1;
  if (menuArrow) width += gap + glyph - 4;
  if (text().isEmpty() && key.isEmpty()) width = metric::control;
  return width;
}

QSize KeyButton::sizeHint() const {
  return {wantedWidth(true), std::max(metric::control, fontMetrics().height() + 10)};
}

QSize KeyButton::minimumSizeHint() const { return {wantedWidth(false), sizeHint().height()}; }

bool KeyButton::event(QEvent* e) {
  if (e->type() == QEvent::Shortcut && !static_cast<QShortcutEvent*>(e)->isAmbiguous()) {
    click(); // at once; Qt's own would press the button for 100 ms first
    return true;
  }
  if (e->type() == QEvent::ToolTip && toolTip().isEmpty() && !key.isEmpty()) {
    // Where the key does not fit, the tool tip says it.
    setToolTip(QStringLiteral("%1 (%2)").arg(text().isEmpty() ? accessibleName() : text(), keyWords(key)));
  }
  return QPushButton::event(e);
}

void KeyButton::paintEvent(QPaintEvent*) {
  const Theme& t = Theme::current();
  QPainter p(this);
  p.setRenderHint(QPainter::Antialiasing);
  const bool enabled = isEnabled(), over = enabled && underMouse(), down = isDown(), on = isChecked();
  const bool focus = hasFocus();
  const bool primary = kind == Primary && enabled;

  QColor ground = Qt::transparent, rim = Qt::transparent, words = t.text, small = t.muted;
  if (!enabled) {
    words = small = t.muted;
    rim = t.border;
  } else if (primary) {
    ground = rim = over || down ? t.accentHover : t.accent;
    words = small = t.accentText;
  } else if (on) {
    ground = t.selection;
    rim = t.accent;
  } else if (kind == Flat) {
    if (over || down) ground = down ? t.border : t.hover;
  } else {
    ground = down ? t.border : over ? t.hover : t.raised;
    rim = t.outline;
  }
  if (kind == Flat && !on && !enabled) rim = Qt::transparent;

  QRectF body = QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5);
  if (focus && primary) { // 2 px of text colour around, one pixel free, then the button
    p.setPen(QPen(t.text, 2));
    p.setBrush(Qt::NoBrush);
    p.drawRoundedRect(QRectF(rect()).adjusted(1, 1, -1, -1), metric::radius + 1, metric::radius + 1);
    body.adjust(3, 3, -3, -3);
  }
  p.setPen(rim == QColor(Qt::transparent) ? QPen(Qt::NoPen) : QPen(rim, 1));
  p.setBrush(ground == QColor(Qt::transparent) ? QBrush(Qt::NoBrush) : QBrush(ground));
  p.drawRoundedRect(body, metric::radius, metric::radius);
  if (focus && !primary) {
    p.setPen(QPen(t.accent, 2));
    p.setBrush(Qt::NoBrush);
    p.drawRoundedRect(QRectF(rect()).adjusted(1, 1, -1, -1), metric::radius, metric::radius);
  }

  const QFont smallFont = Theme::font(FontRole::Small);
  const QFontMetrics smallMetrics(smallFont);
  const QString keys = keyWords(key);
  // The key gives way before the label does.
  const bool showKeys = !keys.isEmpty() && width() >= wantedWidth(true) - 2;
  int content = wantedWidth(showKeys) - 2 * edge;
  if (text().isEmpty() && keys.isEmpty()) content = glyph;
  int x = std::max(edge, (width() - content) / 2);
  if (text().isEmpty() && keys.isEmpty()) x = (width() - glyph) / 2;
  const int right = width() - edge;
  if (!iconName.isEmpty()) {
    const QColor colour = errorIcon && enabled ? t.error : words;
    Icons::paint(p, QRectF(x, (height() - glyph) / 2, glyph, glyph), iconName, colour);
    x += glyph + gap;
  }
  const int keyWidth = showKeys ? gap + smallMetrics.horizontalAdvance(keys) + 1 : 0;
  const int arrowWidth = menuArrow ? gap + glyph - 4 : 0;
  if (!text().isEmpty()) {
    p.setFont(font());
    p.setPen(words);
    const int room = right - x - keyWidth - arrowWidth;
    const QString label = fontMetrics().elidedText(text(), Qt::ElideRight, room + 1);
    p.drawText(QRect(x, 0, room + 1, height()), Qt::AlignVCenter | Qt::AlignLeft, label);
    x += std::min(room, fontMetrics().horizontalAdvance(label));
  }
  if (showKeys) {
    p.setFont(smallFont);
    p.setPen(small);
    // On the same base line as the label.
    const int base = (height() + fontMetrics().ascent() - fontMetrics().descent()) / 2;
    p.drawText(QPointF(x + (text().isEmpty() ? 0 : gap), base), keys);
    x += keyWidth;
  }
  if (menuArrow)
    Icons::paint(p, QRectF(width() - edge - glyph + 4, (height() - glyph) / 2, glyph, glyph), QStringLiteral("down"),
                 words);
}

} // namespace attune
