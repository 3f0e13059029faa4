#pragma once

#include "graph/graph.h"

namespace attune {

// Rotary positions (Su et al. 2021) on x [N, heads * headDim], the pairs being (d, d + headDim/2) as in transformers.
// positions [N] (int32) index the rows of `table` [places, headDim]: cosines, then sines, of half a head.
Tensor rotary(Graph& graph, Tensor x, Tensor positions, Tensor table);

} // namespace attune
