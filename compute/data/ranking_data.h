// Rankings as tokens: a prompt, its answers, their ranks. For reward models and DPO.
//
// Prompts and answers become ids by the tokenizer's chat template, an answer with the end of its turn. A conversation
// that is too long loses its oldest turns until the longest answer fits; where even the last turn does not fit, the
// ranking is left out. Held out is by prompt: no prompt is on both sides.
#pragma once

#include "data/examples.h"
#include "data/pretrain_data.h"

namespace attune {

struct EncodedRanking {
  std::vector<int32_t> prompt;               // up to where the answer begins
  std::vector<std::vector<int32_t>> replies; // with the end of the turn
  std::vector<int> ranks;                    // 1 is best
  RankingExample text;                       // as it was written, for people to read

  std::vector<int32_t> row(size_t reply) const; // prompt and reply together
  size_t pairs() const;                         // of answers that differ in rank
};

class RankingData {
public:
  // `context`: the most tokens of prompt and answer. Throws Error naming the file, also when no ranking is in it, when
  // every one is all ties, or when nothing is left to train on. A share is held out by prompt, chosen by `seed`. All
  // rankings of `heldOutLabelers` are held out too (Error for one who ranked nothing).
  static RankingData load(std::span<const std::filesystem::path> files,
                          const std::shared_ptr<const Tokenizer>& tokenizer, int context, const HeldOut& heldOut,
                          uint64_t seed, std::span<const std::string> heldOutLabelers = {});

  const std::vector<EncodedRanking>& training() const { return training_; }
  const std::vector<EncodedRanking>& heldOut() const { return heldOut_; }
  const std::map<std::string, std::string>& hashes() const { return hashes_; }
  int leftOut() const { return leftOut_; } // too long, or all ties
  int skipped() const { return skipped_; } // records that are no ranking, such as pairs with equal sides

  // Batch `index` of `rows` rankings of like length: shuffled anew every epoch, a pure function of seed and index.
  std::vector<const EncodedRanking*> batch(uint64_t seed, uint64_t index, int rows) const;

private:
  void holdOut(std::span<const std::string> labelers);

  std::vector<EncodedRanking> training_, heldOut_;
  std::vector<size_t> lengths_; // tokens of the longest row of each training ranking
  std::map<std::string, std::string> hashes_;
  int leftOut_ = 0, skipped_ = 0;
};

// Prompts and their answers of the demonstrations in a file, as rows of ids; those that do not fit are left out.
std::vector<std::vector<int32_t>> demonstrationRows(const std::filesystem::path& file,
                                                    const std::shared_ptr<const Tokenizer>& tokenizer, int context,
                                                    std::map<std::string, std::string>& hashes);

} // namespace attune
