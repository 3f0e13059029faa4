#include "train/ppo_update.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <numeric>
#include <utility>

namespace attune {
namespace {

constexpr std::pair<const char*, double UpdateFigures::*> figureFields[] = {
    {"policy_loss", &UpdateFigures::policyLoss},
    {"value_loss", &UpdateFigures::valueLoss},
    {"pretrain_loss", &UpdateFigures::pretrainLoss},
    {"clip_fraction", &UpdateFigures::clipFraction},
    {"value_clip_fraction", &UpdateFigures::valueClipFraction},
    {"approximate_kl", &UpdateFigures::approximateKl},
    {"entropy", &UpdateFigures::entropy},
    {"ratio", &UpdateFigures::ratio},
    {"grad_norm", &UpdateFigures::gradientNorm},
    {"value_grad_norm", &UpdateFigures::valueGradientNorm}};

size_t tokensOf(std::span<const Episode> episodes) {
  size_t tokens = 0;
  for (const Episode& episode : episodes) tokens += episode.length();
  return tokens;
}

double shareClipped(const Batch& batch, std::span<const Episode> episodes, std::span<const float> values,
                    double range) {
  double clipped = 0;
  for (size_t r = 0; r < episodes.size(); ++r) {
    const std::vector<double> now = replyPart(batch, values, int(r), episodes[r]);
    for (size_t t = 0; t < now.size(); ++t) clipped += std::abs(now[t] - episodes[r].values[t]) > range;
  }
  return clipped;
}

} // namespace

Json toJson(const UpdateFigures& figures) {
  Json json = Json::object();
  for (const auto& [name, figure] : figureFields) json[name] = figures.*figure;
  return json;
}

UpdateFigures parseUpdateFigures(const Json& json) {
  UpdateFigures figures;
  for (const auto& [name, figure] : figureFields) figures.*figure = json.at(name);
  return figures;
}

PpoUpdate::PpoUpdate(Learner& policy, Learner& value, const PpoSettings& settings, int64_t context)
    : policy_(policy)
    , value_(value)
    , settings_(settings)
    , context_(context)
    , policyPasses_(policy.sharedModel(), policy.gradients(), settings.temperature)
    , valuePasses_(value.sharedModel(), value.gradients())
    , pretrainPasses_(policy.sharedModel(), policy.gradients()) {}

// Of a piece of a minibatch that has `counted` tokens.
void PpoUpdate::addGradients(std::span<const Episode> part, size_t counted, UpdateFigures& figures) {
  const double each = 1 / double(counted), here = double(tokensOf(part)) * each;
  const Batch batch = batchOf(part, context_, each);
  const auto clipped = policyPasses_.clippedBackward(batch, asRows(batch, part, &Episode::old),
                                                     asRows(batch, part, &Episode::advantages), settings_.clipRange);
  const Moved moved = movement(batch, part, clipped.now.logProbabilities, clipped.now.entropies, settings_.clipRange);
  std::vector<float> weights = batch.weights;
  for (float& weight : weights) weight *= float(settings_.valueCoef);
  const TokenRows rows{batch.rows, batch.length, batch.ids, {}};
  const auto valued = valuePasses_.valueBackward(rows, asRows(batch, part, &Episode::values),
                                                 asRows(batch, part, &Episode::returns), weights, settings_.valueClip);
  figures.policyLoss += clipped.loss;
  figures.valueLoss += valued.loss / settings_.valueCoef;
  figures.clipFraction += here * moved.clipFraction;
  figures.approximateKl += here * moved.approximateKl;
  figures.entropy += here * moved.entropy;
  figures.ratio += here * moved.ratio;
  figures.valueClipFraction += each * shareClipped(batch, part, valued.values, settings_.valueClip);
}

// One optimizer step of both models.
UpdateFigures PpoUpdate::learn(std::span<const Episode> chosen, int parts, Rates rates, const Pretrain& pretrain,
                               int update) {
  policy_.optimizer().zeroGradients();
  value_.optimizer().zeroGradients();
  UpdateFigures here;
  const size_t counted = tokensOf(chosen), pieces = std::min<size_t>(size_t(parts), chosen.size());
  for (size_t piece = 0; piece < pieces; ++piece) {
    const size_t begin = chosen.size() * piece / pieces, end = chosen.size() * (piece + 1) / pieces;
    addGradients(chosen.subspan(begin, end - begin), counted, here);
  }
  if (settings_.pretrainCoef > 0) {
    const Batch text = pretrain(uint64_t(update));
    const double tokens = std::accumulate(text.weights.begin(), text.weights.end(), 0.0);
    here.pretrainLoss = pretrainPasses_.backward(text, settings_.pretrainCoef / tokens, 0, 0) / settings_.pretrainCoef;
  }
  here.gradientNorm =
      policy_.step(here.policyLoss + settings_.pretrainCoef * here.pretrainLoss, rates.policy, "the policy's loss");
  here.valueGradientNorm = value_.step(here.valueLoss, rates.value, "the value loss");
  return here;
}

void PpoUpdate::run(std::span<const Episode> episodes, const std::function<std::vector<uint32_t>(int)>& order,
                    int parts, Rates rates, const Pretrain& pretrain, UpdatePlace& place,
                    const std::function<void(int, int)>& between) {
  const int minibatches = int(std::min<size_t>(size_t(settings_.minibatches), episodes.size()));
  const int updates = settings_.epochs * minibatches;
  std::vector<uint32_t> places;
  for (int known = -1; place.updates < updates;) {
    between(place.updates, updates);
    const int epoch = place.updates / minibatches;
    const size_t m = size_t(place.updates % minibatches);
    if (epoch != known) places = order(epoch), known = epoch;
    std::vector<Episode> chosen;
    for (size_t i = episodes.size() * m / size_t(minibatches); i < episodes.size() * (m + 1) / size_t(minibatches); ++i)
      chosen.push_back(episodes[places[i]]);
    const UpdateFigures here = learn(chosen, parts, rates, pretrain, place.updates);
    ++place.updates;
    for (const auto& [name, figure] : figureFields)
      place.figures.*figure += (here.*figure - place.figures.*figure) / place.updates; // a running mean
  }
}

} // namespace attune
