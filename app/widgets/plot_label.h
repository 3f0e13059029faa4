// Where a plot's words find room between its curves.
#pragma once

#include "widgets/plot_painter.h"

namespace attune {

// Whether the curve runs through the box (pixels), its straight lines between points too.
bool runsThrough(const PlotCurve& curve, const PlotLayout& layout, const QRectF& box);

// The place for words of this size beside the vertical line at the pixel x: inside the area, and of the places tried,
// from the top left on, the first through which the fewest curves run.
QRectF placeBeside(double x, const QSizeF& words, const PlotModel& model, const PlotLayout& layout);

} // namespace attune
