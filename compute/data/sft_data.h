// Demonstrations as rows of tokens of which only the answers count.
//
// A conversation becomes ids by the tokenizer's chat template; every answer in it counts, with the end of its turn.
// `prompt` and `completion` given as strings are a text and its continuation, without a template: the completion
// counts, and the end-of-text after it. A conversation longer than the context loses its oldest turns (its system
// message stays); a last turn that is still too long loses its end.
// `prompt` and `completion` given as messages are a conversation of which only the completion's answers count.
//
// Rows are shuffled anew every epoch, and a batch is a pure function of seed and index. Batches are padded on the right
// to their longest row, rounded up to a multiple of 32, so that only few shapes occur (each is recorded once).
#pragma once

#include "data/batch.h"
#include "data/examples.h"
#include "data/pretrain_data.h"

namespace attune {

class SftData {
public:
  struct Row {
    std::vector<int32_t> ids;
    std::vector<uint8_t> isAnswer; // per id: predicting it counts
  };

  // Files of any shape that holds demonstrations. `context`: the model's. A tokenizer without a chat template serves
  // files of prompt and completion only; for messages give it withAttuneTemplate() first. Throws Error naming the file,
  // also when no demonstration is in it.
  static SftData load(std::span<const std::filesystem::path> files, const std::shared_ptr<const Tokenizer>& tokenizer,
                      int context, const HeldOut& heldOut = {});

  // Whether any of the files holds conversations, which need a chat template.
  static bool needTemplate(std::span<const std::filesystem::path> files);

  const std::vector<Row>& training() const { return training_; }
  const std::vector<Row>& heldOut() const { return heldOut_; }
  int shortened() const { return shortened_; } // rows that lost turns or their end
  int leftOut() const { return leftOut_; }     // rows without a token that counts
  const std::map<std::string, std::string>& hashes() const { return hashes_; }

  // `index` is step · accumulate + part.
  Batch batch(uint64_t seed, uint64_t index, int rows) const;

  // The held-out rows (or other ones) in order, `rows` a batch; the last one is filled with rows that do not count.
  std::vector<Batch> batches(std::span<const Row> from, int rows) const;

private:
  Batch padded(std::span<const Row* const> chosen, int rows) const;

  std::vector<Row> training_, heldOut_;
  std::map<std::string, std::string> hashes_;
  int context_ = 0, shortened_ = 0, leftOut_ = 0;
};

} // namespace attune
