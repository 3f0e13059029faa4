// The judge that a run of PPO may be watched by: a rule, one that reads the prompt too, or another reward model. It
// scores replies to held-out prompts and trains nothing.
#pragma once

#include "data/prompt_data.h"
#include "train/reward_source.h"

namespace attune {

class GoldJudge {
public:
  // As RewardSource, but also of a rule that reads the prompt. Throws Error.
  GoldJudge(const std::filesystem::path& path, std::shared_ptr<const Tokenizer> tokenizer, int64_t context);

  const std::string& sha256() const { return hash_; }
  void open(const std::shared_ptr<vulkan::Device>& device);

  // A score an episode; `prompts` are those that were answered.
  std::vector<double> score(std::span<const Episode> episodes, std::span<const EncodedPrompt> prompts, int atOnce);

private:
  std::shared_ptr<const Tokenizer> tokenizer_;
  std::shared_ptr<const Rule> rule_;
  std::optional<RewardSource> model_;
  std::string hash_;
};

} // namespace attune
