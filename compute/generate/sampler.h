// How the next token is chosen from logits. The steps and their order are those of transformers' logits processors:
// repetition penalty (Keskar et al. 2019), temperature, top-k (Fan et al. 2018), top-p (Holtzman et al. 2020), min-p
// (Nguyen et al. 2024).
#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace attune {

struct SamplerSettings {
  bool greedy = false;          // the likeliest (lowest id of equals); after the repetition penalty
  float temperature = 1;        // > 0
  int topK = 0;                 // 0: all
  float topP = 1;               // (0, 1]
  float minP = 0;               // [0, 1]
  float repetitionPenalty = 1;  // > 0; over prompt and reply
  bool operator==(const SamplerSettings&) const = default;
};

// Throws Error naming the setting that is out of range and what is expected.
void check(const SamplerSettings& settings);

// Next-token probabilities after all steps, for `past` tokens. [V] -> [V], summing to 1; greedy gives a single 1.
std::vector<float> nextTokenProbabilities(std::span<const float> logits, std::span<const int32_t> past, const SamplerSettings& settings);

// The index at which the running sum of probabilities passes `uniform` in [0, 1).
int32_t pick(std::span<const float> probabilities, double uniform);

// What the model itself thinks of the next token, before any sampler: probabilities of all tokens by softmax.
struct TokenView {
  int32_t id = -1;
  float probability = 0; // of `id`
  int rank = 0;          // of `id`; 1 is the likeliest
  float entropy = 0;     // nats
  std::vector<std::pair<int32_t, float>> likeliest; // the ten likeliest, best first
};
TokenView viewToken(std::span<const float> logits, int32_t id);

} // namespace attune
