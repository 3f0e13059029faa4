#include "widgets/word_progress.h"

#include "widgets/labels.h"
#include <QPainter>
#include <QVBoxLayout>

namespace attune {

ThinBar::ThinBar(QWidget* parent)
    : QWidget(parent) {
  setFixedHeight(6);
  setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void ThinBar::setShare(double share) {
  part = std::clamp(share, 0.0, 1.0);
  setAccessibleDescription(tr("%1 percent").arg(qRound(part * 100)));
  update();
}

void ThinBar::paintEvent(QPaintEvent*) {
  const Theme& t = Theme::current();
  QPainter p(this);
  p.setRenderHint(QPainter::Antialiasing);
  p.setPen(Qt::NoPen);
  p.setBrush(t.border);
  p.drawRoundedRect(rect(), 2, 2);
  p.setBrush(t.accent);
  if (part > 0) p.drawRoundedRect(QRectF(0, 0, std::max(3.0, width() * part), height()), 2, 2);
}

WordProgress::WordProgress(QWidget* parent)
    : QWidget(parent) {
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(metric::spaceXs);
  label = new ElidedLabel({}, FontRole::Dense, this);
  bar = new ThinBar(this);
  column->addWidget(label);
  column->addWidget(bar);
  hide();
  appear.setSingleShot(true);
  appear.setInterval(200);
  connect(&appear, &QTimer::timeout, this, &QWidget::show);
}

void WordProgress::report(const QString& words, double share) {
  label->setText(words);
  bar->setVisible(share >= 0);
  bar->setShare(share);
  if (!isVisible() && !appear.isActive()) appear.start();
}

void WordProgress::finish() {
  appear.stop();
  hide();
}

QString WordProgress::words() const { return label->text(); }

} // namespace attune
