// Whether a reward model is any good: what it says of held-out pairs, beside what length alone would say.
#pragma once

#include "data/ranking_data.h"
#include "formats/json.h"

namespace attune {

// `scores` are those of every answer of every ranking, in order. Pairs of equal scores (or lengths) count half.
//
//   pairs, rankings, accuracy {value, low, high}: 95 % interval (Wilson's, with the sample size that the spread between
//     rankings leaves, since pairs of one ranking hang together)
//   longer_wins, shorter_wins: the same of the rule that the longer (shorter) answer is better, in bytes
//   better_than_length, verdict: accuracy above the better of the two, in words
//   length_correlation: Pearson's, of score and length
//   calibration: bins of the confidence σ(|difference|) with how often it was right
//   by_margin: quarters of the pairs by |difference|
//   duplicates: held-out prompts and answers that training holds too
//   worst: the pairs it gets most wrong, to read
Json rewardReport(const std::vector<EncodedRanking>& heldOut, const std::vector<std::vector<float>>& scores,
                  const std::vector<EncodedRanking>& training);

} // namespace attune
