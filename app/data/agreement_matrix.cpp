#include "data/agreement_matrix.h"

#include "widgets/theme.h"

#include <QHelpEvent>
#include <QPainter>
#include <QToolTip>
#include <algorithm>

namespace attune {
namespace {

constexpr int mostShown = 5;

QString countWords(int pairs, bool repeats) {
  if (repeats) return pairs == 1 ? AgreementMatrix::tr("1 repeat") : AgreementMatrix::tr("%L1 repeats").arg(pairs);
  return pairs == 1 ? AgreementMatrix::tr("1 pair") : AgreementMatrix::tr("%L1 pairs").arg(pairs);
}

} // namespace

AgreementMatrix::AgreementMatrix(QWidget* parent)
    : QWidget(parent) {
  setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
  connect(&ThemeNotifier::instance(), &ThemeNotifier::changed, this, qOverload<>(&QWidget::update));
}

void AgreementMatrix::setFigures(const LabelerFigures& to) {
  figures = to;
  names = figures.labelers.mid(0, mostShown);
  QStringList words;
  for (int row = 0; row < names.size(); ++row)
    for (int column = 0; column <= row; ++column)
      if (const QString cell = cellWords(row, column); !cell.isEmpty())
        words << tr("%1 and %2: %3").arg(names[row], names[column], cell);
  setAccessibleName(tr("How far labelers agree: %1").arg(words.join(QStringLiteral("; "))));
  updateGeometry();
  update();
}

QString AgreementMatrix::cellWords(int row, int column) const {
  const AgreementCell* cell = figures.cell(names[row], names[column]);
  if (!cell || cell->pairs == 0) return {};
  return tr("%1 %, %2").arg(100 * cell->share.value, 0, 'f', 0).arg(countWords(cell->pairs, row == column));
}

QString AgreementMatrix::headWords(const QString& name) const { return name == figures.own ? tr("you") : name; }

int AgreementMatrix::cellHeight() const { return 2 * QFontMetrics(Theme::font(FontRole::Dense)).height() + 8; }
QSize AgreementMatrix::sizeHint() const {
  return {240, int(names.size()) * cellHeight() + QFontMetrics(Theme::font(FontRole::Small)).height() + 22};
}

QRect AgreementMatrix::cellRect(int row, int column) const {
  const QFontMetrics small(Theme::font(FontRole::Small));
  int left = 0;
  for (const QString& name : names) left = std::max(left, small.horizontalAdvance(headWords(name)));
  left = metric::edge + std::min(left, width() / 4) + 8;
  const int top = 8 + small.height() + 4, count = std::max(1, int(names.size()));
  const int wide = (width() - metric::edge - left) / count;
  return {left + column * wide, top + row * cellHeight(), wide, cellHeight()};
}

void AgreementMatrix::paintEvent(QPaintEvent*) {
  const Theme& t = Theme::current();
  QPainter p(this);
  const QFont small = Theme::font(FontRole::Small), bold = Theme::font(FontRole::Dense, true);
  for (int row = 0; row < names.size(); ++row) {
    p.setFont(small);
    p.setPen(t.muted);
    const QRect first = cellRect(row, 0), above = cellRect(0, row);
    const QString name = headWords(names[row]);
    p.drawText(QRect(metric::edge, first.top(), first.left() - metric::edge - 8, first.height()),
               Qt::AlignRight | Qt::AlignVCenter,
               p.fontMetrics().elidedText(name, Qt::ElideRight, first.left() - metric::edge - 8));
    p.drawText(QRect(above.left(), 4, above.width(), above.top() - 4), Qt::AlignCenter,
               p.fontMetrics().elidedText(name, Qt::ElideRight, above.width() - 4));
    for (int column = 0; column < names.size(); ++column) {
      const QRect cell = cellRect(row, column);
      const AgreementCell* found = figures.cell(names[row], names[column]);
      const bool known = found && found->pairs > 0;
      // From chance (a half) to always.
      QColor ground = t.window;
      if (known) ground = t.attention[int(std::clamp((found->share.value - 0.5) * 2 * 0.62 + 0.06, 0.0, 1.0) * 255)];
      p.fillRect(cell, ground);
      p.setPen(QPen(row == column ? t.outline : t.border, 1, row == column ? Qt::DashLine : Qt::SolidLine));
      p.drawRect(cell.adjusted(0, 0, -1, -1));
      if (!known) {
        p.setPen(t.muted);
        p.drawText(cell, Qt::AlignCenter, QStringLiteral("–"));
        continue;
      }
      p.setPen(Theme::textOn(ground));
      p.setFont(bold);
      const int middle = cell.center().y();
      p.drawText(QRect(cell.left(), cell.top(), cell.width(), middle - cell.top() + 2),
                 Qt::AlignHCenter | Qt::AlignBottom, tr("%1 %").arg(100 * found->share.value, 0, 'f', 0));
      p.setFont(small);
      const QString count = countWords(found->pairs, row == column);
      p.drawText(QRect(cell.left(), middle, cell.width(), cell.bottom() - middle), Qt::AlignHCenter | Qt::AlignTop,
                 p.fontMetrics().elidedText(count, Qt::ElideRight, cell.width() - 4));
    }
  }
}

bool AgreementMatrix::event(QEvent* event) {
  if (event->type() != QEvent::ToolTip) return QWidget::event(event);
  auto* help = static_cast<QHelpEvent*>(event);
  for (int row = 0; row < names.size(); ++row)
    for (int column = 0; column < names.size(); ++column) {
      if (!cellRect(row, column).contains(help->pos())) continue;
      const AgreementCell* cell = figures.cell(names[row], names[column]);
      QString words = tr("%1 and %2 never ranked the same two answers.").arg(names[row], names[column]);
      if (row == column) words = tr("%1 ranked nothing twice.").arg(names[row]);
      if (cell && cell->pairs)
        words = tr("%1 and %2: %3 (between %4 % and %5 %)")
                    .arg(names[row], names[column], cellWords(row, column))
                    .arg(100 * cell->share.low, 0, 'f', 0)
                    .arg(100 * cell->share.high, 0, 'f', 0);
      QToolTip::showText(help->globalPos(), words, this);
    }
  return true;
}

// --- places

PlaceBars::PlaceBars(QWidget* parent)
    : QWidget(parent) {
  setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
  connect(&ThemeNotifier::instance(), &ThemeNotifier::changed, this, qOverload<>(&QWidget::update));
}

void PlaceBars::setFigures(const LabelerFigures& figures) {
  best = figures.best;
  QStringList words;
  for (qsizetype i = 0; i < best.size(); ++i)
    words << tr("place %1 %2 %").arg(i + 1).arg(100 * best[i].value, 0, 'f', 0);
  setAccessibleName(tr("Ranked best by place shown: %1").arg(words.join(QStringLiteral(", "))));
  update();
}

QSize PlaceBars::sizeHint() const { return {240, Theme::px(96)}; }

void PlaceBars::paintEvent(QPaintEvent*) {
  if (best.isEmpty()) return;
  const Theme& t = Theme::current();
  QPainter p(this);
  p.fillRect(rect(), t.surface);
  p.setFont(Theme::font(FontRole::Small));
  double most = 0.01;
  for (const ShareInterval& one : best) most = std::max(most, one.high);
  const int numbers = p.fontMetrics().horizontalAdvance(QStringLiteral("100")) + 8, foot = p.fontMetrics().height() + 4;
  const QRect area = rect().adjusted(metric::edge + numbers, 8, -metric::edge, -foot);
  const auto y = [&](double share) { return area.bottom() - int(share / most * area.height()); };
  const double chance = 1.0 / double(best.size());
  p.setPen(t.muted);
  p.drawText(QRect(0, y(chance) - 10, area.left() - 6, 20), Qt::AlignRight | Qt::AlignVCenter,
             QString::number(100 * chance, 'f', 0));
  const int step = area.width() / int(best.size()), wide = std::min(step / 2, Theme::px(26));
  for (int i = 0; i < best.size(); ++i) {
    const int middle = area.left() + i * step + step / 2;
    const ShareInterval& one = best[i];
    p.fillRect(QRect(middle - wide / 2, y(one.value), wide, area.bottom() - y(one.value)), t.accent);
    p.setPen(QPen(t.text, 1));
    p.drawLine(middle, y(one.low), middle, y(one.high));
    for (const double end : {one.low, one.high}) p.drawLine(middle - 4, y(end), middle + 4, y(end));
    p.drawText(QRect(middle - step / 2, area.bottom() + 2, step, foot), Qt::AlignHCenter | Qt::AlignTop,
               QString::number(i + 1));
  }
  p.setPen(QPen(t.outline, 1, Qt::DashLine));
  p.drawLine(area.left(), y(chance), area.right(), y(chance));
}

} // namespace attune
