// Prompts as tokens, each to be answered: for PPO, evaluation and comparison.
#pragma once

#include "data/examples.h"
#include "data/pretrain_data.h"

namespace attune {

struct EncodedPrompt {
  std::vector<int32_t> ids; // up to where the answer begins
  PromptExample text;
};

class PromptData {
public:
  // The prompts of any file that readExamples knows (also of rankings and demonstrations), each once. With a chat
  // template they are conversations that the assistant answers; without one, texts that go on. Those of more than
  // `most` tokens are left out. A share is held out by prompt, chosen by `seed`. Throws Error when none is left.
  static PromptData load(std::span<const std::filesystem::path> files,
                         const std::shared_ptr<const Tokenizer>& tokenizer, int most, const HeldOut& heldOut,
                         uint64_t seed);

  const std::vector<EncodedPrompt>& training() const { return training_; }
  const std::vector<EncodedPrompt>& heldOut() const { return heldOut_; }
  const std::map<std::string, std::string>& hashes() const { return hashes_; }
  int leftOut() const { return leftOut_; }

  // Batch `index` of `rows` prompts: shuffled anew every epoch, a pure function of seed and index.
  std::vector<const EncodedPrompt*> batch(uint64_t seed, uint64_t index, int rows) const;

private:
  std::vector<EncodedPrompt> training_, heldOut_;
  std::map<std::string, std::string> hashes_;
  int leftOut_ = 0;
};

} // namespace attune
