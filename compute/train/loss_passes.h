// Forward and backward passes of the next-token loss, one recording a shape of batch.
#pragma once

#include "data/batch.h"
#include "model/model.h"

#include <map>
#include <tuple>

namespace attune {

class LossPasses {
public:
  // Without `gradients` only forward passes can run.
  LossPasses(std::shared_ptr<Model> model, ParameterBlock* gradients);

  // For backward passes. The masks are a function of seed and of the step and part given to `backward`.
  void setDropout(double probability, uint64_t seed);

  // The negative log-likelihood of the targets, times their weights and `scale`, summed. Throws Error naming an id or
  // length out of range.
  double forward(const Batch& batch, double scale = 1);
  // The same, and adds its gradients.
  double backward(const Batch& batch, double scale, uint64_t step, uint32_t part);

  // Plans and records what a batch of this shape will run; nothing is computed.
  void prepare(int rows, int length, bool training) { passFor(rows, length, training); }

private:
  struct Pass;
  Pass& passFor(int rows, int length, bool training);
  double run(const Batch& batch, bool training, double scale, uint64_t step, uint32_t part);

  std::shared_ptr<Model> model_;
  ParameterBlock* gradients_;
  double dropout_ = 0;
  uint64_t seed_ = 0;
  std::shared_ptr<vulkan::Buffer> arena_;
  std::map<std::tuple<int, int, bool>, std::shared_ptr<Pass>> passes_;
};

} // namespace attune
