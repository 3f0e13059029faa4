#pragma once

#include "graph/graph.h"

namespace attune {

// Rows of a table chosen by int32 numbers [N], and the permutation [N] that sorts N rows by number (stable), which the
// gradient needs: it adds up equal numbers in a fixed order without atomics.
struct RowChoice {
  Tensor numbers;
  Tensor order; // only for differentiation
};

// tokens [V, C], places [P, C] (optional) -> [N, C].
Tensor embed(Graph& graph, Tensor tokens, RowChoice ids, Tensor places, RowChoice positions);

} // namespace attune
