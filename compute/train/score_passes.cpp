#include "train/score_passes.h"

#include "error.h"
#include "ops/clipped_loss.h"
#include "ops/linear.h"

#include <algorithm>
#include <bit>

namespace attune {
namespace {

enum Kind : int64_t { Forward, Ranking, Values };

struct Scored {
  PassGraph made;
  std::map<std::string, Tensor> parameters;
  Tensor values; // [rows * length, 1]
};

Scored scoreGraph(const ModelConfig& config, const TokenRows& rows, bool training) {
  Scored scored;
  HiddenStates states = hiddenStates(scored.made.graph, config, rows.rows, rows.length, training);
  scored.values = linear(scored.made.graph, states.hidden, states.head, WeightLayout::OutIn);
  scored.made.outputs["values"] = scored.values;
  scored.parameters = std::move(states.parameters);
  return scored;
}

} // namespace

void PairBatch::addRanking(int first, std::span<const int> ranks, double share) {
  const double all = double(ranks.size()) * double(ranks.size() - 1) / 2;
  for (size_t i = 0; i < ranks.size(); ++i)
    for (size_t j = 0; j < ranks.size(); ++j)
      if (ranks[i] < ranks[j]) {
        pairs.insert(pairs.end(), {int32_t(first + int(i)), int32_t(first + int(j))});
        weights.push_back(float(share / all));
      }
}

ScorePasses::ScorePasses(std::shared_ptr<Model> model, ParameterBlock* gradients)
    : passes_(std::move(model), gradients) {
  if (!passes_.model().config().classifier)
    throw Error(
        "a language model has no scores; a reward model (…ForSequenceClassification with one label) was expected");
}

void ScorePasses::freezeBody(int64_t added) {
  const ModelConfig& config = passes_.model().config();
  const bool llama = config.architecture == Architecture::Llama;
  const std::string layers = llama ? "model.layers." : "transformer.h.",
                    norm = llama ? "model.norm." : "transformer.ln_f.";
  learns_ = [layers, norm, added, first = config.nLayer - added](const std::string& name) {
    if (name.starts_with(layers)) return std::stoll(name.substr(layers.size())) >= first;
    return name == "score.weight" || (added > 0 && name.starts_with(norm));
  };
}

std::vector<float> ScorePasses::values(const TokenRows& rows) {
  const ModelConfig& config = passes_.model().config();
  Pass& pass = passes_.get({Forward, rows.rows, rows.length}, [&] { return scoreGraph(config, rows, false).made; });
  setTokens(pass, rows.ids, rows.length, config);
  pass.submit();
  return pass.read("values");
}

std::vector<float> ScorePasses::ofLastTokens(const TokenRows& rows, const std::vector<float>& values) const {
  std::vector<float> last;
  for (int r = 0; r < rows.rows; ++r)
    last.push_back(values[size_t(r) * size_t(rows.length) + size_t(std::max(rows.lengths[size_t(r)] - 1, 0))]);
  return last;
}

std::vector<float> ScorePasses::scores(const TokenRows& rows) { return ofLastTokens(rows, values(rows)); }

ScorePasses::Ranked ScorePasses::rankingBackward(const PairBatch& batch, RankingTerm term) {
  const ModelConfig& config = passes_.model().config();
  const int64_t count = int64_t(std::bit_ceil(std::max<size_t>(batch.weights.size(), 1)));
  const TokenRows& rows = batch.tokens;
  Pass& pass = passes_.get({Ranking, rows.rows, rows.length, count, int64_t(term)}, [&] {
    Scored s = scoreGraph(config, rows, true);
    Graph& graph = s.made.graph;
    const Tensor loss = rankingLoss(graph, s.values, graph.external("pairs", {count, 2}),
                                    graph.external("pair_weights", {count}), term);
    s.made.outputs["loss"] = loss;
    differentiateParameters(graph, loss, s.parameters, learns_);
    return std::move(s.made);
  });
  setTokens(pass, rows.ids, rows.length, config);
  const std::span<int32_t> pairs = pass.integers("pairs");
  const std::span<float> weights = pass.numbers("pair_weights");
  std::fill(pairs.begin(), pairs.end(), 0);
  std::fill(weights.begin(), weights.end(), 0.0f);
  for (size_t i = 0; i < batch.pairs.size(); ++i) { // rows as their last tokens
    const size_t row = size_t(batch.pairs[i]);
    pairs[i] = int32_t(row) * rows.length + std::max(rows.lengths[row] - 1, 0);
  }
  std::copy(batch.weights.begin(), batch.weights.end(), weights.begin());
  pass.submit();
  return {pass.read("loss")[0], ofLastTokens(rows, pass.read("values"))};
}

ScorePasses::Valued ScorePasses::valueBackward(const TokenRows& rows, std::span<const float> old,
                                               std::span<const float> returns, std::span<const float> weights,
                                               double range) {
  const ModelConfig& config = passes_.model().config();
  Pass& pass = passes_.get({Values, rows.rows, rows.length, std::bit_cast<int64_t>(range)}, [&] {
    Scored s = scoreGraph(config, rows, true);
    Graph& graph = s.made.graph;
    const Shape tokens{rows.tokens()};
    const Tensor loss =
        clippedValueLoss(graph, s.values, graph.external("old", tokens), graph.external("returns", tokens),
                         graph.external("weights", tokens), float(range));
    s.made.outputs["loss"] = loss;
    differentiateParameters(graph, loss, s.parameters);
    return std::move(s.made);
  });
  setTokens(pass, rows.ids, rows.length, config);
  std::copy(old.begin(), old.end(), pass.numbers("old").begin());
  std::copy(returns.begin(), returns.end(), pass.numbers("returns").begin());
  std::copy(weights.begin(), weights.end(), pass.numbers("weights").begin());
  pass.submit();
  return {pass.read("loss")[0], pass.read("values")};
}

} // namespace attune
