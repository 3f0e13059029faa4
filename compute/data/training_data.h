// Where batches come from. A batch is a pure function of seed and number, so a resumed run needs no stored position.
#pragma once

#include "data/batch.h"
#include "text/tokenizer.h"

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace attune {

class TrainingData {
public:
  virtual ~TrainingData() = default;
  // Batch `index` of the training part.
  virtual Batch batch(int64_t index, int rows, int length, uint64_t seed) const = 0;
  // The held-out part whole, in batches of at most `rows` rows; empty when nothing is held out.
  virtual std::vector<Batch> heldOut(int rows, int length) const = 0;
  // SHA-256 of every file, by path as given.
  virtual const std::map<std::string, std::string>& hashes() const = 0;
  // What there is, in words: "1,003,854 tokens, 111,540 held out".
  virtual std::string summary() const = 0;
};

// What is kept from training to be evaluated on: nothing, other files, or the last share of the data.
struct HeldOut {
  std::vector<std::filesystem::path> files;
  double share = 0; // [0, 1)
};

// --held-out FILE|SHARE: a number in [0, 1) is a share, all else a file.
HeldOut parseHeldOut(const std::string& text);

// Text: files one after another (JSON Lines documents end with end-of-text, where the tokenizer has one); a row is a
// random window. Throws Error naming the file when there is too little for one window of `length`.
std::unique_ptr<TrainingData> pretrainData(const std::vector<std::filesystem::path>& files, const HeldOut& heldOut,
                                           const std::shared_ptr<const Tokenizer>& tokenizer, int length);

// Demonstrations (`messages`, or `prompt` + `completion`): only what the assistant says counts. Whole demonstrations
// are packed into rows, in an order that changes with every epoch; one that is longer than a row keeps its end. The
// tokenizer needs a chat template where there are messages.
std::unique_ptr<TrainingData> sftData(const std::vector<std::filesystem::path>& files, const HeldOut& heldOut,
                                      const std::shared_ptr<const Tokenizer>& tokenizer, int length);

// Windows of `length` tokens that do not overlap, every token but the first of each counted (CONTRACT: evaluation).
std::vector<Batch> evaluationWindows(const std::vector<int32_t>& ids, int rows, int length);

} // namespace attune
