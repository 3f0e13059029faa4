// The loss of a reward model (Ouyang et al. 2022): over pairs of scores, one of which should be the higher.
#pragma once

#include "graph/graph.h"

namespace attune {

enum class RankingTerm {
  Sigmoid, // −log σ(better − worse)
  Hinge,   // max(0, 1 − (better − worse))
};

// scores (any shape, N elements), pairs [P, 2] (int32: the better's and the worse's index into the scores), weights [P]
// -> the scalar Σ weight · term; a loss: its own gradient is 1.
Tensor rankingLoss(Graph& graph, Tensor scores, Tensor pairs, Tensor weights, RankingTerm term);

} // namespace attune
