#pragma once

#include "graph/graph.h"

namespace attune {

// a + b, of one shape.
Tensor add(Graph& graph, Tensor a, Tensor b);

// sum += a, in place; `sum` is external.
void accumulate(Graph& graph, Tensor a, Tensor sum);

} // namespace attune
