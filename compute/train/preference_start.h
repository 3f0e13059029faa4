// What a run of preference training begins with: a configuration and a tokenizer with a chat template.
#pragma once

#include "model/model.h"
#include "text/tokenizer.h"
#include "train/run_settings.h"

namespace attune {

struct PreferenceStart {
  std::filesystem::path folder; // where the weights are read: the model's, or a checkpoint's
  ModelConfig config;           // what is trained
  int context = 0;              // most tokens of prompt and answer
  std::shared_ptr<const Tokenizer> tokenizer;
  std::string parentHash; // SHA-256 of the weights of settings.model
};

// Reads headers only. `checkpoint`: to go on from, or empty. With `scores` a language model becomes a reward model (its
// head is new, and settings.reward.addLayers come on top), and a reward model stays one; without, a reward model is
// refused. A tokenizer without a chat template is given Attune's, and the embedding grows by its tokens. Throws Error.
PreferenceStart preferenceStart(const RunSettings& settings, const std::filesystem::path& checkpoint, bool scores);

// Reads the weights; what the file lacks (a score head, rows of the embedding, added layers) begins with random numbers
// of `seed`. Added layers at first change nothing.
void loadPreferenceWeights(const PreferenceStart& start, Model& model, uint64_t seed);

// A token that no row ends with, for those who pad rows with a token: transformers scores the last token that is not
// it.
std::optional<int64_t> paddingToken(const Tokenizer& tokenizer);

} // namespace attune
