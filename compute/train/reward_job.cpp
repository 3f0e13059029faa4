// Training a reward model from rankings (Ouyang et al. 2022): all pairs of a ranking in one batch, one epoch.
#include "train/ranking_job.h"
#include "train/reward_report.h"
#include "train/score_passes.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <numeric>

namespace attune {
namespace {

constexpr size_t mostForShift = 512; // demonstrations or answers that the shift is taken from

class RewardJob : public RankingJob {
public:
  RewardJob(const RunSettings& settings, const Path& checkpoint)
      : RankingJob(settings, checkpoint, true, settings.reward.heldOutLabelers) {
    if (!settings.reward.demonstrations.empty())
      shiftRows_ = demonstrationRows(settings.reward.demonstrations, start_.tokenizer, start_.context, hashes_);
    else
      for (const EncodedRanking& ranking : data_.training())
        for (size_t i = 0; i < ranking.replies.size(); ++i) shiftRows_.push_back(ranking.row(i));
    if (shiftRows_.size() > mostForShift) shiftRows_.resize(mostForShift);
    // A frozen body must not shrink either.
    if (settings_.reward.freezeBody) settings_.optimizer.weightDecay = 0;
  }

  void open(const std::shared_ptr<vulkan::Device>& device) override {
    RankingJob::open(device);
    passes_.emplace(learner_->sharedModel(), learner_->gradients());
    if (settings_.reward.freezeBody) passes_->freezeBody(settings_.reward.addLayers);
  }
  std::vector<Metric> step(int64_t step, double rate, const JobWatch& watch) override;
  std::vector<Metric> evaluate(int64_t steps, const JobWatch& watch) override;
  Rehearsed rehearse(int64_t steps) override;
  void addLineage(Lineage& lineage) override { lineage.rewardShift = shift(); }

  Json report(const Tell& tell) override {
    Json made = data_.heldOut().empty()
                    ? Json{{"verdict", "not measured: nothing was held out (--held-out)"}, {"pairs", 0}}
                    : rewardReport(data_.heldOut(), heldOutScores(tell), data_.training());
    made["training_rankings"] = data_.training().size();
    made["left_out"] = data_.leftOut();
    made["skipped"] = data_.skipped();
    made["reward_shift"] = shift();
    made["reward_shift_from"] = settings_.reward.demonstrations.empty() ? "answers" : "demonstrations";
    return made;
  }

private:
  // A batch as it is learned from: `share` of each ranking.
  PairBatch pairsOf(const std::vector<const EncodedRanking*>& rankings, double share) const;
  std::vector<float> scoresOf(std::span<const std::vector<int32_t>> rows, const Tell& tell = {});
  std::vector<std::vector<float>> heldOutScores(const Tell& tell);
  double shift(); // added to scores

  std::vector<std::vector<int32_t>> shiftRows_;
  std::optional<ScorePasses> passes_;
};

PairBatch RewardJob::pairsOf(const std::vector<const EncodedRanking*>& rankings, double share) const {
  PairBatch batch;
  std::vector<std::vector<int32_t>> rows;
  for (const EncodedRanking* ranking : rankings) {
    batch.addRanking(int(rows.size()), ranking->ranks, share);
    for (size_t i = 0; i < ranking->replies.size(); ++i) rows.push_back(ranking->row(i));
  }
  // Rankings of different sizes give batches of few different shapes.
  batch.tokens = padRows(rows, start_.context, int(rows.size() + 3) / 4 * 4, 16);
  return batch;
}

RunJob::Rehearsed RewardJob::rehearse(int64_t steps) {
  PairBatch largest;
  double tokens = 0;
  const int64_t batches = steps * settings_.accumulate;
  for (int64_t index = 0; index < batches; ++index) {
    PairBatch batch = pairsOf(rankings(index), 1);
    tokens += double(batch.tokens.tokens()) / double(batches);
    if (batch.tokens.tokens() > largest.tokens.tokens()) largest = std::move(batch);
  }
  passes_->rankingBackward(largest, settings_.reward.loss);
  learner_->step(0, 0);
  return {tokens * settings_.accumulate, 0, largest.tokens.length};
}

std::vector<Metric> RewardJob::step(int64_t step, double rate, const JobWatch&) {
  const int accumulate = settings_.accumulate;
  const double share = 1.0 / (double(settings_.batch) * accumulate);
  double loss = 0, right = 0, margin = 0, sum = 0, pairs = 0, answers = 0;
  double least = INFINITY, most = -INFINITY;
  int64_t tokens = 0;
  learner_->optimizer().zeroGradients();
  for (int part = 0; part < accumulate; ++part) {
    const PairBatch batch = pairsOf(rankings(step * accumulate + part), share);
    const ScorePasses::Ranked result = passes_->rankingBackward(batch, settings_.reward.loss);
    loss += result.loss;
    tokens += batch.tokens.tokens();
    for (size_t p = 0; p < batch.pairs.size(); p += 2) {
      const double d = double(result.scores[size_t(batch.pairs[p])]) - result.scores[size_t(batch.pairs[p + 1])];
      right += d > 0 ? 1 : d < 0 ? 0 : 0.5;
      margin += d;
      ++pairs;
    }
    for (size_t r = 0; r < result.scores.size() && batch.tokens.lengths[r] > 0; ++r) {
      sum += result.scores[r];
      least = std::min<double>(least, result.scores[r]);
      most = std::max<double>(most, result.scores[r]);
      ++answers;
    }
  }
  const double norm = learner_->step(loss, rate);
  return {{"loss", "train/loss", loss},
          {"grad_norm", "train/grad_norm", norm},
          {"tokens", "", double(tokens)},
          {"accuracy", "train/accuracy", right / pairs},
          {"margin", "train/margin", margin / pairs},
          {"mean_reward", "train/mean_reward", sum / answers},
          {"min_reward", "train/min_reward", least},
          {"max_reward", "train/max_reward", most},
          {"epoch", "train/epoch", epochs(step + 1)}};
}

std::vector<float> RewardJob::scoresOf(std::span<const std::vector<int32_t>> rows, const Tell& tell) {
  std::vector<float> scores;
  const size_t at = size_t(std::max(8, 2 * settings_.batch));
  for (size_t first = 0; first < rows.size(); first += at) {
    if (tell) tell("Evaluating, " + std::to_string(100 * first / rows.size()) + " %");
    const size_t count = std::min(at, rows.size() - first);
    const std::vector<float> part = passes_->scores(padRows(rows.subspan(first, count), start_.context, int(at)));
    scores.insert(scores.end(), part.begin(), part.begin() + long(count));
  }
  return scores;
}

std::vector<std::vector<float>> RewardJob::heldOutScores(const Tell& tell) {
  std::vector<std::vector<int32_t>> rows;
  for (const EncodedRanking& ranking : data_.heldOut())
    for (size_t k = 0; k < ranking.replies.size(); ++k) rows.push_back(ranking.row(k));
  const std::vector<float> scores = scoresOf(rows, tell);
  std::vector<std::vector<float>> all;
  auto from = scores.begin();
  for (const EncodedRanking& ranking : data_.heldOut()) {
    all.emplace_back(from, from + long(ranking.replies.size()));
    from += long(ranking.replies.size());
  }
  return all;
}

std::vector<Metric> RewardJob::evaluate(int64_t, const JobWatch& watch) {
  if (data_.heldOut().empty()) return {};
  const auto scores = heldOutScores([&](const std::string& doing) {
    watch.tell(doing);
    watch.check();
  });
  double loss = 0, right = 0, pairs = 0;
  for (size_t r = 0; r < scores.size(); ++r) {
    const std::vector<int>& ranks = data_.heldOut()[r].ranks;
    const double all = double(ranks.size() * (ranks.size() - 1)) / 2;
    for (size_t i = 0; i < ranks.size(); ++i)
      for (size_t j = 0; j < ranks.size(); ++j) {
        if (ranks[i] >= ranks[j]) continue;
        const double d = double(scores[r][i]) - scores[r][j];
        const bool hinge = settings_.reward.loss == RankingTerm::Hinge;
        loss += (hinge ? std::max(0.0, 1 - d) : std::max(-d, 0.0) + std::log1p(std::exp(-std::abs(d)))) / all;
        right += d > 0 ? 1 : d < 0 ? 0 : 0.5;
        ++pairs;
      }
  }
  return {{"held_out_loss", "eval/loss", loss / double(scores.size())},
          {"held_out_accuracy", "eval/accuracy", right / pairs}};
}

double RewardJob::shift() {
  const std::vector<float> scores = scoresOf(shiftRows_);
  return -std::accumulate(scores.begin(), scores.end(), 0.0) / double(scores.size());
}

} // namespace

std::unique_ptr<RunJob> makeRewardJob(const RunSettings& settings, const std::filesystem::path& checkpoint) {
  return std::make_unique<RewardJob>(settings, checkpoint);
}

} // namespace attune
