#include "models/head_shift.h"

#include "widgets/theme.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QPainter>
#include <QToolTip>
#include <algorithm>
#include <cmath>

namespace attune {
namespace {

int cellHeight() { return Theme::px(24); }
int namesWidth() { return QFontMetrics(Theme::font(FontRole::Small)).horizontalAdvance(QStringLiteral("L00")) + 10; }

} // namespace

HeadShift::HeadShift(QWidget* parent)
    : QWidget(parent) {
  setFocusPolicy(Qt::StrongFocus);
  setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
  connect(&ThemeNotifier::instance(), &ThemeNotifier::changed, this, [this] {
    makeMap();
    update();
  });
  clear();
}

QString HeadShift::refusal(const AttentionData& first, const AttentionData& second) {
  if (first.nLayer != second.nLayer || first.nHead != second.nHead)
    return tr("%1 layers of %2 heads and %3 of %4: heads of different shapes cannot be compared.")
        .arg(first.nLayer)
        .arg(first.nHead)
        .arg(second.nLayer)
        .arg(second.nHead);
  if (first.ids != second.ids)
    return tr("These models read the prompt as different tokens; their heads cannot be compared.");
  return {};
}

QList<double> HeadShift::sharesOf(const AttentionData& first, const AttentionData& second) {
  QList<double> shares;
  const size_t places = size_t(first.places());
  for (int layer = 0; layer < first.nLayer; ++layer)
    for (int head = 0; head < first.nHead; ++head) {
      const std::vector<float> a = first.numbers->weights(layer, head), b = second.numbers->weights(layer, head);
      double sum = 0;
      for (size_t i = 0; i < a.size(); ++i) sum += std::abs(double(b[i]) - a[i]);
      shares << (places ? sum / 2 / double(places) : 0);
    }
  return shares;
}

void HeadShift::clear() {
  one.reset();
  other.reset();
  moved.clear();
  map = {};
  head = 0;
  setVisible(false);
}

void HeadShift::show(AttentionPtr first, AttentionPtr second, const QList<double>& shares) {
  one = std::move(first);
  other = std::move(second);
  moved = shares;
  setVisible(true);
  updateGeometry();
  choose(int(std::max_element(moved.begin(), moved.end()) - moved.begin()));
}

void HeadShift::choose(int to) {
  if (!one || to < 0 || to >= moved.size()) return;
  head = to;
  makeMap();
  setAccessibleName(tr("Attention that moved: %1 moved %2 %")
                        .arg(headTitle(head / one->nHead, head % one->nHead))
                        .arg(100 * moved[head], 0, 'f', 0));
  update();
}

void HeadShift::makeMap() {
  if (!one) return;
  const std::vector<float> a = one->numbers->weights(head / one->nHead, head % one->nHead),
                           b = other->numbers->weights(head / one->nHead, head % one->nHead);
  const int places = one->places();
  const Theme& t = Theme::current();
  difference.resize(a.size());
  map = QImage(places, places, QImage::Format_RGB32);
  for (int row = 0; row < places; ++row)
    for (int column = 0; column < places; ++column) {
      const size_t i = size_t(row) * size_t(places) + size_t(column);
      difference[i] = b[i] - a[i];
      const double clipped = std::clamp(double(difference[i]), -0.5, 0.5) + 0.5;
      map.setPixel(column, row, column > row && one->causal ? t.window.rgb() : t.difference[int(clipped * 255)]);
    }
}

int HeadShift::cellWidth() const {
  const int room = width() / 2 - namesWidth() - 2 * metric::edge;
  return std::clamp(room / std::max(1, one ? one->nHead : 1), 34, Theme::px(64));
}

QSize HeadShift::sizeHint() const {
  const int layers = one ? one->nLayer : 0;
  return {400, std::max(layers * cellHeight() + cellHeight() + 24, Theme::px(220))};
}

QRect HeadShift::cellRect(int at) const {
  if (!one) return {};
  const int layer = at / one->nHead, column = at % one->nHead, wide = cellWidth();
  return {metric::edge + namesWidth() + column * wide, 8 + cellHeight() + layer * cellHeight(), wide, cellHeight()};
}

QRect HeadShift::mapRect() const {
  const int left = cellRect(one->nHead - 1).right() + metric::spaceXl, top = 8 + cellHeight();
  const int side = std::min(width() - left - metric::edge, height() - top - 8);
  return {left, top, std::max(side, 0), std::max(side, 0)};
}

void HeadShift::paintEvent(QPaintEvent*) {
  if (!one) return;
  const Theme& t = Theme::current();
  QPainter p(this);
  p.fillRect(rect(), t.surface);
  p.setFont(Theme::font(FontRole::Small));
  const double most = std::max(0.02, *std::max_element(moved.begin(), moved.end()));
  for (int layer = 0; layer < one->nLayer; ++layer) {
    const QRect first = cellRect(layer * one->nHead);
    p.setPen(t.muted);
    p.drawText(QRect(metric::edge, first.top(), namesWidth() - 6, first.height()), Qt::AlignRight | Qt::AlignVCenter,
               QStringLiteral("L%1").arg(layer));
  }
  for (int column = 0; column < one->nHead; ++column) {
    const QRect first = cellRect(column);
    p.setPen(t.muted);
    p.drawText(QRect(first.left(), 6, first.width(), first.top() - 6), Qt::AlignCenter,
               QStringLiteral("H%1").arg(column));
  }
  for (int at = 0; at < moved.size(); ++at) {
    const QRect cell = cellRect(at);
    const QColor ground = t.attention[int(std::clamp(moved[at] / most * 0.75, 0.0, 1.0) * 255)];
    p.fillRect(cell.adjusted(0, 0, -1, -1), ground);
    p.setPen(Theme::textOn(ground));
    p.drawText(cell, Qt::AlignCenter, tr("%1 %").arg(100 * moved[at], 0, 'f', 0));
    if (at != head) continue;
    p.setPen(QPen(hasFocus() ? t.accent : t.text, 2));
    p.setBrush(Qt::NoBrush);
    p.drawRect(cell.adjusted(1, 1, -2, -2));
  }
  const QRect where = mapRect();
  p.setPen(t.text);
  p.setFont(Theme::font(FontRole::Small, true));
  p.drawText(QRect(where.left(), 6, width() - where.left(), where.top() - 6), Qt::AlignLeft | Qt::AlignVCenter,
             headTitle(head / one->nHead, head % one->nHead));
  p.drawImage(where, map); // scaled without smoothing
  p.setPen(t.border);
  p.setBrush(Qt::NoBrush);
  p.drawRect(where.adjusted(0, 0, -1, -1));
}

void HeadShift::mousePressEvent(QMouseEvent* event) {
  for (int at = 0; at < moved.size(); ++at)
    if (cellRect(at).contains(event->pos())) choose(at);
}

void HeadShift::keyPressEvent(QKeyEvent* event) {
  if (!one) return QWidget::keyPressEvent(event);
  const int step = event->key() == Qt::Key_Left    ? -1
                   : event->key() == Qt::Key_Right ? 1
                   : event->key() == Qt::Key_Up    ? -one->nHead
                   : event->key() == Qt::Key_Down  ? one->nHead
                                                   : 0;
  if (step == 0) return QWidget::keyPressEvent(event);
  choose(head + step);
}

bool HeadShift::event(QEvent* event) {
  if (event->type() != QEvent::ToolTip || !one) return QWidget::event(event);
  auto* help = static_cast<QHelpEvent*>(event);
  const QRect where = mapRect();
  if (!where.contains(help->pos())) return QWidget::event(event);
  const int places = one->places();
  const int row = (help->pos().y() - where.top()) * places / where.height(),
            column = (help->pos().x() - where.left()) * places / where.width();
  if (row < 0 || column < 0 || row >= places || column > row) return true;
  const double d = difference[size_t(row) * size_t(places) + size_t(column)];
  QToolTip::showText(help->globalPos(),
                     tr("%1 reads %2: %3%4 %")
                         .arg(shownToken(one->tokens[row]), shownToken(one->tokens[column]),
                              d < 0 ? QString(QChar(0x2212)) : QStringLiteral("+"))
                         .arg(100 * std::abs(d), 0, 'f', 1),
                     this);
  return true;
}

} // namespace attune
