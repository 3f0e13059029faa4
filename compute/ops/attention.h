// Scaled dot-product attention (Vaswani et al. 2017) with a causal mask and grouped key-value heads. The T x T matrix
// is never stored, except by `attentionProbabilities`, for a person to look at.
#pragma once

#include "graph/graph.h"

namespace attune {

struct HeadShape {
  int64_t batch = 1, length = 0; // rows are [batch * length]
  int64_t heads = 0, kvHeads = 0, headDim = 0;
};

// Some columns of a matrix: queries, keys and values may lie side by side in one.
struct Columns {
  Tensor tensor;
  int64_t first = 0;
};

struct QueryKeyValue {
  Columns q, k, v;
};

// -> [batch * length, heads * headDim].
Tensor attention(Graph& graph, const QueryKeyValue& input, const HeadShape& shape);

// The weights that `attention` uses for the first sequence: [heads, length, length], zero where masked.
Tensor attentionProbabilities(Graph& graph, const QueryKeyValue& input, const HeadShape& shape);

// For generation: writes each row's key and value into the caches [slots, n_ctx, kvHeads * headDim] (external) at its
// slot and position, then attends to positions 0 ... its own. slots, positions [N] int32; a negative slot is padding.
// `oneEach`: no two rows share a slot (a step of decoding), which is faster.
Tensor cachedAttention(Graph& graph, const QueryKeyValue& input, Tensor keyCache, Tensor valueCache, Tensor slots,
                       Tensor positions, const HeadShape& shape, bool oneEach);

} // namespace attune
