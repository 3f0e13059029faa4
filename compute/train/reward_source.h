// Where the scores of replies come from: a reward model with its shift, or a rule.
#pragma once

#include "text/tokenizer.h"
#include "train/rollout.h"
#include "train/rule.h"
#include "train/score_passes.h"

#include <filesystem>
#include <optional>

namespace attune {

class RewardSource {
public:
  using Path = std::filesystem::path;

  // A file is a rule, all else a model folder, checkpoint or run. Reads headers and the rule. Throws Error: no reward
  // model, another tokenizer than `tokenizer` (whose ids it would misread), a context below `context`.
  RewardSource(const Path& path, std::shared_ptr<const Tokenizer> tokenizer, int64_t context);

  bool isRule() const { return rule_ != nullptr; }
  const Path& folder() const { return folder_; }      // of the reward model, or the rule's file
  const std::string& sha256() const { return hash_; } // of the weights, or the rule's file
  std::string name() const { return folder_.string(); }

  // Loads the reward model; nothing for a rule. Must come before `score`.
  void open(const std::shared_ptr<vulkan::Device>& device);

  // Scores the replies and writes them into the episodes. `atOnce`: rows a pass. Throws Error when a score is no
  // number.
  void score(std::span<Episode> episodes, int atOnce);

  // The text of a reply, as a rule sees it: without special tokens.
  std::string textOf(const Episode& episode) const;

private:
  std::shared_ptr<const Tokenizer> tokenizer_;
  Path folder_;
  std::string hash_;
  double shift_ = 0;
  std::shared_ptr<const Rule> rule_;
  std::optional<ScorePasses> passes_;
  int64_t context_ = 0;
};

} // namespace attune
