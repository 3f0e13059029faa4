#pragma once

#include "graph/graph.h"

namespace attune {

// factor x, of x's shape.
Tensor scale(Graph& graph, Tensor x, float factor);

} // namespace attune
