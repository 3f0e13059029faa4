#include "data/count_views.h"

#include "store/labels.h"
#include "widgets/theme.h"

#include <QHelpEvent>
#include <QPainter>
#include <QToolTip>
#include <algorithm>

namespace attune {

UseCaseBars::UseCaseBars(QWidget* parent)
    : QWidget(parent) {
  setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
  connect(&ThemeNotifier::instance(), &ThemeNotifier::changed, this, qOverload<>(&QWidget::update));
}

void UseCaseBars::setCounts(const QList<ValueCount>& counts) {
  int all = 0;
  for (const ValueCount& one : counts) all += one.count;
  QList<ValueCount> rest = counts;
  list.clear();
  const auto take = [&](const QString& value, const QString& words, double published) {
    Bar bar{words, 0, 0, published};
    rest.removeIf([&](const ValueCount& one) {
      if (one.value != value) return false;
      bar.count += one.count;
      return true;
    });
    bar.share = all > 0 ? double(bar.count) / all : 0;
    list << bar;
  };
  for (const labels::UseCase& one : labels::useCases())
    take(QString::fromLatin1(one.id), QString::fromLatin1(one.words), one.published);
  const QList<ValueCount> own = rest;
  for (const ValueCount& one : own)
    if (!one.value.isEmpty()) take(one.value, one.value, -1);
  if (!rest.isEmpty()) take(QString(), tr("not named"), -1);
  QStringList words;
  for (const Bar& bar : list) words << QStringLiteral("%1 %2").arg(bar.words).arg(bar.count);
  setAccessibleName(tr("Use cases: %1").arg(words.join(QLatin1String(", "))));
  updateGeometry();
  update();
}

int UseCaseBars::rowHeight() const { return QFontMetrics(Theme::font(FontRole::Dense)).height() + 4; }
QSize UseCaseBars::sizeHint() const { return {300, int(list.size()) * rowHeight() + 12}; }

void UseCaseBars::paintEvent(QPaintEvent*) {
  const Theme& theme = Theme::current();
  QPainter painter(this);
  painter.fillRect(rect(), theme.surface);
  const QFont dense = Theme::font(FontRole::Dense);
  const QFontMetrics metrics(dense);
  painter.setFont(dense);
  int names = 0, most = 1;
  double largest = 0.01;
  for (const Bar& bar : list) {
    names = std::max(names, metrics.horizontalAdvance(bar.words));
    most = std::max(most, bar.count);
    largest = std::max({largest, bar.share, bar.published});
  }
  names = std::min(names, width() / 3);
  const int percent = metrics.horizontalAdvance(QStringLiteral("100 %")) + 6;
  const int numbers = metrics.horizontalAdvance(QStringLiteral("%L1").arg(most)) + percent + 10;
  const int left = metric::edge + names + 10, room = std::max(20, width() - metric::edge - numbers - left - 6);
  int y = 6;
  for (const Bar& bar : list) {
    const int h = rowHeight();
    painter.setPen(theme.text);
    painter.drawText(QRect(metric::edge, y, names, h), Qt::AlignLeft | Qt::AlignVCenter,
                     metrics.elidedText(bar.words, Qt::ElideRight, names));
    const int length = int(room * bar.share / largest);
    painter.fillRect(QRect(left, y + 4, length, h - 8), theme.accent);
    if (bar.published >= 0)
      painter.fillRect(QRect(left + int(room * bar.published / largest) - 1, y + 2, 2, h - 4), theme.text);
    const QRect right(width() - metric::edge - numbers, y, numbers, h);
    painter.drawText(right, Qt::AlignRight | Qt::AlignVCenter, tr("%1 %").arg(100 * bar.share, 0, 'f', 0));
    painter.setPen(theme.muted);
    painter.drawText(right.adjusted(0, 0, -percent, 0), Qt::AlignRight | Qt::AlignVCenter,
                     QStringLiteral("%L1").arg(bar.count));
    y += h;
  }
}

bool UseCaseBars::event(QEvent* event) {
  if (event->type() != QEvent::ToolTip) return QWidget::event(event);
  auto* help = static_cast<QHelpEvent*>(event);
  const int row = (help->pos().y() - 6) / std::max(1, rowHeight());
  if (row >= 0 && row < list.size()) {
    const Bar& bar = list[row];
    QString words = tr("%1: %L2 here").arg(bar.words).arg(bar.count);
    if (bar.published >= 0)
      words += tr(", %1 % of InstructGPT's prompts (the tick)").arg(100 * bar.published, 0, 'f', 1);
    QToolTip::showText(help->globalPos(), words, this);
  }
  return true;
}

CountGrid::CountGrid(QWidget* parent)
    : QWidget(parent) {
  setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
  connect(&ThemeNotifier::instance(), &ThemeNotifier::changed, this, qOverload<>(&QWidget::update));
}

void CountGrid::setRows(const QStringList& above, const QList<Row>& rows) {
  headings = above;
  list = rows;
  QStringList words;
  for (const Row& row : list) {
    QStringList numbers;
    for (const int count : row.counts) numbers << QString::number(count);
    words << row.name + u' ' + numbers.join(u' ');
  }
  setAccessibleName(headings.join(u' ') + QStringLiteral(": ") + words.join(QLatin1String(", ")));
  updateGeometry();
  update();
}

int CountGrid::rowHeight() const { return QFontMetrics(Theme::font(FontRole::Dense)).height() + 7; }
QSize CountGrid::sizeHint() const { return {260, (int(list.size()) + 1) * rowHeight()}; }

void CountGrid::paintEvent(QPaintEvent*) {
  const Theme& theme = Theme::current();
  QPainter painter(this);
  const int h = rowHeight();
  painter.fillRect(rect(), theme.surface);
  painter.fillRect(0, 0, width(), h, theme.window);
  painter.fillRect(0, h - 1, width(), 1, theme.border);
  QList<int> widths;
  const QFontMetrics metrics(Theme::font(FontRole::Dense, true));
  int used = 0;
  for (int column = 1; column < headings.size(); ++column) {
    int w = metrics.horizontalAdvance(headings[column]);
    for (const Row& row : list)
      w = std::max(w, metrics.horizontalAdvance(QStringLiteral("%L1").arg(row.counts.value(column - 1))));
    widths << std::min(w + 14, (width() - 90) / std::max(1, int(headings.size()) - 1));
    used += widths.last();
  }
  const auto line = [&](int y, const QString& name, const QStringList& cells, bool bold) {
    painter.setFont(Theme::font(FontRole::Dense, bold));
    const QFontMetrics own(painter.font());
    const int room = width() - metric::edge * 2 - used;
    painter.drawText(QRect(metric::edge, y, room, h), Qt::AlignLeft | Qt::AlignVCenter,
                     own.elidedText(name, Qt::ElideMiddle, room));
    int x = width() - metric::edge - used;
    for (int column = 0; column < cells.size(); ++column) {
      painter.drawText(QRect(x, y, widths[column], h), Qt::AlignRight | Qt::AlignVCenter,
                       own.elidedText(cells[column], Qt::ElideRight, widths[column] - 4));
      x += widths[column];
    }
  };
  painter.setPen(theme.muted);
  line(0, headings.value(0), headings.mid(1), false);
  int y = h;
  for (const Row& row : list) {
    QStringList cells;
    for (const int count : row.counts) cells << (count ? QStringLiteral("%L1").arg(count) : QStringLiteral("–"));
    painter.setPen(theme.text);
    line(y, row.name, cells, row.bold);
    y += h;
    painter.fillRect(0, y - 1, width(), 1, theme.grid);
  }
}

} // namespace attune
