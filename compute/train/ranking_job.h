// What the runs that learn from rankings have in common: one model that learns, its rankings, what a checkpoint keeps.
#pragma once

#include "data/ranking_data.h"
#include "train/learner.h"
#include "train/preference_start.h"
#include "train/run_job.h"

#include <optional>

namespace attune {

class RankingJob : public RunJob {
public:
  const std::map<std::string, std::string>& hashes() const override { return hashes_; }
  std::vector<Lineage::Parent> parents() const override;
  int context() const override { return start_.context; }
  int64_t stepsOfAnEpoch() const override;

  // Opens the model that learns; a kind of run opens what it has beside.
  void open(const std::shared_ptr<vulkan::Device>& device) override;
  void restore(const Path& checkpoint, const Json& state) override;
  std::string largestGradient(const std::string&) override { return learner_->optimizer().firstBadGradient(); }

  ModelConfig config() const override { return start_.config; }
  Json save(ModelFolderWriter& writer) override;

protected:
  // `scores`: a reward model learns, else a language model. Throws Error as preferenceStart and RankingData::load.
  RankingJob(const RunSettings& settings, const Path& checkpoint, bool scores,
             std::span<const std::string> heldOutLabelers = {});

  // Batch `index` (step · accumulate + part).
  std::vector<const EncodedRanking*> rankings(int64_t index) const {
    return data_.batch(settings_.seed, uint64_t(index), settings_.batch);
  }
  double epochs(int64_t steps) const; // that so many steps go through the data

  RunSettings settings_;
  PreferenceStart start_;
  RankingData data_;
  std::map<std::string, std::string> hashes_;
  std::optional<Learner> learner_;
};

} // namespace attune
