// AdamW over all parameters of a model, with clipping by the norm of the whole gradient. Gradients and moments are
// blocks of the weights' layout.
#pragma once

#include "model/model.h"

namespace attune {

struct OptimizerSettings {
  double beta1 = 0.9, beta2 = 0.95, epsilon = 1e-8;
  double weightDecay = 0.1; // of matrices only
  double clip = 1;          // largest norm of the gradient; 0: no limit
};

class Optimizer {
public:
  Optimizer(std::shared_ptr<Model> model, const OptimizerSettings& settings);

  ParameterBlock& gradients() { return gradients_; }
  ParameterBlock& firstMoments() { return first_; }
  ParameterBlock& secondMoments() { return second_; }
  // Steps taken so far: AdamW's bias correction depends on it.
  int64_t steps() const { return steps_; }
  void setSteps(int64_t steps) { steps_ = steps; }

  void zeroGradients();
  double gradientNorm();    // waits
  void update(double rate); // after gradientNorm, which also sets the clipping
  // The first tensor whose gradient holds a NaN or an infinity; where there is none, the one with the largest gradient
  // (the norm is then too large for a float).
  std::string firstBadGradient() const;

private:
  std::shared_ptr<Model> model_;
  OptimizerSettings settings_;
  ParameterBlock gradients_, first_, second_;
  std::unique_ptr<vulkan::Buffer> partial_, clipping_, hyper_;
  std::unique_ptr<vulkan::Recording> zero_, norm_, update_;
  int64_t steps_ = 0;
};

} // namespace attune
