#include "widgets/labels.h"

#include "widgets/icons.h"
#include <QEvent>
#include <QHBoxLayout>
#include <QHelpEvent>
#include <QPainter>
#include <QToolTip>

namespace attune {

ElidedLabel::ElidedLabel(const QString& text, FontRole role, QWidget* parent)
    : QWidget(parent) {
  setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
  setRole(role);
  setText(text);
}

void ElidedLabel::setText(const QString& text) {
  if (text == words) return;
  words = text;
  setAccessibleName(text);
  updateGeometry();
  update();
}

void ElidedLabel::setRole(FontRole role, bool bold) {
  setFont(Theme::font(role, bold));
  updateGeometry();
}

void ElidedLabel::setMuted(bool on) {
  muted = on;
  update();
}

void ElidedLabel::setAlignment(Qt::Alignment a) {
  alignment = a;
  update();
}

void ElidedLabel::setElideMode(Qt::TextElideMode m) {
  mode = m;
  update();
}

QSize ElidedLabel::sizeHint() const { return {fontMetrics().horizontalAdvance(words) + 1, fontMetrics().height() + 2}; }

QSize ElidedLabel::minimumSizeHint() const {
  return {std::min(sizeHint().width(), fontMetrics().averageCharWidth() * 3), sizeHint().height()};
}

void ElidedLabel::paintEvent(QPaintEvent*) {
  QPainter p(this);
  p.setPen(muted || !isEnabled() ? Theme::current().muted : Theme::current().text);
  p.drawText(rect(), int(alignment), fontMetrics().elidedText(words, mode, width()));
}

bool ElidedLabel::event(QEvent* e) {
  if (e->type() == QEvent::ToolTip && toolTip().isEmpty()) {
    if (fontMetrics().horizontalAdvance(words) > width())
      QToolTip::showText(static_cast<QHelpEvent*>(e)->globalPos(), words, this);
    return true;
  }
  return QWidget::event(e);
}

Tag::Tag(const QString& text, Kind kind, const QString& iconName, QWidget* parent)
    : QWidget(parent)
    , words(text)
    , iconName(iconName)
    , kind(kind) {
  setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
  setAccessibleName(text);
}

Tag* Tag::scripted(QWidget* parent) {
  auto* tag = new Tag(tr("scripted"), Warning, {}, parent);
  tag->setToolTip(tr("No person ranked or judged this: a rule did."));
  return tag;
}

void Tag::setText(const QString& text) {
  words = text;
  setAccessibleName(text);
  updateGeometry();
  update();
}

QSize Tag::sizeOf(const QString& text, const QString& iconName) {
  const QFontMetrics metrics(Theme::font(FontRole::Small));
  return {metrics.horizontalAdvance(text) + 10 + (iconName.isEmpty() ? 0 : 15), metrics.height() + 2};
}

QSize Tag::sizeHint() const { return sizeOf(words, iconName); }

int Tag::paint(QPainter& p, QPoint leftMiddle, const QString& text, Kind kind, const QString& iconName) {
  const Theme& t = Theme::current();
  const QSize size = sizeOf(text, iconName);
  const QRect box(leftMiddle.x(), leftMiddle.y() - size.height() / 2, size.width(), size.height());
  p.save();
  p.setRenderHint(QPainter::Antialiasing);
  const QColor colour = kind == Warning ? t.warning : t.muted;
  p.setPen(QPen(kind == Warning ? t.warning : t.border, 1));
  p.setBrush(Qt::NoBrush);
  p.drawRoundedRect(QRectF(box).adjusted(0.5, 0.5, -0.5, -0.5), metric::radiusTag, metric::radiusTag);
  int x = box.left() + 5;
  if (!iconName.isEmpty()) {
    Icons::paint(p, QRectF(x, box.center().y() - 5, 12, 12), iconName, colour);
    x += 15;
  }
  p.setPen(colour);
  p.setFont(Theme::font(FontRole::Small));
  p.drawText(QRect(x, box.top(), box.right() - x, box.height()), Qt::AlignVCenter | Qt::AlignLeft, text);
  p.restore();
  return size.width();
}

void Tag::paintEvent(QPaintEvent*) {
  QPainter p(this);
  paint(p, {0, height() / 2}, words, kind, iconName);
}

KeyCap::KeyCap(const QString& key, QWidget* parent)
    : QWidget(parent)
    , key(key) {
  setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
  setFont(Theme::font(FontRole::Small));
}

QSize KeyCap::sizeHint() const {
  return {std::max(17, fontMetrics().horizontalAdvance(key) + 9), fontMetrics().height() + 2};
}

void KeyCap::paintEvent(QPaintEvent*) {
  const Theme& t = Theme::current();
  QPainter p(this);
  p.setRenderHint(QPainter::Antialiasing);
  p.setPen(QPen(t.border, 1));
  p.setBrush(t.raised);
  p.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), metric::radiusTag, metric::radiusTag);
  p.setPen(t.muted);
  p.drawText(rect(), Qt::AlignCenter, key);
}

BarRow::BarRow(int height, Line line, QWidget* parent)
    : QFrame(parent)
    , line(line) {
  const int text = fontMetrics().height();
  setFixedHeight(std::max(height, text + (height >= metric::toolBar ? 22 : 8)));
  layoutRow = new QHBoxLayout(this);
  layoutRow->setContentsMargins(metric::edge, 0, metric::edge, 0);
  layoutRow->setSpacing(metric::space);
}

void BarRow::add(QWidget* widget, int stretch) { layoutRow->addWidget(widget, stretch); }
void BarRow::addStretch() { layoutRow->addStretch(1); }

void BarRow::paintEvent(QPaintEvent*) {
  const Theme& t = Theme::current();
  QPainter p(this);
  p.fillRect(rect(), t.window);
  if (line != Above) p.fillRect(0, height() - 1, width(), 1, t.border);
  if (line != Below) p.fillRect(0, 0, width(), 1, t.border);
}

SectionHeader::SectionHeader(const QString& title, const QString& detail, QWidget* parent, int height)
    : BarRow(height, Below, parent) {
  titleLabel = new ElidedLabel(title, FontRole::Body, this);
  titleLabel->setRole(FontRole::Body, true);
  detailLabel = new ElidedLabel(detail, FontRole::Dense, this);
  detailLabel->setMuted(true);
  add(titleLabel);
  add(detailLabel, 1);
  setAccessibleName(title);
}

void SectionHeader::setTitle(const QString& title) { titleLabel->setText(title); }
void SectionHeader::setDetail(const QString& detail) { detailLabel->setText(detail); }
void SectionHeader::addRight(QWidget* widget) { add(widget); }

Line::Line(Qt::Orientation orientation, QWidget* parent)
    : QWidget(parent) {
  if (orientation == Qt::Horizontal)
    setFixedHeight(1);
  else
    setFixedWidth(1);
}

void Line::paintEvent(QPaintEvent*) {
  QPainter p(this);
  p.fillRect(rect(), Theme::current().border);
}

} // namespace attune
