// One curve of a plot: every point is kept, and a pyramid of block minima and maxima lets any stretch of it be drawn in
// time proportional to the pixels, not to the points.
#pragma once

#include <QString>
#include <cstddef>
#include <vector>

namespace attune {

// The lowest and highest value of a stretch, and its ends (finite values only).
struct CurveSpan {
  bool any = false;
  double first = 0, last = 0, lowest = 0, highest = 0;
};

// Points with x that never falls. A value that is not finite is kept (the CSV holds it) but never drawn.
class PlotCurve {
public:
  PlotCurve() = default;
  // style: which of the theme's series (colour and dash), 0 to 5.
  PlotCurve(QString name, int style)
      : name(std::move(name))
      , style(style) {}

  QString name;
  int style = 0;

  // Adds a point. An x below the last one starts the curve anew from that x: a resumed run repeats steps.
  void append(double x, double y);
  void clear();

  std::size_t size() const { return xs.size(); }
  double x(std::size_t i) const { return xs[i]; }
  double y(std::size_t i) const { return ys[i]; }

  // The first point with x >= the given one (size() when there is none).
  std::size_t lowerBound(double x) const;
  // The point nearest to x; size() when the curve is empty.
  std::size_t nearest(double x) const;
  // What the points [from, to) span, drawing only y > floor (logarithmic axes pass 0). O(log points).
  CurveSpan span(std::size_t from, std::size_t to, bool positiveOnly) const;

private:
  struct Block {
    double lowest, highest, lowestPositive;
  };
  static constexpr std::size_t blockSize = 64;
  void addToPyramid(std::size_t index, double y);

  std::vector<double> xs, ys;
  // levels[0] holds a block for each 64 points, levels[1] a block for each 64 of those, and so on.
  std::vector<std::vector<Block>> levels;
};

} // namespace attune
