#include "train/loss_passes.h"

#include "error.h"
#include "graph/differentiate.h"
#include "ops/log_probability.h"
#include "ops/weighted_sum.h"

#include <algorithm>
#include <numeric>

namespace attune {
namespace {

constexpr const char* inputNames[] = {"ids",     "ids.order", "positions", "positions.order",
                                      "targets", "weights",   "dropout"};

struct LossGraph {
  Graph graph;
  Tensor loss;
};

// The weighted sum of log-probabilities of the targets and, for training, its gradients into NAME.gradient.
LossGraph lossGraph(const ModelConfig& config, int64_t rows, int64_t length, bool training, double dropout) {
  LossGraph made;
  Graph& graph = made.graph;
  const int64_t tokens = rows * length;
  const std::map<std::string, Tensor> parameters = parameterTensors(graph, config);
  const TokenInputs inputs = tokenInputs(graph, tokens, training);
  const HeadShape shape{rows, length, config.nHead, config.nKvHead, config.headDim};
  const Transformer transformer{config, parameters, training, training ? float(dropout) : 0.0f};
  const Tensor hidden = transformer.hidden(
      graph, inputs, [&](Graph& g, int64_t, const QueryKeyValue& input) { return attention(g, input, shape); });
  const Tensor p = logProbability(graph, hidden, transformer.head(), graph.external("targets", {tokens}));
  made.loss = weightedSum(graph, p, graph.external("weights", {tokens}));
  graph.keep(made.loss);
  if (!training) return made;
  Accumulators accumulators;
  for (const auto& [name, tensor] : parameters)
    accumulators[name] = graph.external(name + ".gradient", Shape(graph.shape(tensor)));
  differentiate(graph, made.loss, accumulators);
  return made;
}

// The permutation that sorts rows by number; equal ones stay in order.
void sortRows(const int32_t* numbers, int32_t* order, size_t count) {
  std::iota(order, order + count, 0);
  std::stable_sort(order, order + count, [&](int32_t a, int32_t b) { return numbers[a] < numbers[b]; });
}

} // namespace

// A recording for batches of one shape, with its inputs.
struct LossPasses::Pass {
  Tensor loss;
  uint64_t stride = 0; // bytes between inputs
  std::unique_ptr<vulkan::Buffer> inputs;
  std::unique_ptr<Executable> executable;

  int32_t* input(int which) const { return reinterpret_cast<int32_t*>(inputs->mapped() + uint64_t(which) * stride); }
};

LossPasses::LossPasses(std::shared_ptr<Model> model, ParameterBlock* gradients)
    : model_(std::move(model))
    , gradients_(gradients) {
  if (model_->config().classifier)
    throw Error("a reward model predicts no next token; a language model was expected");
}

void LossPasses::setDropout(double probability, uint64_t seed) {
  dropout_ = probability;
  seed_ = seed;
  passes_.clear();
}

LossPasses::Pass& LossPasses::passFor(int rows, int length, bool training) {
  if (const auto found = passes_.find({rows, length, training}); found != passes_.end()) return *found->second;
  auto made = std::make_shared<Pass>();
  LossGraph loss = lossGraph(model_->config(), rows, length, training, dropout_);
  made->loss = loss.loss;
  made->stride = (uint64_t(rows) * uint64_t(length) * 4 + 255) / 256 * 256;
  made->inputs = model_->device().allocate(made->stride * std::size(inputNames), vulkan::Memory::Upload, "batch");
  Bindings bindings = model_->bindings();
  if (training) gradients_->bind(bindings, ".gradient");
  for (size_t i = 0; i < std::size(inputNames); ++i)
    bindings[inputNames[i]] = {made->inputs.get(), i * made->stride, made->stride};
  // A larger arena: the other passes would keep the smaller one alive; each is recorded again when it is needed.
  if (arena_ && arena_->size() < Plan(loss.graph).bytes()) passes_.clear();
  made->executable = std::make_unique<Executable>(model_->device(), std::move(loss.graph), bindings, arena_);
  return *(passes_[{rows, length, training}] = std::move(made));
}

double LossPasses::run(const Batch& batch, bool training, double scale, uint64_t step, uint32_t part) {
  const ModelConfig& config = model_->config();
  const size_t count = size_t(batch.rows) * size_t(batch.length);
  if (batch.length > config.nCtx)
    throw Error("a row of " + std::to_string(batch.length) + " tokens is longer than the model's context of " +
                std::to_string(config.nCtx));
  for (size_t i = 0; i < count; ++i)
    for (int32_t id : {batch.ids[i], batch.targets[i]})
      if (id < 0 || id >= config.vocabSize)
        throw Error("token id " + std::to_string(id) + " is out of range: the model knows 0 to " +
                    std::to_string(config.vocabSize - 1) + "; is the data encoded with this model's tokenizer?");
  Pass& pass = passFor(batch.rows, batch.length, training);
  std::copy(batch.ids.begin(), batch.ids.end(), pass.input(0));
  for (size_t i = 0; i < count; ++i) pass.input(2)[i] = int32_t(i % size_t(batch.length));
  if (training)
    for (int which : {0, 2}) sortRows(pass.input(which), pass.input(which + 1), count);
  std::copy(batch.targets.begin(), batch.targets.end(), pass.input(4));
  auto* weights = reinterpret_cast<float*>(pass.input(5));
  for (size_t i = 0; i < count; ++i) weights[i] = float(-scale * double(batch.weights[i]));
  const uint32_t dropout[4] = {uint32_t(seed_), uint32_t(seed_ >> 32), uint32_t(step), part};
  std::copy(dropout, dropout + 4, reinterpret_cast<uint32_t*>(pass.input(6)));
  pass.executable->submit();
  return pass.executable->read(pass.loss)[0];
}

double LossPasses::forward(const Batch& batch, double scale) { return run(batch, false, scale, 0, 0); }

double LossPasses::backward(const Batch& batch, double scale, uint64_t step, uint32_t part) {
  return run(batch, true, scale, step, part);
}

} // namespace attune
