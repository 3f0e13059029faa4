// How far labelers agree with each other and with themselves: the ceiling of what a reward model taught by them can be.
#pragma once

#include "data/examples.h"
#include "interval.h"

#include <span>

namespace attune {

struct AgreementCell {
  std::string first, second; // labelers; the same one: rankings made once more
  double agreed = 0;         // a pair that one of the two ties counts half, one that both tie is left out
  int pairs = 0;             // pairs of the same two answers to the same prompt that both ranked
  ShareInterval share;       // with the sample size that the spread between prompts leaves
};

struct Agreement {
  std::vector<AgreementCell> cells;  // of every two labelers who met (first <= second), and of each with themselves
  std::vector<std::string> labelers; // all that are named, sorted
  AgreementCell between;             // all cells of two different labelers together
  AgreementCell within;              // all of one labeler with themselves
};

// Rankings without a labeler count as by nobody and are left out.
Agreement labelerAgreement(std::span<const RankingExample* const> rankings);

// Σ of rights and counts of what hangs together: the share with its 95 % interval.
struct ClusterSum {
  double right = 0, count = 0;
};
ShareInterval clusteredShare(std::span<const ClusterSum> clusters);

} // namespace attune
