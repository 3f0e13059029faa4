// Writes replies to prompts and looks at them with every model of PPO: what the policy, the reference and the value
// model say of each token, and what the reward says of the whole.
#pragma once

#include "data/prompt_data.h"
#include "generate/batch_generator.h"
#include "train/job_watch.h"
#include "train/learner.h"
#include "train/policy_passes.h"
#include "train/preference_settings.h"
#include "train/reward_source.h"

namespace attune {

class RolloutMaker {
public:
  // `policy` and `value` as they are when a method is called; the reference stays. `atOnce`: rows a pass;
  // `longest`: the most tokens of a prompt and its reply.
  RolloutMaker(Learner& policy, Learner& value, std::shared_ptr<Model> reference, RewardSource& source,
               const PpoSettings& settings, std::vector<int32_t> ends, int atOnce, int64_t longest);

  // A reply to each prompt, with log-probabilities, values and the source's score. `first` numbers the replies for the
  // random numbers. Throws Interrupted, and Error naming the tensor where a model's numbers are no numbers any more.
  std::vector<Episode> write(const std::vector<const EncodedPrompt*>& prompts, uint64_t seed, uint64_t first,
                             const JobWatch& watch, const std::string& doing);

private:
  void look(std::span<Episode> episodes, const JobWatch& watch);

  Learner& policy_;
  Learner& value_;
  RewardSource& source_;
  PpoSettings settings_;
  std::vector<int32_t> ends_;
  size_t atOnce_;
  int64_t context_;
  PolicyPasses policyPasses_, referencePasses_;
  ScorePasses valuePasses_;
  BatchGenerator generator_;
};

} // namespace attune
