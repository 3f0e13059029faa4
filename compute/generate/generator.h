// Text generation: prompts to replies, token by token, one or several at once.
#pragma once

#include "generate/decoder.h"
#include "generate/sampler.h"

#include <functional>
#include <string>

namespace attune {

struct GenerateRequest {
  std::vector<int32_t> prompt; // at least one token
  SamplerSettings sampler;
  int maxTokens = 256;
  uint64_t seed = 0;
  std::vector<int32_t> stopIds; // end-of-text and the like; they end the reply and do not belong to it
  int replies = 1;              // of the same prompt, each with random numbers of its own
  bool views = false;           // fill in GeneratedToken::view's ten likeliest and entropy
};

struct GeneratedToken {
  int reply = 0; // 0 ... replies - 1
  TokenView view;
};

enum class Finish { Stop, Length, Cancelled }; // a stop id; maxTokens or the context's end; the caller
const char* finishName(Finish finish);         // "eos", "length", "cancelled"

struct Reply {
  std::vector<int32_t> ids;
  Finish finish = Finish::Length;
};

class Generator {
public:
  explicit Generator(std::shared_ptr<Model> model) : model_(std::move(model)) {}

  // Called for every token; false ends the generation at once. The stop id is not reported.
  using OnToken = std::function<bool(const GeneratedToken&)>;

  // Throws Error: empty or too long prompt, settings or ids out of range. The beginning that a prompt shares with what
  // the cache holds is not computed again.
  std::vector<Reply> generate(const GenerateRequest& request, const OnToken& onToken = {});

  // To be called when the weights have changed: what the cache holds is of the old ones.
  void forget() { cached_.clear(); }

  const Model& model() const { return *model_; }

private:
  Decoder& decoderFor(int replies, int context);

  std::shared_ptr<Model> model_;
  std::unique_ptr<Decoder> decoder_;
  std::vector<int32_t> cached_; // what slot 0 of the cache holds
};

} // namespace attune
