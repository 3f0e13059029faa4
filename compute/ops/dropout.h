#pragma once

#include "graph/graph.h"

namespace attune {

// x with each element zero with `probability`, else divided by 1 - probability (Srivastava et al. 2014); plus
// `residual` where given. `step` [4] int32 is seed (low, high), step and part; `layer` (below 65,536) tells this place
// in the model from others.
Tensor dropout(Graph& graph, Tensor x, float probability, Tensor residual, Tensor step, uint32_t layer);

} // namespace attune
