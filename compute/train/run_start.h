// What a run begins with: a model's configuration and tokenizer, made to fit the run.
#pragma once

#include "model/model.h"
#include "text/tokenizer.h"
#include "train/run_settings.h"

namespace attune {

struct RunStart {
  std::filesystem::path model; // folder
  ModelConfig config;          // with the vocabulary that the run needs
  int context = 0;             // of a row
  std::shared_ptr<const Tokenizer> tokenizer;
  std::string parentHash; // SHA-256 of the weights of settings.model
};

// Reads headers only. Fine-tuning on messages gives a base model Attune's chat template and the tokens that it needs.
// Throws Error: no tokenizer, a context beyond the model's, a tokenizer that the model does not fit.
RunStart startOf(const RunSettings& settings, const std::filesystem::path& model);

// Reads the weights; rows of the embedding (and head) that the file lacks begin with random numbers of `seed`.
void loadWeights(const RunStart& start, Model& model, uint64_t seed);

} // namespace attune
