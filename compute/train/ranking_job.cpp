#include "train/ranking_job.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace attune {

RankingJob::RankingJob(const RunSettings& settings, const Path& checkpoint, bool scores,
                       std::span<const std::string> heldOutLabelers)
    : settings_(settings)
    , start_(preferenceStart(settings, checkpoint, scores))
    , data_(RankingData::load(settings.data, start_.tokenizer, start_.context, HeldOut::parse(settings.heldOut),
                              settings.seed, heldOutLabelers))
    , hashes_(data_.hashes()) {}

std::vector<Lineage::Parent> RankingJob::parents() const {
  return {{settings_.model.string(), start_.parentHash, "model"}};
}

int64_t RankingJob::stepsOfAnEpoch() const {
  const int64_t rows = int64_t(settings_.batch) * settings_.accumulate;
  return (int64_t(data_.training().size()) + rows - 1) / rows;
}

double RankingJob::epochs(int64_t steps) const {
  return double(steps) / double(std::max<int64_t>(1, stepsOfAnEpoch()));
}

void RankingJob::open(const std::shared_ptr<vulkan::Device>& device) {
  auto model = std::make_shared<Model>(device, start_.config);
  loadPreferenceWeights(start_, *model, settings_.seed);
  learner_.emplace(model, settings_.optimizer);
}

void RankingJob::restore(const Path& checkpoint, const Json& state) {
  learner_->readMoments(checkpoint / "optimizer.safetensors", state.at("optimizer_steps"));
}

Json RankingJob::save(ModelFolderWriter& writer) {
  learner_->writeWeights([&](const std::string& name, std::span<const float> values) { writer.write(name, values); });
  learner_->writeMoments(writer.path() / "optimizer.safetensors");
  start_.tokenizer->save(writer.path());
  return {{"optimizer_steps", learner_->optimizer().steps()}};
}

} // namespace attune
