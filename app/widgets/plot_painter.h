// How a plot is drawn, without a widget: the same function paints the window, a PNG and an SVG.
//
// Every curve keeps every point; where several fall into one pixel column the column's minimum and maximum are drawn,
// so a single bad step in a million stays visible. Each curve carries its name at its end; one curve alone is drawn
// solid.
#pragma once

#include "widgets/plot_curve.h"

#include <QPainter>
#include <QRectF>
#include <optional>
#include <vector>

namespace attune {

struct Theme;

struct PlotModel {
  QString title;
  QString xName = QStringLiteral("step");
  QString emptyText = QStringLiteral("Nothing has been measured yet.");
  std::vector<PlotCurve> curves;
  bool logarithmic = false;
  // 0: as measured. Up to below 1: an exponential mean that keeps this share of what came before is drawn over the
  // curve, which pales. Values that are read and saved stay as they were measured.
  double smoothing = 0;
  // The x that the axis reaches although no point is there yet (the steps a run will take).
  std::optional<double> xEnd;
  std::optional<double> best;
  QString bestName = QStringLiteral("best step");

  bool empty() const;
  // The curve that a pointer snaps to: the one with most points; null when all are empty.
  const PlotCurve* longest() const;
};

// What of the plot shows: x from low to high (all of it when not set), and the x under the pointer.
struct PlotView {
  std::optional<double> low, high;
  std::optional<double> pointed;
};

// The place of everything inside a rectangle; maps values to pixels and back.
class PlotLayout {
public:
  PlotLayout(const PlotModel& model, const PlotView& view, const QRectF& rect);

  QRectF area;
  double xLow = 0, xHigh = 1, yLow = 0, yHigh = 1;
  bool logarithmic = false;
  // The whole x range of the data, for zooming out.
  double xFirst = 0, xLast = 1;

  double toPixelX(double x) const { return area.left() + (x - xLow) / (xHigh - xLow) * area.width(); }
  double toPixelY(double y) const;
  double toX(double pixel) const { return xLow + (pixel - area.left()) / area.width() * (xHigh - xLow); }
};

void paintPlot(QPainter& painter, const QRectF& rect, const PlotModel& model, const PlotView& view, const Theme& theme);

// What the pointer adds: a line at its step, a dot on every curve, a box with all values. (paintPlot calls it too.)
void paintPointed(QPainter& painter, const QRectF& rect, const PlotModel& model, const PlotView& view,
                  const Theme& theme);

// The numbers as CSV: a column for x, one a curve, a row for each x that any curve has; nothing where a curve has no
// value.
QString plotCsv(const PlotModel& model);

} // namespace attune
