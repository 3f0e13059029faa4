#include "chat/turn_layout.h"

#include "widgets/theme.h"
#include <QPainter>

namespace attune {

void TurnLayout::set(const ChatTurn& turn, int width) {
  if (layout && laidWidth == width && laidText == turn.record.text && layout->font() == Theme::font(FontRole::Reading))
    return;
  laidText = turn.record.text;
  laidWidth = width;
  QString text = turn.record.text;
  text.replace(QLatin1Char('\n'), QChar::LineSeparator); // one line after the other in one layout; places stay
  layout = std::make_unique<QTextLayout>(text, Theme::font(FontRole::Reading));
  QTextOption option;
  option.setWrapMode(QTextOption::WrapAtWordBoundaryOrAnywhere);
  layout->setTextOption(option);
  layout->setCacheEnabled(true);
  const int step = std::max(Theme::px(22), QFontMetrics(layout->font()).height());
  layout->beginLayout();
  tall = 0;
  for (QTextLine line = layout->createLine(); line.isValid(); line = layout->createLine()) {
    line.setLineWidth(width);
    line.setPosition(QPointF(0, tall + (step - line.height()) / 2));
    tall += step;
  }
  layout->endLayout();
  tall = std::max(tall, step);
}

int TurnLayout::characterAt(QPointF point) const {
  for (int i = 0; i < layout->lineCount(); ++i) {
    const QTextLine line = layout->lineAt(i);
    const QRectF box = line.naturalTextRect();
    if (point.y() < box.top() - 2 || point.y() > box.bottom() + 2) continue;
    if (point.x() < box.left() || point.x() >= box.right()) return -1;
    int at = line.xToCursor(point.x(), QTextLine::CursorOnCharacter);
    return at;
  }
  return -1;
}

int TurnLayout::nearestCharacter(QPointF point) const {
  if (layout->lineCount() == 0) return 0;
  QTextLine line = layout->lineAt(0);
  for (int i = 1; i < layout->lineCount(); ++i)
    if (layout->lineAt(i).y() <= point.y()) line = layout->lineAt(i);
  return line.xToCursor(point.x(), QTextLine::CursorBetweenCharacters);
}

QList<QRectF> TurnLayout::rectsOf(int start, int length) const {
  QList<QRectF> rects;
  for (int i = 0; i < layout->lineCount(); ++i) {
    const QTextLine line = layout->lineAt(i);
    const int from = std::max(start, line.textStart()),
              to = std::min(start + length, line.textStart() + line.textLength());
    if (from >= to) continue;
    const qreal left = line.cursorToX(from), right = line.cursorToX(to);
    if (right > left) rects << QRectF(left, line.y(), right - left, line.height());
  }
  return rects;
}

QRectF TurnLayout::caret() const {
  if (layout->lineCount() == 0) return QRectF(0, 2, 7, Theme::px(16));
  const QTextLine line = layout->lineAt(layout->lineCount() - 1);
  return QRectF(line.cursorToX(line.textStart() + line.textLength()) + 2, line.y() + 1, 7, line.height() - 2);
}

void TurnLayout::paint(QPainter& p, QPointF at, const ChatTurn& turn, const Marks& marks) const {
  const Theme& t = Theme::current();
  const auto tokenRects = [&](int token) {
    // Without the space before the word: the word is what the pointer means.
    TokenPlace place = turn.places[size_t(token)];
    while (place.length > 1 && turn.record.text[place.start].isSpace()) ++place.start, --place.length;
    return rectsOf(place.start, place.length);
  };
  if (marks.selectionEnd > marks.selectionStart)
    for (const QRectF& r : rectsOf(marks.selectionStart, marks.selectionEnd - marks.selectionStart))
      p.fillRect(r.translated(at), t.selection);
  if (marks.token >= 0 && size_t(marks.token) < turn.places.size()) {
    p.setPen(QPen(t.accent, 1));
    p.setBrush(t.selection);
    for (const QRectF& r : tokenRects(marks.token)) p.drawRect(r.translated(at).adjusted(-1.5, -0.5, 0.5, 0.5));
  }
  p.setPen(t.text);
  layout->draw(&p, at);
  if (marks.rare) {
    QPen dots(t.series[1], 2, Qt::CustomDashLine, Qt::FlatCap);
    dots.setDashPattern({1, 1});
    p.setPen(dots);
    for (size_t i = 0; i < turn.places.size(); ++i) {
      if (turn.record.tokens[i].probability >= 0.1f || turn.places[i].length == 0) continue;
      for (const QRectF& r : tokenRects(int(i))) {
        const qreal y = std::round(at.y() + r.bottom()) + 1;
        p.drawLine(QPointF(at.x() + r.left(), y), QPointF(at.x() + r.right(), y));
      }
    }
  }
  if (marks.caret) p.fillRect(caret().translated(at), t.accent);
}

} // namespace attune
