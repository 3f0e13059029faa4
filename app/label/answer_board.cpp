#include "label/answer_board.h"

#include "store/labels.h"
#include "widgets/icons.h"
#include "widgets/labels.h"
#include "widgets/theme.h"
#include <QApplication>
#include <QHelpEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QScrollBar>
#include <QToolTip>

namespace attune {
namespace {

constexpr int topMargin = 10, textLeft = 31, textTop = 7, inner = 12;
constexpr int between = 8, withinTie = 4, longestLine = 820;

int lineHeight() { return std::max(Theme::px(20), QFontMetrics(Theme::font(FontRole::Reading)).height()); }
int ratingHeight() { return Theme::px(20); }
int segment() { return Theme::px(22); }
QString letterOf(int answer) { return QString(QChar(u'A' + answer)); }

} // namespace

AnswerBoard::AnswerBoard(QWidget* parent)
    : QAbstractScrollArea(parent) {
  setFrameShape(QFrame::NoFrame);
  setFocusPolicy(Qt::StrongFocus);
  setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  viewport()->setMouseTracking(true);
  viewport()->setAutoFillBackground(false);
  setAccessibleName(tr("Answers"));
}

void AnswerBoard::setTask(const LabelTask& fresh, bool revealed) {
  if (!fresh.same(task) || fresh.answers.size() != task.answers.size()) {
    endDrag();
    pressed = -1;
    verticalScrollBar()->setValue(0);
  }
  task = fresh;
  reveal = revealed;
  layOut();
  describe();
}

void AnswerBoard::setMessage(const QString& words) {
  if (words == message) return;
  message = words;
  layOut();
}

void AnswerBoard::describe() {
  if (task.chosen < 0 || task.chosen >= task.answers.size()) return setAccessibleDescription(message);
  const Answer& a = task.answers[task.chosen];
  const int rank = task.ranking.rankOf(task.chosen);
  QStringList words{tr("Answer %1").arg(letterOf(task.chosen)),
                    rank ? task.ranking.tied(task.chosen) ? tr("rank %1, tied").arg(rank) : tr("rank %1").arg(rank)
                         : tr("no rank")};
  if (a.rating) words << tr("rated %1, %2").arg(a.rating).arg(labels::ratingWords(a.rating));
  for (const QString& flag : a.flags) words << labels::flagWords(flag);
  setAccessibleDescription(words.join(QStringLiteral(", ")) + QStringLiteral(": ") + a.text);
}

// --- layout

int AnswerBoard::layOutCard(Card& card, int top, int width) {
  const Answer& answer = task.answers[card.answer];
  const int left = gutter, room = std::min(width - textLeft - inner, Theme::px(longestLine));
  QString shown = answer.text;
  shown.replace(QLatin1Char('\n'), QChar::LineSeparator);
  card.text =
      std::make_unique<QTextLayout>(shown.isEmpty() ? tr("(an empty answer)") : shown, Theme::font(FontRole::Reading));
  QTextOption option;
  option.setWrapMode(QTextOption::WrapAtWordBoundaryOrAnywhere);
  card.text->setTextOption(option);
  card.text->beginLayout();
  int y = top + textTop;
  for (QTextLine line = card.text->createLine(); line.isValid(); line = card.text->createLine()) {
    line.setLineWidth(room);
    line.setPosition(QPointF(left + textLeft, y + (lineHeight() - line.height()) / 2));
    y += lineHeight();
  }
  card.text->endLayout();
  card.made.clear();
  if (reveal && !answer.model.isEmpty()) {
    card.made = answer.sampler.greedy ? tr("%1, greedy").arg(modelName ? modelName(answer.model) : answer.model)
                                      : tr("%1, temperature %2")
                                            .arg(modelName ? modelName(answer.model) : answer.model)
                                            .arg(answer.sampler.temperature);
    y += Theme::px(18);
  }
  y += 5;
  card.rating = QRect(left + textLeft, y, 7 * segment(), ratingHeight());
  // The tags stand at the right; in lines of their own where they do not fit beside the rating.
  card.flags.clear();
  const int right = left + width - inner;
  int wordsRight = card.rating.right() + 12;
  if (answer.rating)
    wordsRight += QFontMetrics(Theme::font(FontRole::Body)).horizontalAdvance(labels::ratingWords(answer.rating)) + 12;
  int line = y, from = wordsRight, used = 0;
  QList<int> widths;
  QList<QList<int>> lines{{}};
  for (int i = 0; i < answer.flags.size(); ++i) {
    widths << Tag::sizeOf(labels::flagWords(answer.flags[i]), QStringLiteral("flag")).width();
    if (used + widths[i] > right - from && !(lines.last().isEmpty() && from < wordsRight)) {
      lines << QList<int>{};
      from = left + textLeft;
      used = 0;
    }
    lines.last() << i;
    used += widths[i] + 8;
  }
  for (int l = 0; l < lines.size(); ++l) {
    int x = right;
    for (int i = int(lines[l].size()) - 1; i >= 0; --i) {
      x -= widths[lines[l][i]];
      card.flags << qMakePair(answer.flags[lines[l][i]], QPoint(x, line + ratingHeight() / 2));
      x -= 8;
    }
    if (l + 1 < lines.size()) line += ratingHeight() + 4;
  }
  const int bottom = line + ratingHeight() + 9;
  card.rect = QRect(left, top, width, bottom - top);
  return bottom - top;
}

void AnswerBoard::layOut() {
  cards.clear();
  restTop = -1;
  const int width = viewport()->width() - gutter - rightMargin;
  int y = topMargin;
  const auto add = [&](int answer) {
    cards.emplace_back();
    cards.back().answer = answer;
    y += layOutCard(cards.back(), y, width);
  };
  for (const QList<int>& group : task.ranking.groups()) {
    for (int i = 0; i < group.size(); ++i) {
      if (i) y += withinTie;
      add(group[i]);
    }
    y += between;
  }
  const QList<int> rest = task.ranking.unranked();
  if (!rest.isEmpty()) {
    if (!cards.empty()) {
      restTop = y;
      y += Theme::px(24);
    }
    for (const int answer : rest) {
      add(answer);
      y += between;
    }
  }
  if (!message.isEmpty()) y += Theme::px(32);
  contentHeight = y;
  verticalScrollBar()->setPageStep(viewport()->height());
  verticalScrollBar()->setSingleStep(lineHeight());
  verticalScrollBar()->setRange(0, std::max(0, contentHeight - viewport()->height()));
  viewport()->update();
}

void AnswerBoard::showAnswer(int answer) {
  const Card* card = cardOf(answer);
  if (!card) return;
  QScrollBar* bar = verticalScrollBar();
  const int margin = topMargin;
  if (card->rect.bottom() + margin > bar->value() + viewport()->height())
    bar->setValue(card->rect.bottom() + margin - viewport()->height());
  if (card->rect.top() - margin < bar->value()) bar->setValue(card->rect.top() - margin);
}

const AnswerBoard::Card* AnswerBoard::cardOf(int answer) const {
  for (const Card& card : cards)
    if (card.answer == answer) return &card;
  return nullptr;
}

const AnswerBoard::Card* AnswerBoard::cardAt(const QPoint& content) const {
  for (const Card& card : cards)
    if (card.rect.contains(content)) return &card;
  return nullptr;
}

QPoint AnswerBoard::toContent(const QPointF& at) const {
  return at.toPoint() + QPoint(0, verticalScrollBar()->value());
}

QRect AnswerBoard::cardRect(int answer) const {
  const Card* card = cardOf(answer);
  return card ? card->rect.translated(0, -verticalScrollBar()->value()) : QRect();
}

QRect AnswerBoard::ratingRect(int answer, int rating) const {
  const Card* card = cardOf(answer);
  if (!card) return {};
  return QRect(card->rating.left() + (rating - 1) * segment(), card->rating.top(), segment(), card->rating.height())
      .translated(0, -verticalScrollBar()->value());
}

// --- the pointer

void AnswerBoard::mousePressEvent(QMouseEvent* e) {
  if (e->button() != Qt::LeftButton) return;
  const QPoint at = toContent(e->position());
  const Card* card = cardAt(at);
  if (!card) return;
  const int answer = card->answer;
  if (card->rating.contains(at)) {
    const int rating = (at.x() - card->rating.left()) / segment() + 1;
    Q_EMIT chosen(answer);
    Q_EMIT rated(answer, std::min(rating, 7));
    return;
  }
  pressed = answer;
  pressedAt = at;
  Q_EMIT chosen(answer);
}

void AnswerBoard::mouseMoveEvent(QMouseEvent* e) {
  pointer = toContent(e->position());
  if (pressed >= 0 && !dragging && (pointer - pressedAt).manhattanLength() >= QApplication::startDragDistance()) {
    dragging = true;
    viewport()->setCursor(Qt::ClosedHandCursor);
  }
  if (dragging) {
    const int y = int(e->position().y()), edge = Theme::px(28);
    QScrollBar* bar = verticalScrollBar();
    if (y < edge) bar->setValue(bar->value() - edge / 2);
    if (y > viewport()->height() - edge) bar->setValue(bar->value() + edge / 2);
    drop = dropAt(pointer);
    viewport()->update();
    return;
  }
  const Card* card = cardAt(pointer);
  viewport()->setCursor(!card                            ? Qt::ArrowCursor
                        : card->rating.contains(pointer) ? Qt::PointingHandCursor
                                                         : Qt::OpenHandCursor);
}

void AnswerBoard::mouseReleaseEvent(QMouseEvent* e) {
  if (e->button() != Qt::LeftButton) return;
  const int answer = pressed;
  const Drop where = dragging ? dropAt(toContent(e->position())) : Drop{};
  pressed = -1;
  endDrag();
  if (where.kind == Drop::Insert) Q_EMIT inserted(answer, where.group);
  if (where.kind == Drop::Join) Q_EMIT joined(answer, where.group);
  if (where.kind == Drop::Unrank) Q_EMIT unranked(answer);
}

void AnswerBoard::endDrag() {
  dragging = false;
  drop = {};
  viewport()->unsetCursor();
  viewport()->update();
}

// The middle half of a card ties; what lies between the groups is a rank of its own.
AnswerBoard::Drop AnswerBoard::dropAt(const QPoint& at) const {
  const int groups = int(task.ranking.groups().size());
  if (restTop >= 0 && at.y() >= restTop + Theme::px(12)) return {Drop::Unrank, 0, restTop + Theme::px(12)};
  int lastBottom = topMargin;
  for (int g = 0; g < groups; ++g) {
    const QList<int>& group = task.ranking.groups()[g];
    const QRect first = cardOf(group.first())->rect, last = cardOf(group.last())->rect;
    const int before = g == 0 ? topMargin / 2 : first.top() - between / 2;
    if (at.y() < first.top() + first.height() / 4) return {Drop::Insert, g, before};
    if (at.y() <= last.bottom() - last.height() / 4) {
      if (group.size() == 1 && group.first() == pressed) return {};
      return {Drop::Join, g, 0};
    }
    lastBottom = last.bottom() + between / 2;
  }
  return {Drop::Insert, groups, groups ? lastBottom : topMargin / 2};
}

bool AnswerBoard::viewportEvent(QEvent* e) {
  if (e->type() == QEvent::ToolTip) {
    const auto* help = static_cast<QHelpEvent*>(e);
    const QPoint at = toContent(QPointF(help->pos()));
    if (const Card* card = cardAt(at))
      for (const auto& [flag, where] : card->flags) {
        const QSize size = Tag::sizeOf(labels::flagWords(flag), QStringLiteral("flag"));
        if (!QRect(where.x(), where.y() - size.height() / 2, size.width(), size.height()).contains(at)) continue;
        for (const labels::Flag& known : labels::flags())
          if (flag == QLatin1String(known.id))
            QToolTip::showText(help->globalPos(), QString::fromLatin1(known.question), viewport());
        return true;
      }
    QToolTip::hideText();
    return true;
  }
  return QAbstractScrollArea::viewportEvent(e);
}

// The panel has the keys; only the pages are this view's own.
void AnswerBoard::keyPressEvent(QKeyEvent* e) {
  if (dragging && e->key() == Qt::Key_Escape) {
    pressed = -1;
    endDrag();
  } else if (e->key() == Qt::Key_PageUp || e->key() == Qt::Key_PageDown) {
    QAbstractScrollArea::keyPressEvent(e);
  } else {
    e->ignore();
  }
}

void AnswerBoard::resizeEvent(QResizeEvent*) {
  layOut();
  showAnswer(task.chosen);
}

void AnswerBoard::changeEvent(QEvent* e) {
  QAbstractScrollArea::changeEvent(e);
  if (e->type() == QEvent::FontChange || e->type() == QEvent::StyleChange) layOut();
}

void AnswerBoard::focusInEvent(QFocusEvent*) { viewport()->update(); }
void AnswerBoard::focusOutEvent(QFocusEvent*) { viewport()->update(); }

} // namespace attune
