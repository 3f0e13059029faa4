// What a model with a one-output head does in training: a reward model's scores and ranking loss, a value model's
// values and clipped loss.
#pragma once

#include "ops/ranking_loss.h"
#include "train/token_rows.h"

namespace attune {

// Answers side by side, and which should score higher than which.
struct PairBatch {
  TokenRows tokens;
  std::vector<int32_t> pairs; // [P, 2]: rows of the better and the worse
  std::vector<float> weights; // [P]

  // Adds the pairs of a ranking whose answers are the rows from `first` on; rank 1 is best. Each pair weighs
  // share / C(K, 2); tied answers make no pair but count in C(K, 2).
  void addRanking(int first, std::span<const int> ranks, double share);
};

class ScorePasses {
public:
  // Throws Error unless the model is a one-label classifier. Without `gradients` only forward passes can run.
  ScorePasses(std::shared_ptr<Model> model, ParameterBlock* gradients);

  // Only the head learns, and the last `added` layers with the norm over them.
  void freezeBody(int64_t added);

  std::vector<float> values(const TokenRows& rows); // of every token, [rows · length]
  std::vector<float> scores(const TokenRows& rows); // of every row's last token, [rows]

  struct Ranked {
    double loss = 0;
    std::vector<float> scores; // [rows]
  };
  // The weighted ranking loss; adds its gradients.
  Ranked rankingBackward(const PairBatch& batch, RankingTerm term);

  struct Valued {
    double loss = 0;
    std::vector<float> values; // [rows · length], before the step
  };
  // Σ w ½ max((v − R)², (held v − R)²) over tokens; adds its gradients. old, returns and weights [rows · length].
  Valued valueBackward(const TokenRows& rows, std::span<const float> old, std::span<const float> returns,
                       std::span<const float> weights, double range);

private:
  std::vector<float> ofLastTokens(const TokenRows& rows, const std::vector<float>& values) const;

  Passes passes_;
  std::function<bool(const std::string&)> learns_; // all where empty
};

} // namespace attune
