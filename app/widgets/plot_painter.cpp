#include "widgets/plot_painter.h"

#include "widgets/picture_file.h"
#include "widgets/plot_axis.h"
#include "widgets/plot_label.h"
#include "widgets/theme.h"

#include <QFontMetricsF>
#include <QLocale>
#include <QPainterPath>
#include <QPen>
#include <algorithm>
#include <cmath>

namespace attune {

namespace {

constexpr double lineWidth = 1.8;
constexpr double nameGap = 8;

int curvesWithPoints(const PlotModel& model) {
  return int(std::count_if(model.curves.begin(), model.curves.end(), [](const PlotCurve& c) { return c.size() > 0; }));
}

QPen penOf(const PlotModel& model, const PlotCurve& curve, const Theme& theme) {
  QPen pen = theme.seriesPen(curve.style, lineWidth);
  if (curvesWithPoints(model) == 1) pen.setStyle(Qt::SolidLine);
  pen.setJoinStyle(Qt::RoundJoin);
  return pen;
}

QColor colorOf(const PlotCurve& curve, const Theme& theme) { return theme.seriesPen(curve.style).color(); }

void tightenY(const PlotModel& model, PlotLayout& layout) {
  double low = std::numeric_limits<double>::infinity(), high = -low;
  for (const auto& curve : model.curves) {
    const auto from = curve.lowerBound(layout.xLow);
    auto to = curve.lowerBound(layout.xHigh);
    if (to < curve.size() && curve.x(to) == layout.xHigh) to++;
    const CurveSpan span = curve.span(from, to, model.logarithmic);
    if (!span.any) continue;
    low = std::min(low, span.lowest);
    high = std::max(high, span.highest);
  }
  if (!(high >= low)) {
    low = model.logarithmic ? 0.1 : 0;
    high = 1;
  }
  if (model.logarithmic) {
    const double room = std::max(0.02, std::log10(high / low) * 0.05);
    layout.yLow = low / std::pow(10, room);
    layout.yHigh = high * std::pow(10, room);
    return;
  }
  if (high - low < 1e-12 * std::max(1e-300, std::abs(high))) {
    const double room = high == 0 ? 1 : std::abs(high) * 0.1;
    low -= room;
    high += room;
  }
  const double room = (high - low) * 0.06;
  // A range that comes near zero starts at zero: heights can then be compared.
  layout.yLow = low >= 0 && low < 0.35 * high ? 0 : low - room;
  layout.yHigh = high <= 0 && high > 0.35 * low ? 0 : high + room;
}

AxisTicks ticksOfY(const PlotLayout& layout, double height, double lineHeight) {
  const int most = std::clamp(int(height / (lineHeight * 2.0)), 2, 8);
  return layout.logarithmic ? logarithmicTicks(layout.yLow, layout.yHigh, most)
                            : linearTicks(layout.yLow, layout.yHigh, most);
}

void paintCurve(QPainter& painter, const PlotCurve& curve, const PlotLayout& layout, const QPen& pen) {
  // One point outside on either side, so that the line runs to the edge.
  std::size_t from = curve.lowerBound(layout.xLow), to = curve.lowerBound(layout.xHigh);
  if (from > 0) from--;
  to = std::min(curve.size(), to + 1);
  if (from >= to) return;
  QPolygonF line;
  const auto flush = [&] {
    if (line.size() == 1) {
      painter.save();
      painter.setPen(Qt::NoPen);
      painter.setBrush(pen.color());
      painter.drawEllipse(line.front(), lineWidth, lineWidth);
      painter.restore();
    } else if (line.size() > 1) {
      painter.drawPolyline(line);
    }
    line.clear();
  };
  const auto drawable = [&](double y) { return std::isfinite(y) && (!layout.logarithmic || y > 0); };
  painter.setPen(pen);
  painter.setBrush(Qt::NoBrush);
  const double columns = std::max(1.0, layout.area.width());
  if (double(to - from) <= 3 * columns) {
    painter.setRenderHint(QPainter::Antialiasing, true);
    for (std::size_t i = from; i < to; i++)
      if (drawable(curve.y(i)))
        line << QPointF(layout.toPixelX(curve.x(i)), layout.toPixelY(curve.y(i)));
      else
        flush();
    flush();
    return;
  }
  // Denser than the pixels: a vertical stroke from the minimum to the maximum of each column, all in one call, and no
  // dash, which would hide values. Strokes reach to the neighbour's so that the band has no holes.
  QPen solid(pen.color(), 1);
  painter.setPen(solid);
  painter.setRenderHint(QPainter::Antialiasing, false);
  QVector<QLineF> strokes;
  strokes.reserve(int(columns) + 2);
  std::size_t at = from;
  CurveSpan before;
  for (double column = 0; column <= columns && at < to; column++) {
    const double edge = layout.toX(layout.area.left() + column + 1);
    const std::size_t next = std::max(at, std::min(to, curve.lowerBound(edge)));
    const CurveSpan span = curve.span(at, next, layout.logarithmic);
    at = next;
    if (!span.any) continue;
    double lowest = span.lowest, highest = span.highest;
    if (before.any) {
      lowest = std::min(lowest, before.last);
      highest = std::max(highest, before.last);
    }
    before = span;
    const double x = std::floor(layout.area.left() + column);
    double top = layout.toPixelY(highest), bottom = layout.toPixelY(lowest);
    if (bottom - top < 1) bottom = top + 1;
    strokes << QLineF(x, top, x, bottom);
  }
  painter.drawLines(strokes);
}

constexpr std::size_t fewestToSmooth = 10;

// The exponential mean of a curve's finite values; the first points weigh as if they had no past.
PlotCurve smoothed(const PlotCurve& curve, double keep) {
  PlotCurve mean(curve.name, curve.style);
  double sum = 0, weight = 0;
  for (std::size_t i = 0; i < curve.size(); i++) {
    if (!std::isfinite(curve.y(i))) continue;
    sum = keep * sum + (1 - keep) * curve.y(i);
    weight = keep * weight + (1 - keep);
    mean.append(curve.x(i), sum / weight);
  }
  return mean;
}

struct CurveEnd {
  QString name;
  QColor color;
  QPointF point;
  double y;
};

// Words with a rim of the ground, which keeps them readable where a curve runs below them.
void paintRimmed(QPainter& painter, const QPointF& at, const QString& words, const QColor& colour, const Theme& theme) {
  QPainterPath letters;
  letters.addText(at, painter.font(), words);
  painter.setRenderHint(QPainter::Antialiasing, true);
  painter.strokePath(letters, QPen(theme.surface, 3, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
  painter.setPen(colour);
  painter.drawText(at, words);
}

// Names at the curves' ends, moved apart where they would overlap.
void paintNames(QPainter& painter, const PlotModel& model, const PlotLayout& layout, const QFont& small,
                const Theme& theme) {
  if (curvesWithPoints(model) < 2) return;
  const QFontMetricsF metrics(small);
  std::vector<CurveEnd> ends;
  for (const auto& curve : model.curves) {
    std::size_t to = curve.lowerBound(layout.xHigh);
    if (to < curve.size() && curve.x(to) <= layout.xHigh) to++;
    while (to > 0 && !(std::isfinite(curve.y(to - 1)) && (!model.logarithmic || curve.y(to - 1) > 0))) to--;
    if (to == 0) continue;
    const double y = std::clamp(layout.toPixelY(curve.y(to - 1)), layout.area.top(), layout.area.bottom());
    ends.push_back({curve.name, colorOf(curve, theme), {layout.toPixelX(curve.x(to - 1)), y}, y});
  }
  std::sort(ends.begin(), ends.end(), [](const CurveEnd& a, const CurveEnd& b) { return a.y < b.y; });
  const double height = metrics.height() - 2;
  for (std::size_t i = 1; i < ends.size(); i++) ends[i].y = std::max(ends[i].y, ends[i - 1].y + height);
  double limit = layout.area.bottom();
  for (std::size_t i = ends.size(); i-- > 0;) {
    ends[i].y = std::min(ends[i].y, limit);
    limit = ends[i].y - height;
  }
  painter.setRenderHint(QPainter::Antialiasing, true);
  painter.setFont(small);
  for (const auto& end : ends) {
    painter.setPen(Qt::NoPen);
    painter.setBrush(end.color);
    if (end.point.x() >= layout.area.left()) painter.drawEllipse(end.point, 3, 3);
    const double room = painter.viewport().right() - 4 - end.point.x() - nameGap;
    const QString name = metrics.elidedText(end.name, Qt::ElideRight, std::max(room, 24.0));
    paintRimmed(painter, {end.point.x() + nameGap, end.y + metrics.ascent() / 2 - 1}, name, theme.text, theme);
  }
}

void paintBest(QPainter& painter, const PlotModel& model, const PlotLayout& layout, const QFont& small,
               const Theme& theme) {
  if (!model.best || *model.best < layout.xLow || *model.best > layout.xHigh) return;
  const double x = std::floor(layout.toPixelX(*model.best)) + 0.5;
  painter.setRenderHint(QPainter::Antialiasing, false);
  QPen pen(theme.muted, 1);
  pen.setDashPattern({2, 3});
  painter.setPen(pen);
  painter.drawLine(QPointF(x, layout.area.top()), QPointF(x, layout.area.bottom()));
  const QFontMetricsF metrics(small);
  const QString words = model.bestName + u' ' + plainNumber(*model.best, 9);
  const double width = metrics.horizontalAdvance(words);
  painter.setFont(small);
  const QRectF box = placeBeside(x, {width, metrics.height()}, model, layout);
  paintRimmed(painter, {box.left(), box.top() + metrics.ascent()}, words, theme.muted, theme);
}

} // namespace

bool PlotModel::empty() const { return curvesWithPoints(*this) == 0; }

const PlotCurve* PlotModel::longest() const {
  const PlotCurve* best = nullptr;
  for (const auto& curve : curves)
    if (curve.size() > 0 && (!best || curve.size() > best->size())) best = &curve;
  return best;
}

PlotLayout::PlotLayout(const PlotModel& model, const PlotView& view, const QRectF& rect)
    : logarithmic(model.logarithmic) {
  const QFontMetricsF metrics(Theme::font(FontRole::Small)), title(Theme::font(FontRole::Body, true));
  bool any = false;
  for (const auto& curve : model.curves)
    if (curve.size() > 0) {
      xFirst = any ? std::min(xFirst, curve.x(0)) : curve.x(0);
      xLast = any ? std::max(xLast, curve.x(curve.size() - 1)) : curve.x(curve.size() - 1);
      any = true;
    }
  if (model.xEnd) xLast = any ? std::max(xLast, *model.xEnd) : *model.xEnd;
  if (any && xFirst > 0 && xFirst <= 0.02 * xLast) xFirst = 0;
  if (!(xLast > xFirst)) xLast = xFirst + 1;
  xLow = view.low.value_or(xFirst);
  xHigh = view.high.value_or(xLast);
  if (!(xHigh > xLow)) xHigh = xLow + 1;
  tightenY(model, *this);

  const double top = rect.top() + 8 + title.height() + 6, bottom = rect.bottom() - 6 - metrics.height() - 3;
  double labels = metrics.horizontalAdvance(QStringLiteral("0.0"));
  for (const auto& tick : ticksOfY(*this, std::max(10.0, bottom - top), metrics.height()).ticks)
    labels = std::max(labels, metrics.horizontalAdvance(tick.label));
  const double left = rect.left() + 12 + std::max(labels, metrics.horizontalAdvance(model.xName)) + 6;
  double right = rect.right() - 12;
  if (curvesWithPoints(model) > 1) {
    // Room for the names: the curves' ends are where the data ends, not always the right edge.
    const double whole = right - left;
    for (const auto& curve : model.curves) {
      if (curve.size() == 0) continue;
      const double name = std::min(metrics.horizontalAdvance(curve.name), whole * 0.35) + nameGap;
      const double end = std::clamp((curve.x(curve.size() - 1) - xLow) / (xHigh - xLow), 0.05, 1.0);
      right = std::min(right, left + (whole - name) / end);
    }
  }
  area = QRectF(left, top, std::max(10.0, right - left), std::max(10.0, bottom - top));
}

double PlotLayout::toPixelY(double y) const {
  if (logarithmic) {
    const double low = std::log(yLow), high = std::log(yHigh);
    return area.bottom() - (std::log(std::max(y, 1e-300)) - low) / (high - low) * area.height();
  }
  return area.bottom() - (y - yLow) / (yHigh - yLow) * area.height();
}

void paintPlot(QPainter& painter, const QRectF& rect, const PlotModel& model, const PlotView& view,
               const Theme& theme) {
  painter.save();
  painter.fillRect(rect, theme.surface);
  const QFont small = Theme::font(FontRole::Small), font = Theme::font(FontRole::Body),
              bold = Theme::font(FontRole::Body, true);
  const QFontMetricsF boldMetrics(bold), metrics(small);
  painter.setRenderHint(QPainter::TextAntialiasing, true);
  painter.setFont(bold);
  painter.setPen(theme.text);
  const double baseline = rect.top() + 8 + boldMetrics.ascent();
  QString last;
  const PlotCurve* guide = model.curves.empty() || model.curves.front().size() == 0 ? nullptr : &model.curves.front();
  if (guide) last = plainNumber(guide->y(guide->size() - 1));
  painter.setFont(font);
  const double lastWidth = QFontMetricsF(font).horizontalAdvance(last);
  painter.drawText(QPointF(rect.right() - 12 - lastWidth, baseline), last);
  painter.setFont(bold);
  painter.drawText(QPointF(rect.left() + 12, baseline),
                   boldMetrics.elidedText(model.title, Qt::ElideRight, rect.width() - 36 - lastWidth));
  if (model.empty()) {
    painter.setFont(font);
    painter.setPen(theme.muted);
    painter.drawText(rect.adjusted(12, boldMetrics.height() + 12, -12, -8), Qt::AlignCenter | Qt::TextWordWrap,
                     model.emptyText);
    painter.restore();
    return;
  }

  const PlotLayout layout(model, view, rect);
  painter.setFont(small);
  painter.setRenderHint(QPainter::Antialiasing, false);
  for (const auto& tick : ticksOfY(layout, layout.area.height(), metrics.height()).ticks) {
    const double y = std::floor(layout.toPixelY(tick.value)) + 0.5;
    painter.setPen(theme.grid);
    painter.drawLine(QPointF(layout.area.left(), y), QPointF(rect.right() - 12, y));
    painter.setPen(theme.muted);
    painter.drawText(
        QPointF(layout.area.left() - 6 - metrics.horizontalAdvance(tick.label), y + metrics.ascent() / 2 - 1),
        tick.label);
  }
  const double widest = metrics.horizontalAdvance(axisNumber(layout.xHigh, std::max(1.0, layout.xHigh - layout.xLow)));
  const int most = std::clamp(int(layout.area.width() / std::max(48.0, widest * 1.7)), 2, 10);
  const double bottom = rect.bottom() - 6 - metrics.descent();
  painter.setPen(theme.muted);
  painter.drawText(QPointF(rect.left() + 10, bottom), model.xName);
  const double nameEnd = rect.left() + 10 + metrics.horizontalAdvance(model.xName) + 4;
  for (const auto& tick : linearTicks(layout.xLow, layout.xHigh, most, true).ticks) {
    const double width = metrics.horizontalAdvance(tick.label);
    const double x = std::clamp(layout.toPixelX(tick.value) - width / 2, nameEnd, rect.right() - 4 - width);
    painter.drawText(QPointF(x, bottom), tick.label);
  }
  painter.save();
  painter.setClipRect(layout.area.adjusted(-1, -2, 2, 2));
  for (auto curve = model.curves.rbegin(); curve != model.curves.rend(); ++curve) {
    const QPen pen = penOf(model, *curve, theme);
    if (model.smoothing <= 0 || curve->size() < fewestToSmooth) {
      paintCurve(painter, *curve, layout, pen);
      continue;
    }
    QPen pale = pen;
    QColor color = pen.color();
    color.setAlphaF(0.25f);
    pale.setColor(color);
    paintCurve(painter, *curve, layout, pale);
    paintCurve(painter, smoothed(*curve, model.smoothing), layout, pen);
  }
  painter.restore();
  paintBest(painter, model, layout, small, theme);
  paintNames(painter, model, layout, small, theme);
  paintPointed(painter, rect, model, view, theme);
  painter.restore();
}

void paintPointed(QPainter& painter, const QRectF& rect, const PlotModel& model, const PlotView& view,
                  const Theme& theme) {
  if (!view.pointed || model.empty()) return;
  const PlotLayout layout(model, view, rect);
  const QFont small = Theme::font(FontRole::Small);
  if (*view.pointed < layout.xLow || *view.pointed > layout.xHigh) return;
  struct Line {
    QString name, value;
    QColor color;
  };
  std::vector<Line> lines{{model.xName, plainNumber(*view.pointed, 9), QColor()}};
  const double x = std::floor(layout.toPixelX(*view.pointed)) + 0.5;
  painter.setRenderHint(QPainter::Antialiasing, false);
  painter.setPen(QPen(theme.outline, 1));
  painter.drawLine(QPointF(x, layout.area.top()), QPointF(x, layout.area.bottom()));
  painter.setRenderHint(QPainter::Antialiasing, true);
  for (const auto& curve : model.curves) {
    if (curve.size() == 0) continue;
    const std::size_t i = curve.nearest(*view.pointed);
    // A curve with few points (held out) answers with its last one up to the pointer's step.
    const std::size_t shown = curve.x(i) > *view.pointed && i > 0 ? i - 1 : i;
    const double value = curve.y(shown);
    lines.push_back({curve.name.isEmpty() ? model.title : curve.name, plainNumber(value), colorOf(curve, theme)});
    if (curve.x(shown) < layout.xLow || !std::isfinite(value) || (model.logarithmic && value <= 0)) continue;
    painter.setPen(QPen(theme.surface, 1));
    painter.setBrush(colorOf(curve, theme));
    painter.drawEllipse(QPointF(layout.toPixelX(curve.x(shown)), layout.toPixelY(value)), 3.5, 3.5);
  }
  const QFontMetricsF metrics(small);
  double nameWidth = 0, valueWidth = 0;
  for (const auto& line : lines) {
    nameWidth = std::max(nameWidth, metrics.horizontalAdvance(line.name));
    valueWidth = std::max(valueWidth, metrics.horizontalAdvance(line.value));
  }
  nameWidth = std::min(nameWidth, layout.area.width() * 0.5);
  const double width = 8 + 10 + nameWidth + 12 + valueWidth + 8, height = 6 + metrics.height() * lines.size() + 6;
  double left = x + 10;
  if (left + width > layout.area.right()) left = std::max(layout.area.left(), x - 10 - width);
  const QRectF box(std::floor(left) + 0.5, std::floor(layout.area.top() + 4) + 0.5, std::floor(width),
                   std::floor(height));
  painter.setPen(QPen(theme.outline, 1));
  painter.setBrush(theme.surface);
  painter.drawRoundedRect(box, 4, 4);
  painter.setFont(small);
  double y = box.top() + 6 + metrics.ascent();
  for (const auto& line : lines) {
    if (line.color.isValid()) {
      painter.setPen(Qt::NoPen);
      painter.setBrush(line.color);
      painter.drawRect(QRectF(box.left() + 8, y - metrics.ascent() / 2 - 1, 6, 6));
    }
    painter.setPen(theme.muted);
    painter.drawText(QPointF(box.left() + 18, y), metrics.elidedText(line.name, Qt::ElideRight, nameWidth + 1));
    painter.setPen(theme.text);
    painter.drawText(QPointF(box.right() - 8 - metrics.horizontalAdvance(line.value), y), line.value);
    y += metrics.height();
  }
}

QString plotCsv(const PlotModel& model) {
  const auto number = [](double value) { return QString::number(value, 'g', QLocale::FloatingPointShortest); };
  QString csv = csvField(model.xName);
  for (const auto& curve : model.curves) csv += u',' + csvField(curve.name.isEmpty() ? model.title : curve.name);
  csv += u'\n';
  std::vector<std::size_t> at(model.curves.size(), 0);
  while (true) {
    double x = std::numeric_limits<double>::infinity();
    for (std::size_t c = 0; c < at.size(); c++)
      if (at[c] < model.curves[c].size()) x = std::min(x, model.curves[c].x(at[c]));
    if (std::isinf(x)) break;
    csv += number(x);
    for (std::size_t c = 0; c < at.size(); c++) {
      csv += u',';
      if (at[c] < model.curves[c].size() && model.curves[c].x(at[c]) == x) csv += number(model.curves[c].y(at[c]++));
    }
    csv += u'\n';
  }
  return csv;
}

} // namespace attune
