#include "widgets/plot_curve.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace attune {

namespace {
constexpr double infinite = std::numeric_limits<double>::infinity();

bool drawable(double y, bool positiveOnly) { return std::isfinite(y) && (!positiveOnly || y > 0); }
} // namespace

void PlotCurve::append(double x, double y) {
  if (!xs.empty() && x <= xs.back()) {
    const std::size_t keep = lowerBound(x);
    std::vector<double> oldX(xs.begin(), xs.begin() + keep), oldY(ys.begin(), ys.begin() + keep);
    clear();
    for (std::size_t i = 0; i < oldX.size(); i++) append(oldX[i], oldY[i]);
  }
  xs.push_back(x);
  ys.push_back(y);
  addToPyramid(xs.size() - 1, y);
}

void PlotCurve::clear() {
  xs.clear();
  ys.clear();
  levels.clear();
}

void PlotCurve::addToPyramid(std::size_t index, double y) {
  for (std::size_t level = 0;; level++) {
    index /= blockSize;
    if (level == levels.size()) levels.emplace_back();
    auto& blocks = levels[level];
    if (index == blocks.size()) blocks.push_back({infinite, -infinite, infinite});
    if (std::isfinite(y)) {
      Block& block = blocks[index];
      block.lowest = std::min(block.lowest, y);
      block.highest = std::max(block.highest, y);
      if (y > 0) block.lowestPositive = std::min(block.lowestPositive, y);
    }
    if (blocks.size() == 1) {
      // A new topmost level begins to matter only when this one holds a second block; it must then know the first.
      if (levels.size() > level + 1) continue;
      return;
    }
    if (levels.size() == level + 1) levels.push_back({blocks.front()});
  }
}

std::size_t PlotCurve::lowerBound(double x) const { return std::lower_bound(xs.begin(), xs.end(), x) - xs.begin(); }

std::size_t PlotCurve::nearest(double x) const {
  const std::size_t i = lowerBound(x);
  if (i == xs.size()) return xs.empty() ? 0 : xs.size() - 1;
  return i > 0 && x - xs[i - 1] < xs[i] - x ? i - 1 : i;
}

CurveSpan PlotCurve::span(std::size_t from, std::size_t to, bool positiveOnly) const {
  CurveSpan span;
  while (from < to && !drawable(ys[from], positiveOnly)) from++;
  while (to > from && !drawable(ys[to - 1], positiveOnly)) to--;
  if (from >= to) return span;
  span.any = true;
  span.first = ys[from];
  span.last = ys[to - 1];
  double lowest = infinite, highest = -infinite;
  const auto takePoint = [&](std::size_t i) {
    if (!drawable(ys[i], positiveOnly)) return;
    lowest = std::min(lowest, ys[i]);
    highest = std::max(highest, ys[i]);
  };
  // Ends that do not fill a block are read alone; the middle moves up a level at a time.
  std::size_t level = 0;
  while (from < to && from % blockSize != 0) takePoint(from++);
  while (to > from && to % blockSize != 0) takePoint(--to);
  from /= blockSize;
  to /= blockSize;
  const auto takeBlock = [&](std::size_t i) {
    const Block& block = levels[level][i];
    lowest = std::min(lowest, positiveOnly ? block.lowestPositive : block.lowest);
    highest = std::max(highest, block.highest);
  };
  while (from < to) {
    if (level + 1 == levels.size()) {
      while (from < to) takeBlock(from++);
      break;
    }
    while (from < to && from % blockSize != 0) takeBlock(from++);
    while (to > from && to % blockSize != 0) takeBlock(--to);
    from /= blockSize;
    to /= blockSize;
    level++;
  }
  span.lowest = lowest;
  span.highest = highest;
  return span;
}

} // namespace attune
