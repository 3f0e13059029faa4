// The conversation under the pointer and the keys: what a token is, what is selected, which button is pressed.
#include "chat/chat_session.h"
#include "chat/token_popover.h"
#include "chat/transcript.h"
#include "engine/engine.h"
#include <QApplication>
#include <QClipboard>
#include <QMouseEvent>
#include <QScrollBar>

namespace attune {

void Transcript::hoverAt(QPoint at) {
  const QPoint point = toContent(at);
  const int turn = turnAt(point.y());
  bool hand = false;
  int token = -1;
  if (turn >= 0) {
    for (const Button& b : buttons(turn)) hand = hand || (b.enabled && b.rect.contains(point));
    const Place& place = places[size_t(turn)];
    hand = hand || (place.tableTop >= 0 && place.candidates.wouldClick(point - QPoint(textLeft(), place.tableTop)));
    const ChatTurn& what = session.turns()[turn];
    if (!what.places.empty()) {
      const int place = places[size_t(turn)].text.characterAt(point - QPoint(textLeft(), places[size_t(turn)].textTop));
      if (place >= 0) token = tokenAt(what.places, place);
    }
  }
  const bool overText = turn >= 0 && point.x() >= textLeft() &&
                        point.y() < places[size_t(turn)].textTop + places[size_t(turn)].text.height();
  viewport()->setCursor(hand ? Qt::PointingHandCursor : overText ? Qt::IBeamCursor : Qt::ArrowCursor);
  if (!hover || ladder->isPinned()) {
    viewport()->update();
    return;
  }
  if (token >= 0) {
    leave.stop();
    if (turn != hoveredTurn || token != hoveredToken || !ladder->isVisible()) showPopover(turn, token, false);
  } else if (ladder->isVisible() && !leave.isActive()) {
    leave.start();
  }
  viewport()->update();
}

void Transcript::showPopover(int turn, int token, bool pinned) {
  const ChatTurn& what = session.turns()[turn];
  const ModelTextPtr text = engine.text(what.record.model);
  if (!text || size_t(token) >= what.record.tokens.size() || what.record.tokens[size_t(token)].likeliest.empty())
    return;
  const QRect rect = tokenRect(turn, token);
  if (rect.isEmpty()) return;
  ladder->setProperty("turn", turn);
  ladder->setProperty("token", token);
  ladder->show(QRect(viewport()->mapToGlobal(rect.topLeft()), rect.size()), what.record.tokens[size_t(token)],
               *text->tokenizer, !session.busy());
  ladder->setPinned(pinned);
  hoveredTurn = turn;
  hoveredToken = token;
  viewport()->update();
}

QRect Transcript::tokenRect(int turn, int token) const {
  if (turn < 0 || size_t(turn) >= places.size()) return {};
  const ChatTurn& what = session.turns()[turn];
  if (token < 0 || size_t(token) >= what.places.size()) return {};
  TokenPlace place = what.places[size_t(token)];
  while (place.length > 1 && what.record.text[place.start].isSpace()) ++place.start, --place.length;
  const QList<QRectF> rects = places[size_t(turn)].text.rectsOf(place.start, place.length);
  if (rects.isEmpty()) return {};
  return rects.first()
      .translated(textLeft(), places[size_t(turn)].textTop - verticalScrollBar()->value())
      .toAlignedRect();
}

QRect Transcript::actionRect(int turn, Action action) const {
  if (turn < 0 || size_t(turn) >= places.size()) return {};
  for (const Button& b : buttons(turn))
    if (b.action == action && b.enabled) return b.rect.translated(0, -verticalScrollBar()->value());
  return {};
}

QRect Transcript::candidateRect(int turn, int row) const {
  if (turn < 0 || size_t(turn) >= places.size() || places[size_t(turn)].tableTop < 0) return {};
  const Place& place = places[size_t(turn)];
  return place.candidates.rowRect(row).translated(textLeft(), place.tableTop - verticalScrollBar()->value());
}

bool Transcript::viewportEvent(QEvent* e) {
  if (e->type() == QEvent::Leave) {
    pointer = {-1, -1};
    if (ladder->isVisible()) leave.start();
    viewport()->update();
  }
  return QAbstractScrollArea::viewportEvent(e);
}

// --- selection

Transcript::Mark Transcript::markAt(QPoint viewport) const {
  const QPoint point = toContent(viewport);
  for (int i = 0; i < int(places.size()); ++i) {
    const Place& place = places[size_t(i)];
    if (point.y() >= place.bottom && i + 1 < int(places.size())) continue;
    const int length = int(session.turns()[i].record.text.size());
    if (point.y() < place.textTop) return {i, 0};
    if (point.y() >= place.textTop + place.text.height()) return {i, length};
    return {i, place.text.nearestCharacter(point - QPoint(textLeft(), place.textTop))};
  }
  return {};
}

std::pair<int, int> Transcript::selectedIn(int turn) const {
  const Mark from = std::min(anchor, head), to = std::max(anchor, head);
  if (from.turn < 0 || turn < from.turn || turn > to.turn || turn >= session.turns().size()) return {0, 0};
  const int length = int(session.turns()[turn].record.text.size());
  return {turn == from.turn ? std::min(from.at, length) : 0, turn == to.turn ? std::min(to.at, length) : length};
}

QString Transcript::selectedText() const {
  QStringList parts;
  for (int turn = 0; turn < session.turns().size(); ++turn)
    if (const auto [from, to] = selectedIn(turn); to > from)
      parts << session.turns()[turn].record.text.mid(from, to - from).trimmed();
  return parts.join(QStringLiteral("\n\n"));
}

void Transcript::selectAll() {
  if (session.turns().isEmpty()) return;
  anchor = {0, 0};
  head = {int(session.turns().size()) - 1, int(session.turns().last().record.text.size())};
  viewport()->update();
}

QPoint Transcript::textPoint(int turn, int character) const {
  const Place& place = places[size_t(turn)];
  const QList<QRectF> rects = place.text.rectsOf(character, 1);
  if (rects.isEmpty()) return {};
  return (rects.first().topLeft() + QPointF(1, rects.first().height() / 2)).toPoint() +
         QPoint(textLeft(), place.textTop - verticalScrollBar()->value());
}

void Transcript::mouseMoveEvent(QMouseEvent* e) {
  pointer = e->pos();
  if (!(e->buttons() & Qt::LeftButton) || anchor.turn < 0) return hoverAt(e->pos());
  const int past = e->pos().y() < 0 ? e->pos().y() : std::max(0, e->pos().y() - viewport()->height());
  if (past) verticalScrollBar()->setValue(verticalScrollBar()->value() + std::clamp(past, -60, 60));
  head = markAt(e->pos());
  if (head != anchor) ladder->hide();
  viewport()->update();
}

void Transcript::mousePressEvent(QMouseEvent* e) {
  if (e->button() != Qt::LeftButton) return;
  const QPoint point = toContent(e->pos());
  const int turn = turnAt(point.y());
  focusedButton = -1;
  if (turn >= 0)
    for (const Button& b : buttons(turn))
      if (b.rect.contains(point)) {
        if (b.enabled) Q_EMIT actionAsked(turn, b.action);
        return;
      }
  if (turn >= 0) {
    Place& place = places[size_t(turn)];
    if (place.tableTop >= 0 && place.candidates.click(point - QPoint(textLeft(), place.tableTop))) {
      anchor = head = {};
      for (int i = turn; i < int(places.size()); ++i) layTurn(i, false);
      return settle();
    }
  }
  head = markAt(e->pos());
  if (!(e->modifiers() & Qt::ShiftModifier) || anchor.turn < 0) anchor = head;
  viewport()->update();
}

// A click on a token keeps its popover; a drag selects text.
void Transcript::mouseReleaseEvent(QMouseEvent* e) {
  if (e->button() != Qt::LeftButton || anchor.turn < 0 || anchor != head || !hover) return;
  const int turn = turnAt(toContent(e->pos()).y());
  if (turn < 0) return;
  const ChatTurn& what = session.turns()[turn];
  const Place& place = places[size_t(turn)];
  const int at = place.text.characterAt(toContent(e->pos()) - QPoint(textLeft(), place.textTop));
  const int token = at < 0 ? -1 : tokenAt(what.places, at);
  if (token >= 0) showPopover(turn, token, true);
}

void Transcript::mouseDoubleClickEvent(QMouseEvent* e) {
  const int turn = turnAt(toContent(e->pos()).y());
  if (turn < 0 || e->button() != Qt::LeftButton) return;
  const QString& text = session.turns()[turn].record.text;
  const Place& place = places[size_t(turn)];
  const int at = place.text.characterAt(toContent(e->pos()) - QPoint(textLeft(), place.textTop));
  if (at < 0) return;
  int from = at, to = at;
  while (from > 0 && text[from - 1].isLetterOrNumber()) --from;
  while (to < text.size() && text[to].isLetterOrNumber()) ++to;
  anchor = {turn, from};
  head = {turn, to};
  viewport()->update();
}

// --- keys

int Transcript::focusTurn() const {
  return focusedTurn >= 0 && focusedTurn < session.turns().size() ? focusedTurn : session.lastReply();
}

QList<Transcript::Button> Transcript::focusable() const {
  const int turn = focusTurn();
  if (turn < 0 || size_t(turn) >= places.size()) return {};
  QList<Button> all = buttons(turn);
  all.removeIf([](const Button& b) { return !b.enabled; });
  return all;
}

std::optional<Transcript::Action> Transcript::focusedAction() const {
  if (!hasFocus() || focusedButton < 0) return std::nullopt;
  const QList<Button> all = focusable();
  return all.isEmpty() ? std::nullopt : std::optional(all[std::min<qsizetype>(focusedButton, all.size() - 1)].action);
}

// Says to who reads aloud what the focus is on, and shows it.
void Transcript::focusOn(int turn, int button) {
  focusedTurn = turn;
  focusedButton = button;
  const int at = focusTurn();
  const QList<Button> all = focusable();
  QString words;
  if (at >= 0) words = session.turns()[at].record.text.simplified();
  if (button >= 0 && button < all.size()) {
    const Button& b = all[button];
    const QString name = b.action == Action::Older   ? tr("Older version")
                         : b.action == Action::Newer ? tr("Newer version")
                                                     : b.words;
    words = tr("Button %1 of the reply: %2").arg(name, words);
    if (b.action == Action::Rank)
      words +=
          QLatin1Char('\n') + places[size_t(at)].candidates.words(judgeName(session.turns()[at].record.candidates));
    QScrollBar* bar = verticalScrollBar();
    if (b.rect.bottom() + 8 > bar->value() + viewport()->height())
      bar->setValue(b.rect.bottom() + 8 - viewport()->height());
    if (b.rect.top() - 8 < bar->value()) bar->setValue(b.rect.top() - 8);
  }
  setAccessibleDescription(words);
  viewport()->update();
}

bool Transcript::focusNextPrevChild(bool next) {
  const int count = hasFocus() ? int(focusable().size()) : 0;
  const int to = focusedButton + (next ? 1 : -1);
  if (count == 0 || to >= count || to < -1) {
    focusedTurn = focusedButton = -1;
    return QAbstractScrollArea::focusNextPrevChild(next);
  }
  focusOn(focusedTurn, to);
  return true;
}

void Transcript::focusInEvent(QFocusEvent* e) {
  QAbstractScrollArea::focusInEvent(e);
  focusOn(-1, e->reason() == Qt::BacktabFocusReason ? int(focusable().size()) - 1 : -1);
}

void Transcript::focusOutEvent(QFocusEvent* e) {
  QAbstractScrollArea::focusOutEvent(e);
  focusedButton = -1;
  viewport()->update();
}

void Transcript::keyPressEvent(QKeyEvent* e) {
  QScrollBar* bar = verticalScrollBar();
  const bool control = e->modifiers() & Qt::ControlModifier;
  if (e->matches(QKeySequence::Copy)) {
    if (const QString text = selectedText(); !text.isEmpty()) QApplication::clipboard()->setText(text);
  } else if (e->matches(QKeySequence::SelectAll)) {
    selectAll();
  } else if (control && (e->key() == Qt::Key_Up || e->key() == Qt::Key_Down)) {
    const int step = e->key() == Qt::Key_Up ? -1 : 1;
    for (int turn = focusTurn() + step; turn >= 0 && turn < session.turns().size(); turn += step)
      if (session.turns()[turn].isReply()) return focusOn(turn, std::max(0, focusedButton));
  } else if (focusedAction() &&
             (e->key() == Qt::Key_Return || e->key() == Qt::Key_Enter || e->key() == Qt::Key_Space)) {
    Q_EMIT actionAsked(focusTurn(), *focusedAction());
  } else if (e->key() == Qt::Key_Home) {
    bar->setValue(0);
  } else if (e->key() == Qt::Key_End) {
    bar->setValue(bar->maximum());
  } else {
    QAbstractScrollArea::keyPressEvent(e);
  }
}

} // namespace attune
