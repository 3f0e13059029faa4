#include "train/policy_passes.h"

#include "error.h"
#include "ops/clipped_loss.h"
#include "ops/log_probability.h"
#include "ops/ranking_loss.h"
#include "ops/scale.h"
#include "ops/sequence_sum.h"
#include "train/token_rows.h"

#include <algorithm>
#include <bit>

namespace attune {
namespace {

enum Kind : int64_t { Forward, ClippedLoss, Preference };

struct Written {
  PassGraph made;
  std::map<std::string, Tensor> parameters;
  Tensor logProbabilities; // [rows * length]
};

Written replyGraph(const ModelConfig& config, const Batch& batch, bool training, double temperature) {
  Written w;
  Graph& graph = w.made.graph;
  HiddenStates states = hiddenStates(graph, config, batch.rows, batch.length, training);
  const Tensor hidden = temperature == 1 ? states.hidden : scale(graph, states.hidden, float(1 / temperature));
  const WithEntropy both = logProbabilityAndEntropy(graph, hidden, states.head,
                                                    graph.external("targets", {int64_t(batch.rows) * batch.length}));
  w.logProbabilities = both.logProbability;
  w.made.outputs = {{"log_probabilities", both.logProbability}, {"entropies", both.entropy}};
  w.parameters = std::move(states.parameters);
  return w;
}

void setBatch(Pass& pass, const Batch& batch, const ModelConfig& config) {
  setTokens(pass, batch.ids, batch.length, config);
  for (int32_t id : batch.targets)
    if (id < 0 || id >= config.vocabSize)
      throw Error("token id " + std::to_string(id) + " is out of range: the model knows 0 to " +
                  std::to_string(config.vocabSize - 1));
  std::copy(batch.targets.begin(), batch.targets.end(), pass.integers("targets").begin());
}

} // namespace

PolicyPasses::PolicyPasses(std::shared_ptr<Model> model, ParameterBlock* gradients, double temperature)
    : passes_(std::move(model), gradients)
    , temperature_(temperature) {
  if (passes_.model().config().classifier) throw Error("a reward model writes no text; a language model was expected");
}

PolicyPasses::Looked PolicyPasses::forward(const Batch& batch) {
  const ModelConfig& config = passes_.model().config();
  Pass& pass = passes_.get({Forward, batch.rows, batch.length},
                           [&] { return replyGraph(config, batch, false, temperature_).made; });
  setBatch(pass, batch, config);
  pass.submit();
  return {pass.read("log_probabilities"), pass.read("entropies")};
}

PolicyPasses::Clipped PolicyPasses::clippedBackward(const Batch& batch, std::span<const float> old,
                                                    std::span<const float> advantages, double range) {
  const ModelConfig& config = passes_.model().config();
  Pass& pass = passes_.get({ClippedLoss, batch.rows, batch.length, std::bit_cast<int64_t>(range)}, [&] {
    Written w = replyGraph(config, batch, true, temperature_);
    Graph& graph = w.made.graph;
    const Shape tokens{int64_t(batch.rows) * batch.length};
    const Tensor loss =
        clippedPolicyLoss(graph, w.logProbabilities, graph.external("old", tokens),
                          graph.external("advantages", tokens), graph.external("weights", tokens), float(range));
    w.made.outputs["loss"] = loss;
    differentiateParameters(graph, loss, w.parameters);
    return std::move(w.made);
  });
  setBatch(pass, batch, config);
  std::copy(old.begin(), old.end(), pass.numbers("old").begin());
  std::copy(advantages.begin(), advantages.end(), pass.numbers("advantages").begin());
  std::copy(batch.weights.begin(), batch.weights.end(), pass.numbers("weights").begin());
  pass.submit();
  return {pass.read("loss")[0], {pass.read("log_probabilities"), pass.read("entropies")}};
}

PolicyPasses::Preferred PolicyPasses::preferenceBackward(const Batch& batch, std::span<const float> reference,
                                                         std::span<const float> shares, double beta) {
  const ModelConfig& config = passes_.model().config();
  const int64_t count = batch.rows / 2;
  Pass& pass = passes_.get({Preference, batch.rows, batch.length, std::bit_cast<int64_t>(beta)}, [&] {
    Written w = replyGraph(config, batch, true, temperature_);
    Graph& graph = w.made.graph;
    const Tensor rewards = sequenceSum(graph, w.logProbabilities, graph.external("weights", {batch.rows, batch.length}),
                                       graph.external("reference", {batch.rows}), float(beta));
    const Tensor loss = rankingLoss(graph, rewards, graph.external("pairs", {count, 2}),
                                    graph.external("shares", {count}), RankingTerm::Sigmoid);
    w.made.outputs["loss"] = loss;
    differentiateParameters(graph, loss, w.parameters);
    return std::move(w.made);
  });
  setBatch(pass, batch, config);
  std::copy(batch.weights.begin(), batch.weights.end(), pass.numbers("weights").begin());
  std::copy(reference.begin(), reference.end(), pass.numbers("reference").begin());
  std::copy(shares.begin(), shares.end(), pass.numbers("shares").begin());
  const std::span<int32_t> pairs = pass.integers("pairs");
  for (size_t i = 0; i < pairs.size(); ++i) pairs[i] = int32_t(i); // 0, 1, 2, 3: preferred before its other
  pass.submit();
  return {pass.read("loss")[0], rowSums(batch, pass.read("log_probabilities"))};
}

std::vector<float> rowSums(const Batch& batch, std::span<const float> values) {
  std::vector<float> sums;
  for (int r = 0; r < batch.rows; ++r) {
    double sum = 0;
    for (int t = 0; t < batch.length; ++t) {
      const size_t i = size_t(r) * size_t(batch.length) + size_t(t);
      if (batch.weights[i] != 0) sum += double(batch.weights[i]) * values[i];
    }
    sums.push_back(float(sum));
  }
  return sums;
}

} // namespace attune
