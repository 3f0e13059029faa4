#include "train/ppo_update.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace attune {
namespace {

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

UpdateFigures PpoUpdate::run(std::span<const Episode> episodes, const std::function<std::vector<uint32_t>(int)>& order,
                             int parts, double rate, const Pretrain& pretrain) {
  UpdateFigures sum;
  int updates = 0;
  for (int epoch = 0; epoch < settings_.epochs; ++epoch) {
    const std::vector<uint32_t> places = order(epoch);
    const size_t minibatches = std::min<size_t>(size_t(settings_.minibatches), episodes.size());
    for (size_t m = 0; m < minibatches; ++m) {
      std::vector<Episode> chosen;
      for (size_t i = episodes.size() * m / minibatches; i < episodes.size() * (m + 1) / minibatches; ++i)
        chosen.push_back(episodes[places[i]]);
      policy_.optimizer().zeroGradients();
      value_.optimizer().zeroGradients();
      UpdateFigures here;
      const size_t counted = tokensOf(chosen), pieces = std::min<size_t>(size_t(parts), chosen.size());
      for (size_t piece = 0; piece < pieces; ++piece) {
        const size_t begin = chosen.size() * piece / pieces, end = chosen.size() * (piece + 1) / pieces;
        addGradients(std::span(chosen).subspan(begin, end - begin), counted, here);
      }
      if (settings_.pretrainCoef > 0) {
        const Batch text = pretrain(uint64_t(updates));
        const double tokens = std::accumulate(text.weights.begin(), text.weights.end(), 0.0);
        here.pretrainLoss =
            pretrainPasses_.backward(text, settings_.pretrainCoef / tokens, 0, 0) / settings_.pretrainCoef;
      }
      const double loss = here.policyLoss + settings_.pretrainCoef * here.pretrainLoss;
      here.gradientNorm = policy_.step(loss, rate);
      here.valueGradientNorm = value_.step(here.valueLoss, rate);
      ++updates;
      for (double UpdateFigures::*figure :
           {&UpdateFigures::policyLoss, &UpdateFigures::valueLoss, &UpdateFigures::pretrainLoss,
            &UpdateFigures::clipFraction, &UpdateFigures::valueClipFraction, &UpdateFigures::approximateKl,
            &UpdateFigures::entropy, &UpdateFigures::ratio, &UpdateFigures::gradientNorm,
            &UpdateFigures::valueGradientNorm})
        sum.*figure += (here.*figure - sum.*figure) / updates; // a running mean
    }
  }
  return sum;
}

} // namespace attune
