// The learning rate of a step: linear warm-up, then a cosine from `rate` to `least` (Loshchilov and Hutter 2017).
#pragma once

#include <cstdint>

namespace attune {

struct Schedule {
  double rate = 1e-3, least = 1e-4;
  int64_t warmup = 0, steps = 1;

  // step 0 ... steps - 1. Warm-up: rate (step + 1) / warmup; then least + (rate - least) (1 + cos(pi progress)) / 2
  // with progress = (step - warmup) / (steps - warmup).
  double at(int64_t step) const;
};

} // namespace attune
