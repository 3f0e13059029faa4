// The queries, keys and values of every layer over one text: all that attention is made of, without a T x T matrix.
#pragma once

#include "model/model.h"

#include <span>
#include <vector>

namespace attune {

// Throws Error when there are no tokens, more than the context holds, or an id the model does not know.
void checkTokens(const ModelConfig& config, std::span<const int32_t> ids);

// q [n_layer, T, n_head, headDim], k and v [n_layer, T, n_kv_head, headDim], with positions applied where the model
// rotates them.
struct CapturedAttention {
  std::vector<float> q, k, v;
};

// Runs the decoder over `ids` as far as its last attention; the head and what follows that attention are left out.
// Throws Error as checkTokens does.
CapturedAttention captureAttention(const Model& model, std::span<const int32_t> ids);

} // namespace attune
