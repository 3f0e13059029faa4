// Direct preference optimization (Rafailov et al. 2023): a policy from rankings without a reward model.
#include "train/policy_passes.h"
#include "train/ranking_job.h"
#include "train/rollout.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

namespace attune {
namespace {

// Pairs of answers as rows: the better one, the worse one, and so on.
struct Pairs {
  Batch batch;
  std::vector<float> shares; // of each pair; 0: padding
};

Pairs pairsOf(const std::vector<const EncodedRanking*>& rankings, int64_t context) {
  std::vector<Episode> answers;
  for (const EncodedRanking* ranking : rankings)
    for (size_t i = 0; i < ranking->ranks.size(); ++i)
      for (size_t j = 0; j < ranking->ranks.size(); ++j)
        if (ranking->ranks[i] < ranking->ranks[j])
          for (const size_t side : {i, j}) {
            answers.emplace_back();
            answers.back().prompt = ranking->prompt;
            answers.back().reply = ranking->replies[side];
          }
  const size_t pairs = answers.size() / 2, padded = (pairs + 3) / 4 * 4; // few shapes
  Pairs made{batchOf(answers, context, 1, int(2 * padded)), std::vector<float>(padded, 0.0f)};
  std::fill_n(made.shares.begin(), pairs, 1.0f / float(pairs));
  return made;
}

// Sums over pairs.
struct Sums {
  double loss = 0, right = 0, margin = 0, chosen = 0, rejected = 0, logChosen = 0, logRejected = 0, pairs = 0;

  void add(const Pairs& of, std::span<const float> policy, std::span<const float> reference, double beta) {
    for (size_t p = 0; p < of.shares.size(); ++p) {
      if (of.shares[p] == 0) continue;
      const double better = beta * (double(policy[2 * p]) - reference[2 * p]),
                   worse = beta * (double(policy[2 * p + 1]) - reference[2 * p + 1]), d = better - worse;
      loss += std::max(-d, 0.0) + std::log1p(std::exp(-std::abs(d)));
      right += d > 0 ? 1 : d < 0 ? 0 : 0.5;
      margin += d;
      chosen += better;
      rejected += worse;
      logChosen += policy[2 * p];
      logRejected += policy[2 * p + 1];
      ++pairs;
    }
  }
};

class DpoJob : public RankingJob {
public:
  DpoJob(const RunSettings& settings, const Path& checkpoint)
      : RankingJob(settings, checkpoint, false)
      , reference_(checkpoint.empty() ? start_ : preferenceStart(settings, {}, false)) {
    hashes_[settings.model.string()] = reference_.parentHash;
  }

  void open(const std::shared_ptr<vulkan::Device>& device) override {
    const uint64_t before = device->memoryInUse();
    RankingJob::open(device);
    const uint64_t learns = device->memoryInUse();
    auto reference = std::make_shared<Model>(device, reference_.config);
    loadPreferenceWeights(reference_, *reference, settings_.seed);
    models_ = {{"policy", learns - before}, {"reference", device->memoryInUse() - learns}};
    passes_.emplace(learner_->sharedModel(), learner_->gradients());
    referencePasses_.emplace(reference, nullptr);
  }
  std::vector<Metric> step(int64_t step, double rate, const JobWatch& watch) override;
  std::vector<Metric> evaluate(int64_t steps, const JobWatch& watch) override;
  Rehearsed rehearse(int64_t steps) override;
  std::vector<RunModel> models() const override { return models_; }

private:
  std::vector<float> referenceSums(const Batch& batch) {
    return rowSums(batch, referencePasses_->forward(batch).logProbabilities);
  }

  PreferenceStart reference_;
  std::optional<PolicyPasses> referencePasses_, passes_;
  std::vector<RunModel> models_;
};

std::vector<Metric> DpoJob::step(int64_t step, double rate, const JobWatch&) {
  const int accumulate = settings_.accumulate;
  const double beta = settings_.dpo.beta;
  Sums sums;
  double loss = 0;
  int64_t tokens = 0;
  learner_->optimizer().zeroGradients();
  for (int part = 0; part < accumulate; ++part) {
    Pairs pairs = pairsOf(rankings(step * accumulate + part), start_.context);
    for (float& share : pairs.shares) share /= float(accumulate);
    const std::vector<float> reference = referenceSums(pairs.batch);
    const PolicyPasses::Preferred result = passes_->preferenceBackward(pairs.batch, reference, pairs.shares, beta);
    loss += result.loss;
    sums.add(pairs, result.sums, reference, beta);
    tokens += 2 * int64_t(pairs.batch.rows) * pairs.batch.length; // the reference reads them too
  }
  const double norm = learner_->step(loss, rate), n = sums.pairs;
  return {{"loss", "train/loss", loss},
          {"grad_norm", "train/grad_norm", norm},
          {"tokens", "", double(tokens)},
          {"accuracy", "train/rewards/accuracies", sums.right / n},
          {"margin", "train/rewards/margins", sums.margin / n},
          {"reward_chosen", "train/rewards/chosen", sums.chosen / n},
          {"reward_rejected", "train/rewards/rejected", sums.rejected / n},
          {"logps_chosen", "train/logps/chosen", sums.logChosen / n},
          {"logps_rejected", "train/logps/rejected", sums.logRejected / n},
          {"epoch", "train/epoch", epochs(step + 1)}};
}

RunJob::Rehearsed DpoJob::rehearse(int64_t steps) {
  Pairs largest;
  double tokens = 0, most = 0;
  const int64_t batches = steps * settings_.accumulate;
  for (int64_t index = 0; index < batches; ++index) {
    Pairs pairs = pairsOf(rankings(index), start_.context);
    const double here = double(pairs.batch.rows) * pairs.batch.length;
    tokens += here / double(batches);
    if (here > most) most = here, largest = std::move(pairs);
  }
  passes_->preferenceBackward(largest.batch, referenceSums(largest.batch), largest.shares, settings_.dpo.beta);
  learner_->step(0, 0);
  return {tokens * settings_.accumulate, tokens * settings_.accumulate, largest.batch.length};
}

std::vector<Metric> DpoJob::evaluate(int64_t, const JobWatch& watch) {
  const std::vector<EncodedRanking>& rankings = data_.heldOut();
  if (rankings.empty()) return {};
  Sums sums;
  const size_t at = size_t(std::max(4, settings_.batch));
  for (size_t first = 0; first < rankings.size(); first += at) {
    watch.tell("Evaluating, " + std::to_string(100 * first / rankings.size()) + " %");
    watch.check();
    std::vector<const EncodedRanking*> some;
    for (size_t i = first; i < std::min(first + at, rankings.size()); ++i) some.push_back(&rankings[i]);
    const Pairs pairs = pairsOf(some, start_.context);
    sums.add(pairs, rowSums(pairs.batch, passes_->forward(pairs.batch).logProbabilities), referenceSums(pairs.batch),
             settings_.dpo.beta);
  }
  return {{"held_out_loss", "eval/loss", sums.loss / sums.pairs},
          {"held_out_accuracy", "eval/rewards/accuracies", sums.right / sums.pairs},
          {"held_out_margin", "eval/rewards/margins", sums.margin / sums.pairs}};
}

} // namespace

std::unique_ptr<RunJob> makeDpoJob(const RunSettings& settings, const std::filesystem::path& checkpoint) {
  return std::make_unique<DpoJob>(settings, checkpoint);
}

} // namespace attune
