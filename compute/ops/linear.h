// The linear layer with what is fused into its matrix product: bias, GELU, residual.
#pragma once

#include "graph/graph.h"

namespace attune {

// How a checkpoint stores the weight: GPT-2's Conv1D as [in, out], Llama's linear as [out, in].
enum class WeightLayout { InOut, OutIn };

struct LinearOptions {
  Tensor bias;       // [out], optional; its gradient needs WeightLayout::InOut
  Tensor residual;   // [..., out], optional, added last
  bool gelu = false; // tanh form, before the residual
  bool training = false; // keeps what GELU's gradient needs
};

// x [..., in] -> [..., out]; weight by `layout`.
Tensor linear(Graph& graph, Tensor x, Tensor weight, WeightLayout layout, const LinearOptions& options = {});

} // namespace attune
