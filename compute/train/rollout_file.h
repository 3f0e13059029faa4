// What a step of PPO wrote and what it was worth, token by token, for a person to look at. The newest steps' lie in the
// run's folder, each replaced whole, the same bytes however often the run was stopped:
//
//   rollouts/step-N.jsonl   first line {"step", "kl_coef", "episodes": how many the step had}, then up to 32 episodes:
//                           {"prompt", "ended", "score": of the whole reply, "kl": of the whole reply,
//                            "ids": [...], "tokens": [their text],
//                            "probability": [by the policy], "reference": [by the reference],
//                            "kl_token": [ln probability − ln reference], "reward": [with the KL penalty],
//                            "advantage": [before whitening], "value": [what the value model expected before it]}
//
// Numbers have five digits. A token whose bytes only complete a character with the next one has an empty text.
#pragma once

#include "text/tokenizer.h"
#include "train/rollout.h"

#include <filesystem>
#include <string>
#include <vector>

namespace attune {

struct RolloutToken {
  int32_t id = 0;
  std::string text;
  double probability = 0, reference = 0, kl = 0, reward = 0, advantage = 0, value = 0;
};

struct RolloutReply {
  std::string prompt;
  bool ended = false;
  double score = 0, kl = 0;
  std::vector<RolloutToken> tokens;
};

struct Rollouts {
  int64_t step = 0, episodes = 0;
  double klCoef = 0;
  std::vector<RolloutReply> replies;
};

// The file's text. Episodes need rewards and returns; `scores` are the source's own, one an episode.
std::string rolloutText(int64_t step, double klCoef, std::span<const Episode> episodes, std::span<const double> scores,
                        const std::shared_ptr<const Tokenizer>& tokenizer);

// Throws Error naming file and line.
Rollouts readRollouts(const std::filesystem::path& file);

std::vector<std::filesystem::path> rolloutFiles(const std::filesystem::path& run); // the newest step first
// Writes the step's and removes all but the newest four.
void keepRollouts(const std::filesystem::path& run, int64_t step, const std::string& text);
void forgetRolloutsAfter(const std::filesystem::path& run, int64_t step); // of steps that a resumed run makes again

} // namespace attune
