#include "train/schedule.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace attune {

double Schedule::at(int64_t step) const {
  if (step < warmup) return rate * double(step + 1) / double(warmup);
  const double progress = std::min(1.0, double(step - warmup) / double(std::max<int64_t>(1, steps - warmup)));
  return least + 0.5 * (rate - least) * (1 + std::cos(std::numbers::pi * progress));
}

} // namespace attune
