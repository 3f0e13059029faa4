#include "train/train_source.h"

#include <algorithm>

namespace attune {

quint64 TrainForecast::bytes() const {
  quint64 sum = 0;
  for (const auto& part : parts) sum += part.bytes;
  return sum;
}

bool TrainForecast::possible() const {
  return std::none_of(checks.begin(), checks.end(), [](const Check& check) { return check.verdict == Wrong; });
}

} // namespace attune
