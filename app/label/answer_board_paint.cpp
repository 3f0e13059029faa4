// How the board looks.
#include "label/answer_board.h"

#include "store/labels.h"
#include "widgets/icons.h"
#include "widgets/labels.h"
#include "widgets/theme.h"
#include <QPainter>
#include <QScrollBar>

namespace attune {

void AnswerBoard::paintEvent(QPaintEvent*) {
  const Theme& t = Theme::current();
  QPainter p(viewport());
  p.fillRect(viewport()->rect(), t.window);
  p.setRenderHint(QPainter::Antialiasing);
  p.translate(0, -verticalScrollBar()->value());
  paintRanks(p);
  for (const Card& card : cards)
    if (!dragging || card.answer != pressed) paintCard(p, card);
  const int left = gutter, right = viewport()->width() - rightMargin;
  if (restTop >= 0) {
    p.setFont(Theme::font(FontRole::Small));
    p.setPen(t.muted);
    p.drawText(QRect(left, restTop, right - left, Theme::px(20)), Qt::AlignLeft | Qt::AlignVCenter,
               tr("Without a rank"));
  }
  if (!message.isEmpty()) {
    p.setFont(Theme::font(FontRole::Body));
    p.setPen(t.muted);
    const int top = contentHeight - Theme::px(32);
    p.drawText(QRect(left, top, right - left, Theme::px(32)), Qt::AlignLeft | Qt::AlignVCenter, message);
  }
  if (!dragging) return;
  p.setPen(QPen(t.accent, 2));
  p.setBrush(Qt::NoBrush);
  if (drop.kind == Drop::Insert || drop.kind == Drop::Unrank) {
    p.drawLine(left, drop.y, right, drop.y);
  } else if (drop.kind == Drop::Join) {
    QRect all;
    for (const Card& card : cards)
      if (task.ranking.groupOf(card.answer) == drop.group && card.answer != pressed) all |= card.rect;
    p.drawRoundedRect(QRectF(all).adjusted(-2, -2, 2, 2), metric::radius + 1, metric::radius + 1);
  }
  // The card itself goes with the pointer.
  for (const Card& card : cards)
    if (card.answer == pressed) {
      p.translate(0, pointer.y() - pressedAt.y());
      p.setOpacity(0.85);
      paintCard(p, card);
    }
}

void AnswerBoard::paintRanks(QPainter& p) const {
  const Theme& t = Theme::current();
  const int right = gutter - 10;
  for (int g = 0; g < task.ranking.groups().size(); ++g) {
    const QList<int>& group = task.ranking.groups()[g];
    const QRect first = cardOf(group.first())->rect, last = cardOf(group.last())->rect;
    p.setPen(t.text);
    p.setFont(Theme::font(FontRole::Figure));
    p.drawText(QRect(0, first.top() - 2, right, Theme::px(28)), Qt::AlignRight | Qt::AlignVCenter,
               QString::number(g + 1));
    if (group.size() < 2) continue;
    p.setPen(t.muted);
    p.setFont(Theme::font(FontRole::Small));
    p.drawText(QRect(0, first.top() + Theme::px(25), right, Theme::px(16)), Qt::AlignRight | Qt::AlignVCenter,
               tr("tie"));
    p.setPen(QPen(t.accent, 2));
    const qreal x = right + 5, top = first.top() + 5, bottom = last.bottom() - 4;
    p.drawPolyline(QPolygonF{{x + 5, top}, {x, top}, {x, bottom}, {x + 5, bottom}});
  }
}

void AnswerBoard::paintCard(QPainter& p, const Card& card) const {
  const Theme& t = Theme::current();
  const Answer& answer = task.answers[card.answer];
  const bool isChosen = card.answer == task.chosen;
  p.setPen(QPen(isChosen ? t.accent : t.border, 1));
  p.setBrush(t.surface);
  p.drawRoundedRect(QRectF(card.rect).adjusted(0.5, 0.5, -0.5, -0.5), metric::radius, metric::radius);
  if (isChosen && hasFocus()) {
    p.setPen(QPen(t.accent, 2));
    p.setBrush(Qt::NoBrush);
    p.drawRoundedRect(QRectF(card.rect).adjusted(1, 1, -1, -1), metric::radius, metric::radius);
  }
  // The letter, and the grip under it.
  const int cap = Theme::px(17);
  const QRect letter(card.rect.left() + 6, card.rect.top() + 8, cap, cap);
  p.setPen(QPen(isChosen ? t.accent : t.outline, 1));
  p.setBrush(isChosen ? t.selection : t.surface);
  p.drawRoundedRect(QRectF(letter).adjusted(0.5, 0.5, -0.5, -0.5), metric::radiusTag, metric::radiusTag);
  p.setPen(t.text);
  p.setFont(Theme::font(FontRole::Small, true));
  p.drawText(letter, Qt::AlignCenter, QString(QChar(u'A' + card.answer)));
  Icons::paint(p, QRectF(letter.center().x() - 7.5, letter.bottom() + 5, 16, 16), QStringLiteral("grip"), t.muted);

  p.setPen(answer.text.isEmpty() ? t.muted : t.text);
  card.text->draw(&p, {});
  if (!card.made.isEmpty()) {
    p.setFont(Theme::font(FontRole::Small));
    p.setPen(t.muted);
    p.drawText(QRect(card.rating.left(), card.rating.top() - Theme::px(18) - 3,
                     card.rect.right() - card.rating.left() - 12, Theme::px(18)),
               Qt::AlignLeft | Qt::AlignVCenter, card.made);
  }
  paintRating(p, card);
  for (const auto& [flag, where] : card.flags)
    Tag::paint(p, where, labels::flagWords(flag), Tag::Warning, QStringLiteral("flag"));
}

void AnswerBoard::paintRating(QPainter& p, const Card& card) const {
  const Theme& t = Theme::current();
  const int rating = task.answers[card.answer].rating;
  const QRectF box = QRectF(card.rating).adjusted(0.5, 0.5, -0.5, -0.5);
  const int wide = card.rating.width() / 7;
  p.setFont(Theme::font(FontRole::Dense));
  p.setPen(QPen(t.outline, 1));
  p.setBrush(Qt::NoBrush);
  p.drawRoundedRect(box, metric::radiusTag, metric::radiusTag);
  for (int i = 1; i <= 7; ++i) {
    const QRect one(card.rating.left() + (i - 1) * wide, card.rating.top(), wide, card.rating.height());
    if (i > 1 && i != rating && i - 1 != rating) {
      p.setPen(QPen(t.border, 1));
      p.drawLine(QPointF(one.left() + 0.5, one.top() + 1.5), QPointF(one.left() + 0.5, one.bottom() - 0.5));
    }
    QFont font = Theme::font(FontRole::Dense, i == rating);
    p.setFont(font);
    if (i == rating) {
      p.setPen(Qt::NoPen);
      p.setBrush(t.accent);
      p.drawRoundedRect(QRectF(one), metric::radiusTag, metric::radiusTag);
    }
    p.setPen(i == rating ? t.accentText : t.muted);
    p.drawText(one, Qt::AlignCenter, QString::number(i));
  }
  if (rating == 0) return;
  p.setFont(Theme::font(FontRole::Body));
  p.setPen(t.muted);
  p.drawText(QRect(card.rating.right() + 9, card.rating.top(), card.rect.width(), card.rating.height()),
             Qt::AlignLeft | Qt::AlignVCenter, labels::ratingWords(rating));
}

} // namespace attune
