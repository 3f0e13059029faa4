// Two or more models on the same prompts, judged by a reward model or a rule: who writes the better replies.
#pragma once

#include "data/prompt_data.h"
#include "generate/sampler.h"
#include "interval.h"
#include "vulkan/device.h"

#include <filesystem>
#include <functional>
#include <string>

namespace attune {

struct CompareRequest {
  std::vector<std::filesystem::path> models; // two or more
  std::filesystem::path prompts;             // a file
  std::vector<PromptExample> asked;          // or these, where there are any
  std::filesystem::path judge;               // a rule's file, or a reward model; empty: the replies alone
  SamplerSettings sampler;
  int maxTokens = 128;
  uint64_t seed = 0;
  int most = 0; // prompts; 0: all
};

// One of two models beside the other; ties are left out of the share.
struct Match {
  size_t first = 0, second = 0; // models
  int wins = 0, losses = 0, ties = 0;
  ShareInterval share; // of wins
};

struct ModelComparison {
  struct Reply {
    std::string text;
    double score = 0;
    bool ended = false;
  };
  struct Row {
    PromptExample prompt;
    std::vector<Reply> replies; // of each model
  };
  std::vector<Row> rows;
  bool judged = false;            // else there are no scores, means and matches
  std::vector<double> meanScores; // of each model
  std::vector<Match> matches;     // of every two models
};

// Every model answers by its own tokenizer and template; a reward model reads prompt and reply by its own. `tell`,
// where given, is told what goes on and ends the work with an Error by returning false. Throws Error.
ModelComparison compareModels(const std::shared_ptr<vulkan::Device>& device, const CompareRequest& request,
                              const std::function<bool(const std::string& doing, double share)>& tell = {});

} // namespace attune
