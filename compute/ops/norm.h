// Normalisation of rows: LayerNorm (Ba et al. 2016) and RMSNorm (Zhang and Sennrich 2019).
#pragma once

#include "graph/graph.h"

namespace attune {

// x [..., C]; weight and bias [C].
Tensor layerNorm(Graph& graph, Tensor x, Tensor weight, Tensor bias, float epsilon);
Tensor rmsNorm(Graph& graph, Tensor x, Tensor weight, float epsilon);

} // namespace attune
