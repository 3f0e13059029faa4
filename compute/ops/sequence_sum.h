// Sums over the counted tokens of each sequence: with log-probabilities, a reference's sums as the offset and β as the
// factor, DPO's implicit reward of an answer (Rafailov et al. 2023).
#pragma once

#include "graph/graph.h"

namespace attune {

// x and mask [R, T], offset [R] -> [R]: factor (Σ_t mask x − offset). Only x is differentiated for.
Tensor sequenceSum(Graph& graph, Tensor x, Tensor mask, Tensor offset, float factor);

} // namespace attune
