// What a language model does in preference training: log-probabilities of given replies, and the gradients of PPO's and
// DPO's losses on them.
#pragma once

#include "data/batch.h"
#include "train/passes.h"

namespace attune {

class PolicyPasses {
public:
  // Logits are divided by `temperature`. Without `gradients` only forward passes can run. Throws Error for a reward
  // model.
  PolicyPasses(std::shared_ptr<Model> model, ParameterBlock* gradients, double temperature = 1);

  struct Looked {
    std::vector<float> logProbabilities; // of the targets [rows · length]
    std::vector<float> entropies;        // of the whole distributions [rows · length]
  };
  Looked forward(const Batch& batch);

  struct Clipped {
    double loss = 0;
    Looked now; // before the step
  };
  // PPO's clipped loss with the batch's weights (0: does not count); adds its gradients. old and advantages
  // [rows · length].
  Clipped clippedBackward(const Batch& batch, std::span<const float> old, std::span<const float> advantages,
                          double range);

  struct Preferred {
    double loss = 0;
    std::vector<float> sums; // of the counted log-probabilities of each row, before the step
  };
  // DPO on rows of which 2i is preferred to 2i + 1; the batch's weights say which tokens count (0 or 1). The loss is
  // Σ share[i] · −log σ(β ((sum − reference)[2i] − (sum − reference)[2i + 1])); adds its gradients.
  Preferred preferenceBackward(const Batch& batch, std::span<const float> reference, std::span<const float> shares,
                               double beta);

private:
  Passes passes_;
  double temperature_;
};

// Sums of the counted values of each row: Σ_t weights · values.
std::vector<float> rowSums(const Batch& batch, std::span<const float> values);

} // namespace attune
