#include "train/trainer.h"

#include "error.h"

#include <cmath>
#include <numeric>

namespace attune {

Trainer::Trainer(std::shared_ptr<Model> model, const OptimizerSettings& settings)
    : model_(model)
    , optimizer_(model, settings)
    , passes_(model, &optimizer_.gradients()) {}

double Trainer::gradients(std::span<const Batch> batches) {
  double counted = 0;
  for (const Batch& batch : batches) counted += std::accumulate(batch.weights.begin(), batch.weights.end(), 0.0);
  if (counted <= 0) throw Error("the batch has no token to learn from");
  optimizer_.zeroGradients();
  double loss = 0;
  for (size_t i = 0; i < batches.size(); ++i)
    loss += passes_.backward(batches[i], 1 / counted, uint64_t(optimizer_.steps()), uint32_t(i));
  return loss;
}

StepResult Trainer::step(std::span<const Batch> batches, double rate) {
  StepResult result;
  result.loss = gradients(batches);
  for (const Batch& batch : batches) result.tokens += int64_t(batch.rows) * batch.length;
  result.gradientNorm = optimizer_.gradientNorm();
  if (!std::isfinite(result.loss) || !std::isfinite(result.gradientNorm)) {
    const std::string bad = optimizer_.firstBadGradient();
    throw Error("the loss is not a number any more" +
                (bad.empty() ? std::string() : "; the first bad gradient is that of '" + bad + "'") +
                "; go on from the last checkpoint with a lower learning rate or a smaller --clip");
  }
  optimizer_.update(rate);
  return result;
}

Trainer::Sum Trainer::evaluate(const Batch& batch) {
  Sum sum;
  sum.count = std::accumulate(batch.weights.begin(), batch.weights.end(), 0.0);
  if (sum.count > 0) sum.loss = passes_.forward(batch);
  return sum;
}

} // namespace attune
