#include "train/ppo_control.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

namespace attune {

void KlController::observe(double kl) {
  if (target_ > 0) coefficient_ *= 1 + 0.1 * std::clamp(kl / target_ - 1, -0.2, 0.2);
}

void RunningScale::add(double value) {
  ++count;
  const double from = value - mean;
  mean += from / count;
  squares += from * (value - mean);
}

double RunningScale::deviation() const { return count > 1 ? std::sqrt(squares / count + 1e-8) : 1; }

Json toJson(const RunningScale& s) { return {{"count", s.count}, {"mean", s.mean}, {"squares", s.squares}}; }
RunningScale parseRunningScale(const Json& j) { return {j.at("count"), j.at("mean"), j.at("squares")}; }

Json toJson(const BestEvaluation& b) {
  return {{"step", b.step}, {"objective", b.objective}, {"score", b.score}, {"kl", b.kl}};
}
BestEvaluation parseBestEvaluation(const Json& j) {
  return {j.at("step"), j.at("objective"), j.at("score"), j.at("kl")};
}

} // namespace attune
