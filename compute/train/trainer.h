// One model being trained: from batches to gradients to new weights. What a step is made of, without files or clocks.
#pragma once

#include "train/learner.h"
#include "train/loss_passes.h"

#include <span>

namespace attune {

struct StepResult {
  double loss = 0;         // mean negative log-likelihood of the counted tokens, nats
  double gradientNorm = 0; // before clipping
  int64_t tokens = 0;      // read, padding included
};

class Trainer {
public:
  Trainer(std::shared_ptr<Model> model, const OptimizerSettings& settings);

  // For the steps to come; the masks are a function of seed, step and batch.
  void setDropout(double probability, uint64_t seed) { passes_.setDropout(probability, seed); }

  // Plans and records what batches of this shape will run; nothing is computed.
  void prepare(int rows, int length, bool training) { passes_.prepare(rows, length, training); }

  // One optimizer step over the batches together (gradient accumulation): the mean is over all their counted tokens.
  // A loss or gradient that is not finite throws Error naming the first bad tensor and leaves the weights as they were.
  StepResult step(std::span<const Batch> batches, double rate);

  // Gradients alone, of the mean loss, which is returned; they stay in optimizer().gradients().
  double gradients(std::span<const Batch> batches);

  // Summed negative log-likelihood of the counted tokens, and their number.
  struct Sum {
    double loss = 0;
    double count = 0;
  };
  Sum evaluate(const Batch& batch);

  Learner& learner() { return learner_; }
  Optimizer& optimizer() { return learner_.optimizer(); }

private:
  Learner learner_;
  LossPasses passes_;
};

} // namespace attune
