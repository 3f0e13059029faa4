#pragma once

#include "graph/graph.h"

namespace attune {

// SwiGLU (Shazeer 2020): silu(gate) * up, of one shape.
Tensor gatedUnit(Graph& graph, Tensor gate, Tensor up);

} // namespace attune
