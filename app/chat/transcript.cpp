#include "chat/transcript.h"

#include "chat/chat_session.h"
#include "chat/token_popover.h"
#include "engine/engine.h"
#include "widgets/theme.h"
#include <QScrollBar>

namespace attune {

int Transcript::markHeight() { return Theme::px(32); }

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
    anchor = head = {};
    focusedTurn = focusedButton = -1;
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
  place.tableTop = place.noteTop = place.actionsTop = -1;
  place.candidates.set(what.streaming ? CandidateSet() : what.record.candidates, textWidth());
  if (!place.candidates.isEmpty()) {
    place.tableTop = y + 8;
    y += 8 + place.candidates.height() + 4;
  }
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

QString Transcript::judgeName(const CandidateSet& candidates) const {
  const ModelEntry* entry = engine.model(candidates.judge);
  return entry ? entry->name : candidates.judge.section(QLatin1Char('/'), -1);
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
  if (place.tableTop >= 0) {
    const QRect head = place.candidates.rankRect().translated(textLeft(), place.tableTop);
    add(Action::Rank, "label", tr("Rank these"), "Ctrl+L");
    all.last().rect.moveTopRight(head.topRight());
    x = textLeft() - 6;
  }
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

} // namespace attune
