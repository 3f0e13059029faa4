#include "train/rollout_delegate.h"

#include "widgets/theme.h"

#include <QPainter>
#include <algorithm>
#include <cmath>

namespace attune {

TokenLayout::TokenLayout(const RolloutReply& reply, int width) {
  const QFontMetrics metrics(Theme::font(FontRole::Mono));
  const int line = metrics.height() + 4;
  int x = 0, y = 0;
  for (const RolloutToken& token : reply.tokens) {
    QString text = QString::fromStdString(token.text);
    text.replace(u'\n', QChar(0x21B5)).replace(u'\t', QChar(0x21E5));
    // A byte of a character that is not complete still has its place.
    if (text.isEmpty()) text = QStringLiteral("·");
    const int wide = std::min(std::max(4, metrics.horizontalAdvance(text)), std::max(4, width));
    if (x > 0 && x + wide > width) x = 0, y += line;
    all.push_back({QRect(x, y, wide, line - 2), text});
    x += wide;
  }
  tall = y + line;
}

int TokenLayout::at(QPoint where) const {
  for (std::size_t i = 0; i < all.size(); ++i)
    if (all[i].rect.contains(where)) return int(i);
  return -1;
}

const RolloutReply& RolloutDelegate::replyOf(const QModelIndex& index) {
  return static_cast<const RolloutModel*>(index.model())->reply(index.row());
}

QColor RolloutDelegate::ground(const RolloutToken& token) const {
  const Theme& theme = Theme::current();
  const double value = tokenValue(token, colour);
  if (colour == TokenColour::Probability)
    return theme.attention[qsizetype(std::lround(255 * std::sqrt(std::clamp(value, 0.0, 1.0))))];
  return theme.difference[qsizetype(std::lround(127.5 + 127.5 * std::clamp(value / most, -1.0, 1.0)))];
}

namespace {

constexpr int promptFlags = int(Qt::AlignLeft) | int(Qt::AlignVCenter) | int(Qt::TextWordWrap);

// As much of a long conversation as there is room for: its end is what was answered.
QString endOf(const QString& text, const QSize& room, const QFontMetrics& metrics) {
  QString rest = text;
  for (qsizetype from = 0; from >= 0; from = text.indexOf(QLatin1Char(' '), from + 1)) {
    if (from > 0) rest = QStringLiteral("… ") + text.mid(from + 1);
    if (metrics.boundingRect(QRect(0, 0, room.width(), 10000), promptFlags, rest).height() <= room.height()) break;
  }
  return rest;
}

} // namespace

QSize RolloutDelegate::sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const {
  const int width = std::max(40, option.rect.width() - 2 * marginX);
  if (index.column() == RolloutModel::Reply)
    return {option.rect.width(), TokenLayout(replyOf(index), width).height() + 2 * marginY};
  const QFontMetrics body(Theme::font(FontRole::Body));
  if (index.column() != RolloutModel::Prompt) return {80, body.height() + 2 * marginY};
  const int tall = body.boundingRect(QRect(0, 0, width, 10000), Qt::TextWordWrap, index.data().toString()).height();
  return {option.rect.width(), std::min(tall, 4 * body.lineSpacing()) + 2 * marginY};
}

void RolloutDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const {
  const Theme& theme = Theme::current();
  painter->save();
  painter->setClipRect(option.rect);
  const bool selected = option.state & QStyle::State_Selected;
  painter->fillRect(option.rect, selected ? theme.selection : theme.surface);
  painter->setPen(theme.grid);
  painter->drawLine(option.rect.bottomLeft(), option.rect.bottomRight());
  const QRect inside = option.rect.adjusted(marginX, marginY, -marginX, -marginY);
  if (index.column() != RolloutModel::Reply) {
    const bool prompt = index.column() == RolloutModel::Prompt;
    painter->setFont(Theme::font(FontRole::Body));
    painter->setPen(theme.text);
    if (prompt)
      painter->drawText(inside, promptFlags, endOf(index.data().toString(), inside.size(), painter->fontMetrics()));
    else
      painter->drawText(inside, index.data(Qt::TextAlignmentRole).toInt(), index.data().toString());
    painter->restore();
    return;
  }
  const RolloutReply& reply = replyOf(index);
  const TokenLayout layout(reply, inside.width());
  painter->setFont(Theme::font(FontRole::Mono));
  for (std::size_t i = 0; i < layout.places().size(); ++i) {
    const TokenLayout::Place& place = layout.places()[i];
    const QRect rect = place.rect.translated(inside.topLeft());
    const QColor colour = ground(reply.tokens[i]);
    painter->fillRect(rect, colour);
    painter->setPen(Theme::textOn(colour));
    painter->drawText(rect, Qt::AlignLeft | Qt::AlignVCenter | Qt::TextDontClip, place.text);
    if (tokenValue(reply.tokens[i], this->colour) < 0)
      painter->drawLine(rect.left(), rect.bottom(), rect.right(), rect.bottom());
    if (index.row() == chosenRow && int(i) == chosenToken) {
      painter->setPen(QPen(theme.text, 2));
      painter->setBrush(Qt::NoBrush);
      painter->drawRect(rect.adjusted(0, 0, -1, 0));
    }
  }
  painter->restore();
}

} // namespace attune
