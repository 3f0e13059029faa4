#include "train/gold_judge.h"

#include "sha256.h"

namespace attune {

GoldJudge::GoldJudge(const std::filesystem::path& path, std::shared_ptr<const Tokenizer> tokenizer, int64_t context)
    : tokenizer_(std::move(tokenizer)) {
  if (std::filesystem::is_regular_file(path)) {
    rule_ = Rule::load(path);
    hash_ = sha256OfFile(path);
  } else {
    model_.emplace(path, tokenizer_, context);
    hash_ = model_->sha256();
  }
}

void GoldJudge::open(const std::shared_ptr<vulkan::Device>& device) {
  if (model_) model_->open(device);
}

std::vector<double> GoldJudge::score(std::span<const Episode> episodes, std::span<const EncodedPrompt> prompts,
                                     int atOnce) {
  std::vector<double> scores;
  if (model_) {
    std::vector<Episode> judged(episodes.begin(), episodes.end());
    model_->score(judged, atOnce);
    for (const Episode& episode : judged) scores.push_back(episode.score);
    return scores;
  }
  for (size_t i = 0; i < episodes.size(); ++i)
    scores.push_back(rule_->score(tokenizer_->decode(episodes[i].reply, true), prompts[i].text.messages));
  return scores;
}

} // namespace attune
