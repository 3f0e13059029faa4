// Whether a reward model is any good: what it says of held-out pairs, beside what length alone would say.
#pragma once

#include "data/ranking_data.h"
#include "formats/json.h"

namespace attune {

// `scores` are those of every answer of every ranking, in order. Pairs of equal scores (or lengths) count half.
//
//   pairs, rankings, accuracy {value, low, high}: of those by labelers who taught the model (or are not named); 95 %
//     interval (Wilson's, with the sample size that the spread between rankings leaves, since pairs of one ranking
//     hang together)
//   longer_wins, shorter_wins: the same of the rule that the longer (shorter) answer is better, in bytes
//   better_than_length, verdict: accuracy above the better of the two, in words
//   length_correlation: Pearson's, of score and length
//   calibration: bins of the confidence σ(|difference|) with how often it was right
//   by_margin: quarters of the pairs by |difference|: from, to, pairs, accuracy
//   duplicates: held-out prompts and answers that training holds too
//   by_use_case, by_labeler: [{use_case | labeler, rankings, pairs, accuracy}], for what the data name
//   held_out_labelers {value, low, high, pairs}: accuracy on rankings by those of whom training has none
//   agreement: how far the labelers of all rankings agree (labeler_agreement.h): {labelers, scripted, between, within,
//     cells}, each with pairs and value, low, high (null without pairs): no model taught by them can be right more
//     often
//   worst: the pairs it gets most wrong, with the whole ranking, to read and to rank anew
//   notes: what the numbers cannot tell, in sentences
Json rewardReport(const std::vector<EncodedRanking>& heldOut, const std::vector<std::vector<float>>& scores,
                  const std::vector<EncodedRanking>& training);

} // namespace attune
