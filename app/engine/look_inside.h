// One look inside a model: the forward pass, then a picture and a habit of every head. The window and `attention
// export` use the same.
#pragma once

#include "attention/attention_data.h"
#include "model/model.h"
#include "text/tokenizer.h"

#include <functional>
#include <span>

namespace attune {

// Fills in what the model says of `ids`: shape, tokens (their numbers without a tokenizer), q, k and v of every head
// and, unless `digest` is false, the digests. Never a T x T matrix of more than one head a thread. Throws Error as
// captureAttention does. Once `stopped` says so it returns early, with half of it.
void lookInside(AttentionData& data, const Model& model, const Tokenizer* tokenizer, std::span<const int32_t> ids,
                bool digest = true, const std::function<bool()>& stopped = {});

} // namespace attune
