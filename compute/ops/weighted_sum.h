#pragma once

#include "graph/graph.h"

namespace attune {

// The scalar sum of a[i] * weights[i]; meant as a loss: its own gradient is 1. `weights` is no subject of differentiation.
Tensor weightedSum(Graph& graph, Tensor a, Tensor weights);

} // namespace attune
