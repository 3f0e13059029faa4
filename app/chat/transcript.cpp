#include "chat/transcript.h"

#include "chat/chat_session.h"
#include "chat/token_popover.h"
#include "widgets/icons.h"
#include "widgets/theme.h"
#include <QApplication>
#include <QClipboard>
#include <QMouseEvent>
#include <QPainter>
#include <QScrollBar>
#include <QToolTip>

namespace attune {
namespace {

constexpr int leftEdge = 24, roleWidth = 64, widest = 680, between = 12;

int markHeight() { return Theme::px(32); }

} // namespace

Transcript::Transcript(ChatSession& session, Engine& engine, QWidget* parent)
    : QAbstractScrollArea(parent)
    , session(session)
    , engine(engine)
    , ladder(new TokenPopover(this)) {
  setFrameShape(QFrame::NoFrame);
  setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  setFocusPolicy(Qt::StrongFocus);
  setAccessibleName(tr("Conversation"));
  viewport()->setMouseTracking(true);
  viewport()->setAutoFillBackground(false);
  verticalScrollBar()->setSingleStep(22);
  blink.setInterval(250); // 2 Hz
  connect(&blink, &QTimer::timeout, this, [this] {
    caretOn = !caretOn;
    viewport()->update();
  });
  leave.setSingleShot(true);
  leave.setInterval(250); // time to reach the popover
  connect(&leave, &QTimer::timeout, this, [this] {
    if (!ladder->geometry().contains(QCursor::pos())) ladder->leave();
  });
  connect(ladder, &Popover::closed, this, [this] {
    hoveredToken = hoveredTurn = -1;
    viewport()->update();
  });
  connect(ladder, &TokenPopover::chosen, this, [this, &session](int32_t id) {
    const int turn = ladder->property("turn").toInt(), token = ladder->property("token").toInt();
    if (!session.busy()) Q_EMIT continueAsked(turn, token, id);
  });
  connect(&session, &ChatSession::opened, this, [this] {
    selectedTurn = -1;
    hoveredTurn = hoveredToken = -1;
    ladder->hide();
    atEnd = true;
    layAll();
  });
  connect(&session, &ChatSession::turnChanged, this, [this](int turn) {
    if (size_t(turn) >= places.size()) return layAll();
    layTurn(turn, true);
    settle();
  });
  connect(&session, &ChatSession::droppedChanged, this, &Transcript::layAll);
  connect(&session, &ChatSession::stateChanged, this, [this, &session] {
    caretOn = true;
    session.busy() ? blink.start() : blink.stop();
    layAll();
  });
  connect(&ThemeNotifier::instance(), &ThemeNotifier::changed, this, &Transcript::layAll);
}

void Transcript::setHover(bool on) {
  hover = on;
  if (!on) ladder->hide();
}

void Transcript::setMarkRare(bool on) {
  markRare = on;
  viewport()->update();
}

void Transcript::setLookInside(bool on) {
  lookInside = on;
  viewport()->update();
}

void Transcript::setModelName(const QString& name) {
  modelName = name;
  viewport()->update();
}

// --- layout

int Transcript::textLeft() const { return leftEdge + std::max(roleWidth, Theme::px(roleWidth)); }
int Transcript::textWidth() const {
  return std::max(120, std::min(Theme::px(widest), viewport()->width() - textLeft() - leftEdge));
}

void Transcript::layAll() {
  places.clear();
  places.resize(size_t(session.turns().size()));
  for (int i = 0; i < int(places.size()); ++i) layTurn(i, true);
  settle();
}

void Transcript::layTurn(int turn, bool text) {
  Place& place = places[size_t(turn)];
  const ChatTurn& what = session.turns()[turn];
  place.top = turn == 0 ? 4 : places[size_t(turn) - 1].bottom;
  int y = place.top;
  if (session.dropped() > 0 && session.dropped() == turn) y += markHeight();
  y += between;
  place.textTop = y;
  if (text) place.text.set(what, textWidth());
  y += place.text.height();
  place.noteTop = place.actionsTop = -1;
  if (what.isReply()) {
    if (!what.note.isEmpty() || what.streaming) {
      place.noteTop = y + 2;
      y += 2 + Theme::px(18);
    }
    if (!what.streaming) {
      place.actionsTop = y + 4;
      y += 4 + metric::control;
    }
  }
  place.bottom = y;
}

void Transcript::settle() {
  QScrollBar* bar = verticalScrollBar();
  const bool follow = atEnd || bar->value() >= bar->maximum() - 4;
  const int tall = (places.empty() ? 0 : places.back().bottom) + 24;
  bar->setPageStep(viewport()->height());
  bar->setRange(0, std::max(0, tall - viewport()->height()));
  if (follow) bar->setValue(bar->maximum());
  atEnd = false;
  viewport()->update();
}

void Transcript::resizeEvent(QResizeEvent*) {
  const bool follow = verticalScrollBar()->value() >= verticalScrollBar()->maximum() - 4;
  atEnd = follow;
  layAll();
}

void Transcript::scrollContentsBy(int, int) {
  if (!ladder->isPinned()) ladder->hide();
  viewport()->update();
}

QPoint Transcript::toContent(QPoint point) const { return point + QPoint(0, verticalScrollBar()->value()); }

int Transcript::turnAt(int y) const {
  for (size_t i = 0; i < places.size(); ++i)
    if (y >= places[i].top && y < places[i].bottom) return int(i);
  return -1;
}

QList<Transcript::Button> Transcript::buttons(int turn) const {
  QList<Button> all;
  const Place& place = places[size_t(turn)];
  if (place.actionsTop < 0) return all;
  const ChatTurn& what = session.turns()[turn];
  const bool last = turn == session.lastReply();
  const QFontMetrics body(Theme::font(FontRole::Body)), small(Theme::font(FontRole::Small));
  const int right = textLeft() + textWidth();
  const bool roomy = textWidth() > 480;
  int x = textLeft() - 6;
  const auto add = [&](Action action, const char* icon, const QString& words, const char* key) {
    Button b{action, {}, QString::fromLatin1(icon), words, last && roomy ? QString::fromLatin1(key) : QString(), true};
    int wide = 6 + 16 + 6 + body.horizontalAdvance(words) + 6;
    if (!b.key.isEmpty()) wide += 8 + small.horizontalAdvance(b.key);
    b.rect = QRect(x, place.actionsTop, wide, metric::control);
    x += wide + 8;
    all << b;
  };
  if (lookInside && !what.record.text.isEmpty()) add(Action::LookInside, "attention", tr("Look inside"), "Ctrl+I");
  add(Action::Again, "again", tr("Again"), "Ctrl+R");
  add(Action::Edit, "pencil", tr("Edit"), "Ctrl+E");
  if (!what.record.text.isEmpty()) add(Action::Copy, "copy", tr("Copy"), "");
  if (what.versions > 1) {
    const QString words = tr("%1 of %2").arg(what.version + 1).arg(what.versions);
    const int count = body.horizontalAdvance(words);
    int left = right - 28 - 28 - count - 8;
    if (left < x) left = x;
    all << Button{Action::Older,   QRect(left, place.actionsTop, 28, metric::control), QStringLiteral("left"), {}, {},
                  what.version > 0};
    all << Button{Action::Newer,
                  QRect(left + 36 + count, place.actionsTop, 28, metric::control),
                  QStringLiteral("right"),
                  words,
                  {},
                  what.version + 1 < what.versions};
  }
  for (Button& b : all) b.enabled = b.enabled && (!session.busy() || b.action == Action::Copy);
  return all;
}

// --- painting

void Transcript::paintEvent(QPaintEvent*) {
  const Theme& t = Theme::current();
  QPainter p(viewport());
  p.fillRect(viewport()->rect(), t.surface);
  const int from = verticalScrollBar()->value();
  p.translate(0, -from);
  for (size_t i = 0; i < places.size(); ++i)
    if (places[i].bottom >= from && places[i].top <= from + viewport()->height()) paintTurn(p, int(i));
  if (hasFocus()) {
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
  if (turn == selectedTurn) {
    marks.selectionStart = std::min(anchor, head);
    marks.selectionEnd = std::max(anchor, head);
  }
  if (what.record.text.isEmpty() && what.isReply() && !what.streaming) {
    p.setFont(Theme::font(FontRole::Reading));
    p.setPen(t.muted);
    p.drawText(QRect(textLeft(), place.textTop, textWidth(), Theme::px(22)), Qt::AlignLeft | Qt::AlignVCenter,
               what.record.finish == QLatin1String("eos") ? tr("(it said nothing)") : QString());
  } else {
    place.text.paint(p, QPointF(textLeft(), place.textTop), what, marks);
  }
  if (place.noteTop >= 0) {
    p.setFont(Theme::font(FontRole::Small));
    p.setPen(t.muted);
    p.drawText(
        QRect(textLeft(), place.noteTop, textWidth(), Theme::px(18)), Qt::AlignLeft | Qt::AlignVCenter,
        p.fontMetrics().elidedText(what.note.isEmpty() ? tr("Reading") : what.note, Qt::ElideRight, textWidth()));
  }
  for (const Button& b : buttons(turn)) paintButton(p, b, b.rect.contains(toContent(pointer)));
}

void Transcript::paintButton(QPainter& p, const Button& b, bool hovered) const {
  const Theme& t = Theme::current();
  const QColor ink = b.enabled ? t.text : t.muted;
  if (hovered && b.enabled) {
    p.setRenderHint(QPainter::Antialiasing);
    p.setPen(Qt::NoPen);
    p.setBrush(t.hover);
    p.drawRoundedRect(b.rect, metric::radius, metric::radius);
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

// --- pointer and keys

void Transcript::hoverAt(QPoint at) {
  const QPoint point = toContent(at);
  const int turn = turnAt(point.y());
  bool hand = false;
  int token = -1;
  if (turn >= 0) {
    for (const Button& b : buttons(turn)) hand = hand || (b.enabled && b.rect.contains(point));
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

bool Transcript::viewportEvent(QEvent* e) {
  if (e->type() == QEvent::Leave) {
    pointer = {-1, -1};
    if (ladder->isVisible()) leave.start();
    viewport()->update();
  }
  return QAbstractScrollArea::viewportEvent(e);
}

void Transcript::mouseMoveEvent(QMouseEvent* e) {
  pointer = e->pos();
  if ((e->buttons() & Qt::LeftButton) && selectedTurn >= 0) {
    const Place& place = places[size_t(selectedTurn)];
    head = place.text.nearestCharacter(toContent(e->pos()) - QPoint(textLeft(), place.textTop));
    if (head != anchor) ladder->hide();
    viewport()->update();
    return;
  }
  hoverAt(e->pos());
}

void Transcript::mousePressEvent(QMouseEvent* e) {
  if (e->button() != Qt::LeftButton) return;
  const QPoint point = toContent(e->pos());
  const int turn = turnAt(point.y());
  selectedTurn = -1;
  pressTurn = turn;
  if (turn >= 0) {
    for (const Button& b : buttons(turn))
      if (b.rect.contains(point)) {
        if (b.enabled) Q_EMIT actionAsked(turn, b.action);
        return;
      }
    const Place& place = places[size_t(turn)];
    if (point.y() >= place.textTop && point.y() < place.textTop + place.text.height()) {
      selectedTurn = turn;
      anchor = head = place.text.nearestCharacter(point - QPoint(textLeft(), place.textTop));
    }
  }
  viewport()->update();
}

// A click on a token keeps its popover; a drag selects text.
void Transcript::mouseReleaseEvent(QMouseEvent* e) {
  if (e->button() != Qt::LeftButton || selectedTurn < 0 || anchor != head || !hover) return;
  const ChatTurn& what = session.turns()[selectedTurn];
  const Place& place = places[size_t(selectedTurn)];
  const int at = place.text.characterAt(toContent(e->pos()) - QPoint(textLeft(), place.textTop));
  const int token = at < 0 ? -1 : tokenAt(what.places, at);
  if (token >= 0) showPopover(selectedTurn, token, true);
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
  selectedTurn = turn;
  anchor = from;
  head = to;
  viewport()->update();
}

QString Transcript::selectedText() const {
  if (selectedTurn < 0 || selectedTurn >= session.turns().size()) return {};
  return session.turns()[selectedTurn].record.text.mid(std::min(anchor, head), std::abs(head - anchor));
}

void Transcript::keyPressEvent(QKeyEvent* e) {
  QScrollBar* bar = verticalScrollBar();
  if (e->matches(QKeySequence::Copy)) {
    if (const QString text = selectedText(); !text.isEmpty()) QApplication::clipboard()->setText(text);
  } else if (e->key() == Qt::Key_Home) {
    bar->setValue(0);
  } else if (e->key() == Qt::Key_End) {
    bar->setValue(bar->maximum());
  } else {
    QAbstractScrollArea::keyPressEvent(e);
  }
}

} // namespace attune
