// What steers PPO from one iteration to the next, and is kept in its checkpoints.
#pragma once

#include "formats/json.h"

namespace attune {

// The coefficient of the KL penalty: fixed, or (Ziegler et al. 2019) drawn towards a target by at most 2 % an
// iteration: coefficient *= 1 + 0.1 clip(KL / target - 1, -0.2, 0.2).
class KlController {
public:
  KlController(double coefficient, double target)
      : coefficient_(coefficient)
      , target_(target) {}

  double coefficient() const { return coefficient_; }
  void observe(double kl); // the mean KL of an iteration's replies
  void restore(double coefficient) { coefficient_ = coefficient; }

private:
  double coefficient_, target_;
};

// Mean and deviation of all scores so far (Welford 1962), to divide scores by.
struct RunningScale {
  double count = 0, mean = 0, squares = 0;
  void add(double value);
  double deviation() const; // 1 until two values are known
};

// The evaluation with the highest score minus KL penalty so far.
struct BestEvaluation {
  int64_t step = -1; // none yet
  double objective = 0, score = 0, kl = 0;
};

Json toJson(const RunningScale& scale);
RunningScale parseRunningScale(const Json& json);
Json toJson(const BestEvaluation& best);
BestEvaluation parseBestEvaluation(const Json& json);

} // namespace attune
