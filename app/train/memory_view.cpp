#include "train/memory_view.h"

#include "train/train_words.h"
#include "widgets/theme.h"

#include <QPainter>

namespace attune {

namespace {
constexpr int edge = metric::edge, barHeight = 13;
int rowHeight() { return QFontMetrics(Theme::font(FontRole::Dense)).height() + 4; }
int figureHeight() { return QFontMetrics(Theme::font(FontRole::Figure)).height(); }
} // namespace

MemoryView::MemoryView(QWidget* parent)
    : QWidget(parent) {
  setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
  connect(&ThemeNotifier::instance(), &ThemeNotifier::changed, this, qOverload<>(&QWidget::update));
}

void MemoryView::setForecast(const TrainForecast& to) {
  forecast = to;
  QString words = tr("Memory: %1").arg(sizeWords(forecast.bytes()));
  for (const auto& part : forecast.parts) words += QStringLiteral(", %1 %2").arg(part.name, sizeWords(part.bytes));
  setAccessibleName(words);
  updateGeometry();
  update();
}

QColor MemoryView::colorOf(int part) const {
  // Neighbours in the bar are far apart in the series; the last part is the quiet one.
  static constexpr int order[] = {0, 1, 2, 3, 4, 5};
  const Theme& theme = Theme::current();
  if (part + 1 == forecast.parts.size() && part > 1) return theme.border;
  return theme.series[order[part % 6]];
}

QSize MemoryView::sizeHint() const {
  return {220, 8 + figureHeight() + 6 + barHeight + 8 + int(forecast.parts.size()) * rowHeight() + 8};
}

void MemoryView::paintEvent(QPaintEvent*) {
  if (forecast.parts.isEmpty()) return;
  const Theme& theme = Theme::current();
  QPainter painter(this);
  const QFont figure = Theme::font(FontRole::Figure), small = Theme::font(FontRole::Small),
              dense = Theme::font(FontRole::Dense);
  const double sum = std::max<double>(1, double(forecast.bytes()));
  const QString total = sizeWords(forecast.bytes());
  int y = 8;
  painter.setFont(figure);
  painter.setPen(theme.text);
  const int baseline = y + QFontMetrics(figure).ascent();
  painter.drawText(edge, baseline, total);
  const int after = edge + QFontMetrics(figure).horizontalAdvance(total) + 8;
  QString rest;
  if (forecast.inUse > 0) rest = tr("in use %1").arg(sizeWords(forecast.inUse));
  if (forecast.available > 0)
    rest += (rest.isEmpty() ? QString() : QStringLiteral(", ")) + tr("of %1").arg(sizeWords(forecast.available));
  painter.setFont(small);
  const QString there = rest + tr(" on %1").arg(forecast.device);
  if (!forecast.device.isEmpty() && forecast.inUse == 0 &&
      QFontMetrics(small).horizontalAdvance(there.trimmed()) <= width() - after - edge)
    rest = there; // where it fits: the status bar names the device too
  painter.setPen(theme.muted);
  painter.drawText(after, baseline,
                   QFontMetrics(small).elidedText(rest.trimmed(), Qt::ElideRight, width() - after - edge));
  y += figureHeight() + 6;

  const double wide = width() - 2 * edge;
  double x = edge;
  for (int i = 0; i < forecast.parts.size(); i++) {
    const double part = double(forecast.parts[i].bytes) / sum * wide;
    painter.fillRect(QRectF(x, y, std::max(1.0, part - 1), barHeight), colorOf(i));
    x += part;
  }
  painter.setPen(theme.outline);
  painter.setBrush(Qt::NoBrush);
  painter.drawRect(QRectF(edge - 0.5, y - 0.5, wide, barHeight));
  y += barHeight + 8;
  painter.setFont(dense);
  const QFontMetrics metrics(dense);
  for (int i = 0; i < forecast.parts.size(); i++) {
    painter.fillRect(QRect(edge, y + rowHeight() / 2 - 5, 10, 10), colorOf(i));
    const QString size = sizeWords(forecast.parts[i].bytes);
    const int numberWide = metrics.horizontalAdvance(size);
    painter.setPen(theme.text);
    painter.drawText(QRect(edge, y, width() - 2 * edge, rowHeight()), Qt::AlignRight | Qt::AlignVCenter, size);
    painter.drawText(QRect(edge + 18, y, width() - 2 * edge - 26 - numberWide, rowHeight()),
                     Qt::AlignLeft | Qt::AlignVCenter,
                     metrics.elidedText(forecast.parts[i].name, Qt::ElideRight, width() - 2 * edge - 26 - numberWide));
    y += rowHeight();
  }
}

} // namespace attune
