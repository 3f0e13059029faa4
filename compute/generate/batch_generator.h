// Many prompts answered at once, a slot of the key-value cache each: rollouts and evaluations.
#pragma once

#include "generate/decoder.h"
#include "generate/sampler.h"

#include <functional>

namespace attune {

struct BatchRequest {
  std::vector<std::vector<int32_t>> prompts; // at least one token each
  SamplerSettings sampler;
  int maxTokens = 64;
  std::vector<int32_t> stopIds; // they end a reply and belong to it
  uint64_t seed = 0;
  uint64_t first = 0;          // the number of the first reply: reply i draws from the random numbers of first + i
  int replies = 1;             // to each prompt, which is read once
  std::vector<uint64_t> seeds; // or one of each prompt: its replies draw as Generator's do with this seed
};

struct BatchReply {
  std::vector<int32_t> ids; // with the stop id that ended it; at least one
  bool ended = false;
};

class BatchGenerator {
public:
  // Of a caller who knows the most tokens of prompt and reply that will come, the cache is made once (0: not known).
  explicit BatchGenerator(std::shared_ptr<Model> model, int64_t context = 0)
      : model_(std::move(model))
      , context_(context) {}

  // The replies to each prompt, in their order. It may be called again when the weights have changed: nothing of an
  // earlier call is kept. `go`, asked before every token, ends it with what there is by returning false. Throws Error:
  // an empty prompt, or one that leaves no room in the model's context.
  std::vector<BatchReply> generate(const BatchRequest& request, const std::function<bool()>& go = {});

private:
  std::shared_ptr<Model> model_;
  int64_t context_;
  std::unique_ptr<Decoder> decoder_;
};

} // namespace attune
