// How the conversation looks.
#include "chat/chat_session.h"
#include "chat/transcript.h"
#include "widgets/icons.h"
#include "widgets/theme.h"
#include <QPainter>
#include <QScrollBar>
#include <tuple>

namespace attune {

void Transcript::paintEvent(QPaintEvent*) {
  const Theme& t = Theme::current();
  QPainter p(viewport());
  p.fillRect(viewport()->rect(), t.surface);
  const int from = verticalScrollBar()->value();
  p.translate(0, -from);
  for (size_t i = 0; i < places.size(); ++i)
    if (places[i].bottom >= from && places[i].top <= from + viewport()->height()) paintTurn(p, int(i));
  if (hasFocus() && focusedButton < 0) {
    p.resetTransform();
    p.setPen(QPen(t.accent, 2));
    p.setBrush(Qt::NoBrush);
    p.drawRect(viewport()->rect().adjusted(1, 1, -1, -1));
  }
}

QString Transcript::markText() const {
  const int n = session.dropped();
  if (n <= 0) return {};
  return n == 1 ? tr("%1 no longer sees the message above").arg(modelName)
                : tr("%1 no longer sees the %2 messages above").arg(modelName).arg(n);
}

void Transcript::paintTurn(QPainter& p, int turn) const {
  const Theme& t = Theme::current();
  const Place& place = places[size_t(turn)];
  const ChatTurn& what = session.turns()[turn];
  if (session.dropped() > 0 && session.dropped() == turn) {
    p.setFont(Theme::font(FontRole::Small));
    p.setPen(t.warning);
    const QRect row(leftEdge, place.top, textLeft() + textWidth() - leftEdge, markHeight());
    const QString words = p.fontMetrics().elidedText(markText(), Qt::ElideRight, row.width() - 40);
    const int wide = p.fontMetrics().horizontalAdvance(words);
    Icons::paint(p, QRectF(row.left(), row.center().y() - 7, 14, 14), QStringLiteral("warn"), t.warning);
    p.drawText(row.adjusted(20, 0, 0, 0), Qt::AlignLeft | Qt::AlignVCenter, words);
    p.fillRect(QRect(row.left() + 20 + wide + 10, row.center().y(), row.width() - wide - 30, 1), t.border);
  }
  const bool unseen = turn < session.dropped();
  p.setFont(Theme::font(FontRole::Dense, what.isReply()));
  p.setPen(what.isReply() && !unseen ? t.text : t.muted);
  p.drawText(QRect(leftEdge, place.textTop, textLeft() - leftEdge - 6, Theme::px(22)), Qt::AlignLeft | Qt::AlignVCenter,
             what.isReply() ? tr("Reply") : tr("You"));
  TurnLayout::Marks marks;
  marks.rare = markRare && what.isReply();
  marks.token = turn == hoveredTurn ? hoveredToken : -1;
  marks.caret = what.streaming && caretOn;
  std::tie(marks.selectionStart, marks.selectionEnd) = selectedIn(turn);
  if (what.record.text.isEmpty() && what.isReply() && !what.streaming) {
    p.setFont(Theme::font(FontRole::Reading));
    p.setPen(t.muted);
    p.drawText(QRect(textLeft(), place.textTop, textWidth(), Theme::px(22)), Qt::AlignLeft | Qt::AlignVCenter,
               what.record.finish == QLatin1String("eos") ? tr("(it said nothing)") : QString());
  } else {
    place.text.paint(p, QPointF(textLeft(), place.textTop), what, marks);
  }
  if (place.tableTop >= 0)
    place.candidates.paint(p, QPoint(textLeft(), place.tableTop), judgeName(what.record.candidates),
                           toContent(pointer));
  if (place.noteTop >= 0) {
    p.setFont(Theme::font(FontRole::Small));
    p.setPen(t.muted);
    p.drawText(
        QRect(textLeft(), place.noteTop, textWidth(), Theme::px(18)), Qt::AlignLeft | Qt::AlignVCenter,
        p.fontMetrics().elidedText(what.note.isEmpty() ? tr("Reading") : what.note, Qt::ElideRight, textWidth()));
  }
  const std::optional<Action> focused = turn == focusTurn() ? focusedAction() : std::nullopt;
  for (const Button& b : buttons(turn)) paintButton(p, b, b.rect.contains(toContent(pointer)), focused == b.action);
}

void Transcript::paintButton(QPainter& p, const Button& b, bool hovered, bool focused) const {
  const Theme& t = Theme::current();
  const QColor ink = b.enabled ? t.text : t.muted;
  if (hovered && b.enabled) {
    p.setRenderHint(QPainter::Antialiasing);
    p.setPen(Qt::NoPen);
    p.setBrush(t.hover);
    p.drawRoundedRect(b.rect, metric::radius, metric::radius);
    p.setRenderHint(QPainter::Antialiasing, false);
  }
  if (focused) {
    p.setRenderHint(QPainter::Antialiasing);
    p.setPen(QPen(t.accent, 2));
    p.setBrush(Qt::NoBrush);
    p.drawRoundedRect(b.rect.adjusted(1, 1, -1, -1), metric::radius, metric::radius);
    p.setRenderHint(QPainter::Antialiasing, false);
  }
  const bool arrow = b.action == Action::Older || b.action == Action::Newer;
  const int iconLeft = arrow ? b.rect.center().x() - 7 : b.rect.left() + 6;
  Icons::paint(p, QRectF(iconLeft, b.rect.center().y() - 7, 16, 16), b.icon, ink);
  p.setFont(Theme::font(FontRole::Body));
  p.setPen(arrow ? t.text : ink);
  if (b.action == Action::Newer) { // the count stands between the arrows
    p.drawText(QRect(b.rect.left() - 200, b.rect.top(), 196, b.rect.height()), Qt::AlignRight | Qt::AlignVCenter,
               b.words);
  } else if (!arrow) {
    p.drawText(b.rect.adjusted(28, 0, 0, 0), Qt::AlignLeft | Qt::AlignVCenter, b.words);
    if (!b.key.isEmpty()) {
      const int after = p.fontMetrics().horizontalAdvance(b.words);
      p.setFont(Theme::font(FontRole::Small));
      p.setPen(t.muted);
      p.drawText(b.rect.adjusted(28 + after + 8, 1, 0, 1), Qt::AlignLeft | Qt::AlignVCenter, b.key);
    }
  }
}

} // namespace attune
