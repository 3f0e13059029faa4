// The learning half of a PPO iteration: epochs and minibatches over episodes whose rewards and advantages are known.
#pragma once

#include "formats/json.h"
#include "train/learner.h"
#include "train/loss_passes.h"
#include "train/policy_passes.h"
#include "train/preference_settings.h"
#include "train/rollout.h"
#include "train/score_passes.h"

#include <functional>

namespace attune {

// Means over all minibatches of an iteration.
struct UpdateFigures {
  double policyLoss = 0, valueLoss = 0, pretrainLoss = 0;
  double clipFraction = 0, valueClipFraction = 0, approximateKl = 0, entropy = 0, ratio = 0;
  double gradientNorm = 0, valueGradientNorm = 0;
};

Json toJson(const UpdateFigures& figures);
UpdateFigures parseUpdateFigures(const Json& json);

// How far the learning from one iteration's episodes is.
struct UpdatePlace {
  int updates = 0; // minibatches learned from
  UpdateFigures figures;
};

class PpoUpdate {
public:
  struct Rates {
    double policy = 0, value = 0; // with a rate of 0 the optimizer gathers its moments and the weights stay
  };
  // `pretrain`: a batch of text for a minibatch's number, for the pre-training term; empty where its coefficient is 0.
  using Pretrain = std::function<Batch(uint64_t minibatch)>;

  PpoUpdate(Learner& policy, Learner& value, const PpoSettings& settings, int64_t context);

  // Episodes need old, values, advantages (whitened) and returns. `order`, a permutation of them for an epoch; `parts`:
  // pieces that a minibatch is computed in. Every optimizer step has the same `rates`. Goes on from `place` and keeps
  // it up to date; `between` is called before every further minibatch, with its number and how many there are, and may
  // throw.
  void run(std::span<const Episode> episodes, const std::function<std::vector<uint32_t>(int epoch)>& order, int parts,
           Rates rates, const Pretrain& pretrain, UpdatePlace& place,
           const std::function<void(int update, int updates)>& between);

private:
  UpdateFigures learn(std::span<const Episode> chosen, int parts, Rates rates, const Pretrain& pretrain, int update);
  void addGradients(std::span<const Episode> part, size_t counted, UpdateFigures& figures);

  Learner& policy_;
  Learner& value_;
  PpoSettings settings_;
  int64_t context_;
  PolicyPasses policyPasses_;
  ScorePasses valuePasses_;
  LossPasses pretrainPasses_;
};

} // namespace attune
