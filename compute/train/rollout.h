// Episodes of PPO and what is computed from them before anything is learned: per-token KL and rewards, advantages
// (Schulman et al. 2016), whitening. In double precision on the host; a reply has few tokens.
#pragma once

#include "data/batch.h"

#include <span>
#include <vector>

namespace attune {

// One prompt, one reply, and a number for each of the reply's tokens.
struct Episode {
  std::vector<int32_t> prompt, reply; // a reply that ended includes its end-of-text
  bool ended = false;
  double score = 0;                        // of the whole reply: the reward model's, or a rule's
  std::vector<double> old, reference;      // log-probabilities when it was written
  std::vector<double> values;              // the value model's, before each token
  std::vector<double> kl, rewards;         // set by giveRewards
  std::vector<double> advantages, returns; // set by estimateAdvantages

  size_t length() const { return reply.size(); }
  double klSum() const;
};

// Scores of consecutive groups of `size` episodes, the replies to one prompt, each less the mean of the group's others:
// what the prompt itself is worth cancels, and equal replies gain nothing (the leave-one-out baseline; Kool et al.
// 2019, Ahmadian et al. 2024). The number of episodes is a multiple of `size`, which is at least 2.
void scoreAgainstOthers(std::span<Episode> episodes, int size);

// kl = old − reference; rewards = −coefficient · kl, and the score at the last token.
void giveRewards(Episode& episode, double klCoefficient);

// δ_t = r_t + discount V_{t+1} − V_t; A_t = δ_t + discount λ A_{t+1}; returns = A + V. After the last token V is 0.
void estimateAdvantages(Episode& episode, double discount, double lambda);

// (x − mean) / √(variance + 1e-8) with the biased variance, plus the mean again unless `shiftMean`.
void whiten(std::span<double> values, bool shiftMean = true);
// Over the tokens of all episodes together; `field` is a member such as &Episode::advantages.
void whiten(std::span<Episode> episodes, std::vector<double> Episode::*field, bool shiftMean = true);

// 1 − Var(returns − values) / Var(returns) over all tokens; 0 where the returns do not vary.
double explainedVariance(std::span<const Episode> episodes);

// Rows [prompt, reply] without the last token, with the next tokens as targets; the reply's tokens weigh `weight`.
// `length` is rounded up to a multiple of 16, at most `context`; `rows`: at least so many, the rest empty.
Batch batchOf(std::span<const Episode> episodes, int64_t context, double weight = 1, int rows = 0);

// The reply's part of each row of a batch made so: `values` [rows · length] of one episode, [reply].
std::vector<double> replyPart(const Batch& batch, std::span<const float> values, int row, const Episode& episode);
// The other way round: a number a reply token as [rows · length], zero elsewhere.
std::vector<float> asRows(const Batch& batch, std::span<const Episode> episodes, std::vector<double> Episode::*field);

// What a policy that moved says of a batch, beside the old log-probabilities. All are means over reply tokens.
struct Moved {
  double clipFraction = 0;  // |ratio − 1| > range
  double approximateKl = 0; // ½ (new − old)²
  double entropy = 0;       // of the whole distributions
  double ratio = 0;         // mean of exp(new − old)
};
Moved movement(const Batch& batch, std::span<const Episode> episodes, std::span<const float> now,
               std::span<const float> entropies, double range);

} // namespace attune
