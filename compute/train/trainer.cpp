#include "train/trainer.h"

#include "error.h"

#include <numeric>

namespace attune {

Trainer::Trainer(std::shared_ptr<Model> model, const OptimizerSettings& settings)
    : learner_(model, settings)
    , passes_(model, learner_.gradients()) {}

double Trainer::gradients(std::span<const Batch> batches) {
  double counted = 0;
  for (const Batch& batch : batches) counted += std::accumulate(batch.weights.begin(), batch.weights.end(), 0.0);
  if (counted <= 0) throw Error("the batch has no token to learn from");
  optimizer().zeroGradients();
  double loss = 0;
  for (size_t i = 0; i < batches.size(); ++i)
    loss += passes_.backward(batches[i], 1 / counted, uint64_t(optimizer().steps()), uint32_t(i));
  return loss;
}

StepResult Trainer::step(std::span<const Batch> batches, double rate) {
  StepResult result;
  result.loss = gradients(batches);
  for (const Batch& batch : batches) result.tokens += int64_t(batch.rows) * batch.length;
  result.gradientNorm = learner_.step(result.loss, rate);
  return result;
}

Trainer::Sum Trainer::evaluate(const Batch& batch) {
  Sum sum;
  sum.count = std::accumulate(batch.weights.begin(), batch.weights.end(), 0.0);
  if (sum.count > 0) sum.loss = passes_.forward(batch);
  return sum;
}

} // namespace attune
