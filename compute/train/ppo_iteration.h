// One iteration of PPO: the replies, what was learned from them so far, and what is measured of both.
#pragma once

#include "train/ppo_update.h"
#include "train/run_job.h"

namespace attune {

struct PpoIteration {
  std::vector<Episode> episodes; // advantages are whitened
  std::vector<double> scores;    // the source's own
  double coefficient = 0, explained = 0;
  UpdatePlace place;
};

// Everything, to go on with exactly the same numbers.
Json toJson(const PpoIteration& iteration);
PpoIteration parsePpoIteration(const Json& json); // throws nlohmann's exceptions

// The figures of step `step` (from 0), once it was learned from.
std::vector<Metric> figuresOf(const PpoIteration& iteration, const PpoSettings& settings, int64_t step);

} // namespace attune
