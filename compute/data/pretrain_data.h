// Token ids to pre-train on, and the batches drawn from them.
//
// Files are read as one long row of tokens: a text file as it is, JSON Lines by their `text`, each document ended by
// the end-of-text token, and one between text files. A batch is a pure function of seed and index, so a run resumes by
// its step number alone.
#pragma once

#include "data/batch.h"

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace attune {

class Tokenizer;

// What is kept from training to measure on: nothing, a file of its own, or the last share (0 to 1) of the tokens or
// rows.
struct HeldOut {
  std::optional<std::filesystem::path> file;
  double share = 0;

  // "--held-out FILE|SHARE": a number between 0 and 1, else a file; empty: nothing is held out. Throws Error for a
  // number outside.
  static HeldOut parse(const std::string& text);
};

class PretrainData {
public:
  // Throws Error naming the file (and line, or the byte that is no UTF-8).
  static PretrainData load(std::span<const std::filesystem::path> files, const Tokenizer& tokenizer,
                           const HeldOut& heldOut = {});

  const std::vector<int32_t>& training() const { return training_; }
  const std::vector<int32_t>& heldOut() const { return heldOut_; }
  const std::map<std::string, std::string>& hashes() const { return hashes_; } // file → SHA-256, for lineage and resume

  // [rows, length]: windows that begin anywhere in the training tokens, all of equal chance; every position counts.
  // `index` is step · accumulate + part. Throws Error when there are fewer than length + 1 tokens.
  Batch batch(uint64_t seed, uint64_t index, int rows, int length) const;

private:
  std::vector<int32_t> training_, heldOut_;
  std::map<std::string, std::string> hashes_;
};

// The tokens of files as load() joins them. Adds to `hashes` when given.
std::vector<int32_t> readTokens(std::span<const std::filesystem::path> files, const Tokenizer& tokenizer,
                                std::map<std::string, std::string>* hashes = nullptr);

// Windows of `context` tokens that do not overlap, every token but the first of each predicted: batches of [rows,
// context − 1], the last ones filled with rows that do not count. A last window of one token is left out. Throws Error
// for fewer than two tokens.
std::vector<Batch> evaluationBatches(std::span<const int32_t> tokens, int context, int rows);

} // namespace attune
