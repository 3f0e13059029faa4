#include "attention/head_lines.h"

#include "widgets/theme.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainterPath>
#include <algorithm>
#include <cmath>

namespace attune {

namespace {
constexpr double edge = 12;

// A word as a running text shows it: line ends and tabs are named, spaces stay spaces.
QString runningWord(QString token) {
  token.replace(u'\n', QChar(0x23CE));
  token.replace(u'\t', QStringLiteral("  "));
  return token.isEmpty() ? QStringLiteral("∅") : token;
}
} // namespace

HeadLines::HeadLines(QWidget* parent)
    : QWidget(parent) {
  setFocusPolicy(Qt::StrongFocus);
  setAttribute(Qt::WA_OpaquePaintEvent);
  setAccessibleName(tr("Attention as lines"));
  connect(&ThemeNotifier::instance(), &ThemeNotifier::changed, this, qOverload<>(&QWidget::update));
}

void HeadLines::setData(AttentionPtr to) {
  data = std::move(to);
  head.reset();
  chosen = data ? data->places() - 1 : -1;
  lefts.clear();
  if (data) {
    const QFontMetricsF metrics(Theme::font(FontRole::Dense));
    double x = edge;
    for (const auto& token : data->tokens) {
      lefts.push_back(x);
      // Words that a tokenizer glued without a space still need a hair between them.
      x += std::max(4.0, metrics.horizontalAdvance(runningWord(token)));
    }
    lefts.push_back(x);
  }
  showQuery();
  update();
}

void HeadLines::setHead(std::shared_ptr<const LoadedHead> to) {
  head = std::move(to);
  update();
}

void HeadLines::setQuery(int place) {
  if (!data || place < 0 || place >= data->places() || place == chosen) return;
  chosen = place;
  showQuery();
  update();
}

void HeadLines::setThreshold(double weight) {
  least = weight;
  update();
}

double HeadLines::baseline() const {
  const QFontMetricsF dense(Theme::font(FontRole::Dense)), small(Theme::font(FontRole::Small));
  return height() - 8 - small.height() - dense.descent() - 2;
}

QRectF HeadLines::wordRect(int place) const {
  // The chosen word is bold and pushes those after it.
  const QFontMetricsF metrics(Theme::font(FontRole::Dense));
  double wider = 0;
  if (chosen >= 0 && place >= chosen) {
    const QString word = runningWord(data->tokens[chosen]);
    wider = QFontMetricsF(Theme::font(FontRole::Dense, true)).horizontalAdvance(word) - metrics.horizontalAdvance(word);
  }
  return {lefts[place] - scrolled + (place > chosen ? wider : 0), baseline() - metrics.ascent(),
          lefts[place + 1] - lefts[place] + (place == chosen ? wider : 0), metrics.height()};
}

void HeadLines::scrollTo(double x) {
  scrolled = lefts.empty() ? 0 : std::clamp(x, 0.0, std::max(0.0, lefts.back() + edge - width()));
  update();
}

void HeadLines::showQuery() {
  if (!data || chosen < 0) return scrollTo(0);
  double x = scrolled;
  if (lefts[chosen + 1] > x + width() - edge) x = lefts[chosen + 1] - width() + edge;
  if (lefts[chosen] < x + edge) x = lefts[chosen] - edge - width() * 0.4;
  scrollTo(x);
}

QString HeadLines::rest() const {
  if (!data || !head || chosen < 0) return {};
  double below = 0, outside = 0;
  for (int key = 0; key < data->places(); key++) {
    const double weight = head->weight(chosen, key);
    if (weight < least)
      below += weight;
    else if (wordRect(key).right() < 0 || wordRect(key).left() > width())
      outside += weight;
  }
  QString words;
  if (outside > 0.001) words = tr("%1 % lies outside, move the text to see it").arg(outside * 100, 0, 'f', 0);
  if (below > 0.001)
    words += (words.isEmpty() ? QString() : QStringLiteral("; ")) +
             tr("%1 % in smaller weights").arg(below * 100, 0, 'f', 0);
  return words;
}

void HeadLines::paintEvent(QPaintEvent*) {
  const Theme& theme = Theme::current();
  QPainter painter(this);
  painter.fillRect(rect(), theme.surface);
  if (!data || !head || chosen < 0) return;
  const QFont dense = Theme::font(FontRole::Dense), bold = Theme::font(FontRole::Dense, true),
              small = Theme::font(FontRole::Small);
  const double base = baseline(), top = QFontMetricsF(dense).ascent();
  const double foot = base - top - 3, room = foot - 6;
  const QRectF from = wordRect(chosen);

  std::vector<int> read;
  for (int key = 0; key < data->places(); key++)
    if (double(head->weight(chosen, key)) >= least) read.push_back(key);
  std::sort(read.begin(), read.end(), [&](int a, int b) { return head->weight(chosen, a) < head->weight(chosen, b); });
  painter.setRenderHint(QPainter::Antialiasing, true);
  painter.setBrush(Qt::NoBrush);
  double furthest = 1;
  for (int key : read) furthest = std::max(furthest, std::abs(wordRect(key).center().x() - from.center().x()));
  for (int key : read) {
    const double weight = head->weight(chosen, key), x = wordRect(key).center().x(), at = from.center().x();
    QColor color = theme.accent;
    color.setAlphaF(float(0.45 + 0.55 * std::min(1.0, weight / 0.3)));
    painter.setPen(QPen(color, 1.0 + 5.0 * std::sqrt(weight), Qt::SolidLine, Qt::FlatCap));
    const double reach = std::abs(x - at);
    const double high = std::min(room, std::max(16.0, room * std::pow(reach / furthest, 0.6)));
    if (key == chosen) {
      painter.drawEllipse(QPointF(at, foot - 7), 6.0, 6.0);
      continue;
    }
    // A cubic's top is at three quarters of its handles' height.
    QPainterPath arc(QPointF(at, foot));
    arc.cubicTo(QPointF(at, foot - high / 0.75), QPointF(x, foot - high / 0.75), QPointF(x, foot));
    painter.drawPath(arc);
  }

  std::sort(read.begin(), read.end());
  std::vector<bool> isRead(std::size_t(data->places()), false);
  for (int key : read) isRead[std::size_t(key)] = true;
  const int firstShown = int(std::upper_bound(lefts.begin(), lefts.end(), scrolled) - lefts.begin()) - 1;
  for (int place = std::max(0, firstShown); place < data->places(); place++) {
    const QRectF word = wordRect(place);
    if (word.left() > width()) break;
    painter.setFont(place == chosen ? bold : dense);
    painter.setPen(place == chosen ? theme.accent : isRead[std::size_t(place)] ? theme.text : theme.muted);
    painter.drawText(QPointF(word.left(), base), runningWord(data->tokens[place]));
  }
  // Percentages, the larger ones first where they would overlap.
  std::vector<int> byWeight = read;
  std::sort(byWeight.begin(), byWeight.end(),
            [&](int a, int b) { return head->weight(chosen, a) > head->weight(chosen, b); });
  painter.setFont(small);
  painter.setPen(theme.muted);
  const QFontMetricsF metrics(small);
  std::vector<QRectF> taken;
  for (int key : byWeight) {
    const QString text = QStringLiteral("%1 %").arg(100.0 * double(head->weight(chosen, key)), 0, 'f', 0);
    const double wide = metrics.horizontalAdvance(text);
    QRectF box(wordRect(key).center().x() - wide / 2, base + QFontMetricsF(dense).descent() + 2, wide,
               metrics.height());
    if (box.right() < 0 || box.left() > width()) continue;
    box.moveLeft(std::clamp(box.left(), 4.0, std::max(4.0, width() - 4 - wide)));
    if (std::any_of(taken.begin(), taken.end(),
                    [&](const QRectF& other) { return other.adjusted(-4, 0, 4, 0).intersects(box); }))
      continue;
    taken.push_back(box);
    painter.drawText(QPointF(box.left(), box.top() + metrics.ascent()), text);
  }
  if (hasFocus()) {
    painter.setRenderHint(QPainter::Antialiasing, false);
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(theme.accent, 2));
    painter.drawRect(rect().adjusted(1, 1, -1, -1));
  }
}

void HeadLines::mousePressEvent(QMouseEvent* event) {
  if (event->button() == Qt::LeftButton) pressed = event->position().x();
  dragging = false;
}

void HeadLines::mouseMoveEvent(QMouseEvent* event) {
  if (!pressed) return;
  const double by = *pressed - event->position().x();
  if (!dragging && std::abs(by) < 5) return;
  dragging = true;
  pressed = event->position().x();
  scrollTo(scrolled + by);
}

void HeadLines::mouseReleaseEvent(QMouseEvent* event) {
  const bool click = pressed && !dragging;
  pressed.reset();
  dragging = false;
  if (!click || !data) return;
  const double x = event->position().x() + scrolled;
  const int place = int(std::upper_bound(lefts.begin(), lefts.end(), x) - lefts.begin()) - 1;
  if (place < 0 || place >= data->places()) return;
  setQuery(place);
  Q_EMIT queryChosen(place);
}

void HeadLines::wheelEvent(QWheelEvent* event) {
  const QPoint turn = event->angleDelta();
  scrollTo(scrolled - (turn.x() ? turn.x() : turn.y()) / 2.0);
}

void HeadLines::keyPressEvent(QKeyEvent* event) {
  if (!data || event->modifiers() & (Qt::ControlModifier | Qt::AltModifier)) return QWidget::keyPressEvent(event);
  const auto go = [&](int place) {
    setQuery(std::clamp(place, 0, data->places() - 1));
    Q_EMIT queryChosen(chosen);
  };
  switch (event->key()) {
  case Qt::Key_Left:
    return go(chosen - 1);
  case Qt::Key_Right:
    return go(chosen + 1);
  case Qt::Key_Home:
    return go(0);
  case Qt::Key_End:
    return go(data->places() - 1);
  default:
    QWidget::keyPressEvent(event);
  }
}

void HeadLines::resizeEvent(QResizeEvent*) { showQuery(); }

} // namespace attune
