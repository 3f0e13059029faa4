#include "interval.h"

#include <algorithm>
#include <cmath>

namespace attune {

ShareInterval wilsonInterval(double value, double size) {
  if (!(size > 0)) return {};
  const double z = 1.959964, z2 = z * z / size;
  const double middle = (value + z2 / 2) / (1 + z2);
  const double half = z / (1 + z2) * std::sqrt(value * (1 - value) / size + z2 / (4 * size));
  return {value, std::max(0.0, middle - half), std::min(1.0, middle + half)};
}

} // namespace attune
