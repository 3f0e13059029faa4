#include "widgets/plot_label.h"

#include <algorithm>
#include <cmath>

namespace attune {

bool runsThrough(const PlotCurve& curve, const PlotLayout& layout, const QRectF& box) {
  const double left = layout.toX(box.left()), right = layout.toX(box.right());
  const std::size_t from = curve.lowerBound(left), to = curve.lowerBound(right);
  CurveSpan span = curve.span(from, to, layout.logarithmic);
  const auto alsoAt = [&](double x, std::size_t next) { // on the line that leads to the point `next`
    if (next == 0 || next >= curve.size()) return;
    const double before = curve.x(next - 1), after = curve.x(next);
    const double y = after > before
                         ? curve.y(next - 1) + (curve.y(next) - curve.y(next - 1)) * (x - before) / (after - before)
                         : curve.y(next);
    if (!std::isfinite(y) || (layout.logarithmic && y <= 0)) return;
    span.lowest = span.any ? std::min(span.lowest, y) : y;
    span.highest = span.any ? std::max(span.highest, y) : y;
    span.any = true;
  };
  alsoAt(left, from);
  alsoAt(right, to);
  return span.any && layout.toPixelY(span.highest) <= box.bottom() && layout.toPixelY(span.lowest) >= box.top();
}

QRectF placeBeside(double x, const QSizeF& words, const PlotModel& model, const PlotLayout& layout) {
  constexpr double gap = 4;
  QRectF least;
  int fewest = -1;
  const double middle = layout.area.center().y() - words.height() / 2, low = layout.area.bottom() - words.height();
  for (const double top : {layout.area.top(), low, middle, (layout.area.top() + middle) / 2, (middle + low) / 2})
    for (const double left : {x - gap - words.width(), x + gap}) {
      const QRectF box(QPointF(left, top), words);
      if (left < layout.area.left() || box.right() > layout.area.right() + gap) continue;
      const int curves = int(std::count_if(model.curves.begin(), model.curves.end(),
                                           [&](const PlotCurve& curve) { return runsThrough(curve, layout, box); }));
      if (fewest < 0 || curves < fewest) least = box, fewest = curves;
    }
  return fewest < 0 ? QRectF(QPointF(std::max(layout.area.left(), x - gap - words.width()), layout.area.top()), words)
                    : least;
}

} // namespace attune
