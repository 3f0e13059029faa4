#include "chat/candidate_table.h"

#include "widgets/icons.h"
#include "widgets/labels.h"
#include "widgets/theme.h"
#include <QPainter>
#include <algorithm>
#include <cmath>

namespace attune {
namespace {

int headHeight() { return std::max(metric::control, Theme::px(28)); }
int rowHeight() { return std::max(metric::row, Theme::px(26)); }
constexpr int tickRoom = 40, barWidth = 72, inner = 8;
int scoreWidth() { return QFontMetrics(Theme::font(FontRole::Dense)).horizontalAdvance(QStringLiteral("−00.00")); }
int textLeft(bool scored) { return scored ? tickRoom + barWidth + 12 + scoreWidth() + 20 : tickRoom; }

} // namespace

QString scoreWords(double score) {
  const QString number = QString::number(std::abs(score), 'f', std::abs(score) < 100 ? 2 : 0);
  return (score < 0 ? QChar(0x2212) : QLatin1Char('+')) + number;
}

void CandidateTable::set(const CandidateSet& candidates, int width) {
  if (!(candidates == what)) {
    opened = -1;
    folded = all = false;
  }
  what = candidates;
  wide = width;
  settle();
}

int CandidateTable::shownRows() const {
  const int count = int(what.list.size());
  return folded ? 0 : all || count <= few + 1 ? count : few;
}

int CandidateTable::openHeight(int row) const {
  if (row != opened) return 0;
  const QFontMetrics metrics(Theme::font(FontRole::Body));
  const QRect room(0, 0, wide - tickRoom - 12, 100000);
  return metrics.boundingRect(room, Qt::TextWordWrap, what.list[row].text.trimmed()).height() +
         12;
}

void CandidateTable::settle() {
  rows.clear();
  tall = what.list.isEmpty() ? 0 : headHeight();
  for (int row = 0; row < shownRows(); ++row) {
    const int high = rowHeight() + openHeight(row);
    rows << QRect(0, tall, wide, high);
    tall += high;
  }
  if (!folded && shownRows() < what.list.size()) tall += rowHeight();
  if (tall) tall += 1;
}

QRect CandidateTable::rankRect() const { return {0, 0, wide - 6, headHeight()}; }
QRect CandidateTable::rowRect(int row) const { return row >= 0 && row < rows.size() ? rows[row] : QRect(); }

int CandidateTable::partAt(QPoint at) const {
  if (at.x() < 0 || at.x() >= wide || at.y() < 0 || at.y() >= tall) return nothing;
  if (at.y() < headHeight()) return head;
  for (int row = 0; row < rows.size(); ++row)
    if (rows[row].contains(at)) return row;
  return rest;
}

bool CandidateTable::click(QPoint at) {
  const int part = partAt(at);
  if (part == nothing) return false;
  if (part == head)
    folded = !folded;
  else if (part == rest)
    all = true;
  else
    opened = opened == part ? -1 : part;
  settle();
  return true;
}

QString CandidateTable::words(const QString& judge) const {
  QStringList lines{what.unscored.isEmpty() ? tr("%1 candidates, scored by %2").arg(what.list.size()).arg(judge)
                                            : tr("%1 candidates, not scored").arg(what.list.size())};
  for (const Candidate& one : what.list)
    lines << (what.unscored.isEmpty() ? scoreWords(one.score) + QStringLiteral(": ") : QString()) +
                 one.text.simplified();
  return lines.join(QLatin1Char('\n'));
}

void CandidateTable::paint(QPainter& p, QPoint at, const QString& judge, QPoint pointer) const {
  if (isEmpty()) return;
  const Theme& t = Theme::current();
  p.save();
  p.translate(at);
  const int part = partAt(pointer - at);
  const QRect frame(0, 0, wide, tall);
  p.setRenderHint(QPainter::Antialiasing);
  p.setPen(QPen(t.border, 1));
  p.setBrush(t.surface);
  p.drawRoundedRect(QRectF(frame).adjusted(0.5, 0.5, -0.5, -0.5), metric::radius, metric::radius);
  p.setRenderHint(QPainter::Antialiasing, false);
  p.setClipRect(frame.adjusted(1, 1, -1, -1));
  const QRect top(0, 0, wide, headHeight());
  p.fillRect(top, part == head ? t.hover : t.window);
  Icons::paint(p, QRectF(8, top.center().y() - 7, 16, 16), folded ? QStringLiteral("right") : QStringLiteral("down"),
               t.text);
  p.setFont(Theme::font(FontRole::Dense, true));
  p.setPen(t.text);
  const QString count = tr("%1 candidates").arg(what.list.size());
  int x = 32;
  p.drawText(QRect(x, 0, wide, headHeight()), Qt::AlignLeft | Qt::AlignVCenter, count);
  x += p.fontMetrics().horizontalAdvance(count) + 8;
  p.setFont(Theme::font(FontRole::Dense));
  const bool scored = what.unscored.isEmpty();
  p.setPen(scored ? t.muted : t.warning);
  const QString by = scored ? tr("scored by %1").arg(judge) : tr("not scored");
  const int room = std::max(0, wide - x - 150);
  const QString shown = p.fontMetrics().elidedText(by, Qt::ElideRight, room);
  p.drawText(QRect(x, 0, room, headHeight()), Qt::AlignLeft | Qt::AlignVCenter, shown);
  x += p.fontMetrics().horizontalAdvance(shown) + 8;
  if (scored && what.rule && x + Tag::sizeOf(tr("scripted")).width() < wide - 140)
    Tag::paint(p, QPoint(x, top.center().y()), tr("scripted"), Tag::Warning);
  for (int row = 0; row < rows.size(); ++row) paintRow(p, row, rows[row], part == row);
  if (!folded && shownRows() < what.list.size()) {
    const QRect more(0, tall - 1 - rowHeight(), wide, rowHeight());
    if (part == rest) p.fillRect(more, t.hover);
    p.setPen(t.accent);
    p.setFont(Theme::font(FontRole::Dense));
    p.drawText(more.adjusted(tickRoom, 0, 0, 0), Qt::AlignLeft | Qt::AlignVCenter,
               tr("Show the other %1").arg(what.list.size() - shownRows()));
  }
  p.restore();
}

void CandidateTable::paintRow(QPainter& p, int row, QRect place, bool hovered) const {
  const Theme& t = Theme::current();
  const Candidate& one = what.list[row];
  const bool scored = what.unscored.isEmpty(), chosen = row == what.chosen && scored;
  p.fillRect(place, chosen ? t.selection : hovered ? t.hover : t.surface);
  p.fillRect(QRect(0, place.top(), wide, 1), t.grid);
  const QRect line(place.left(), place.top(), wide, rowHeight());
  if (chosen) Icons::paint(p, QRectF(8, line.center().y() - 7, 16, 16), QStringLiteral("check"), t.accent);
  p.setFont(Theme::font(FontRole::Dense));
  const QString tokens = one.tokens == 1 ? tr("1 token") : tr("%1 tokens").arg(one.tokens);
  const int right = p.fontMetrics().horizontalAdvance(tr("%1 tokens").arg(0000)) + 24;
  if (scored) {
    double low = what.list.front().score, high = low;
    for (const Candidate& other : what.list) low = std::min(low, other.score), high = std::max(high, other.score);
    const double share = high > low ? (one.score - low) / (high - low) : 1;
    const QRect bar(tickRoom, line.center().y() - 3, barWidth, 8);
    p.fillRect(bar, t.border);
    p.fillRect(QRect(bar.topLeft(), QSize(std::max(3, int(std::lround(share * barWidth))), 8)), t.accent);
    p.setPen(t.text);
    p.drawText(QRect(bar.right() + 12, line.top(), scoreWidth(), line.height()), Qt::AlignRight | Qt::AlignVCenter,
               scoreWords(one.score));
  }
  p.setPen(t.muted);
  p.drawText(line.adjusted(0, 0, -inner, 0), Qt::AlignRight | Qt::AlignVCenter, tokens);
  p.setPen(one.text.trimmed().isEmpty() ? t.muted : t.text);
  const int left = textLeft(scored);
  const QString text = one.text.trimmed().isEmpty() ? tr("(it said nothing)") : one.text.simplified();
  p.drawText(QRect(left, line.top(), wide - left - right - inner, line.height()), Qt::AlignLeft | Qt::AlignVCenter,
             p.fontMetrics().elidedText(text, Qt::ElideRight, wide - left - right - inner));
  if (row != opened) return;
  p.setFont(Theme::font(FontRole::Body));
  p.drawText(QRect(tickRoom, line.bottom() + 3, wide - tickRoom - 12, place.height() - rowHeight()),
             Qt::TextWordWrap, one.text.trimmed());
}

} // namespace attune
