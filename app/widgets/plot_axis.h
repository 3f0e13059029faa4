// Where an axis puts its ticks and how it writes them: steps of 1, 2 or 5 times a power of ten; decades when
// logarithmic.
#pragma once

#include <QString>
#include <vector>

namespace attune {

struct AxisTick {
  double value;
  QString label;
};

struct AxisTicks {
  std::vector<AxisTick> ticks;
  double step = 1;
};

// Ticks inside [low, high], at most `most` of them (at least two where the span allows).
AxisTicks linearTicks(double low, double high, int most, bool wholeNumbers = false);
// Decades inside [low, high], low > 0; 1-2-5 within the decades while few decades show.
AxisTicks logarithmicTicks(double low, double high, int most);

// A number as the window writes it: the minus is −, thousands are grouped, digits as many as the step between ticks
// asks.
QString axisNumber(double value, double step);
// A setting as a person would type it: 0.001, 1e−8, 2,000; no zeros at the end.
QString shortNumber(double value);
// A number by itself, with the given significant digits; 1e-05 becomes 1e−5.
QString plainNumber(double value, int digits = 4);

} // namespace attune
