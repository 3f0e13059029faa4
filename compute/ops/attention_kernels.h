// Attention on a device: softmax(q kᵀ · scale) v a head, without ever storing the T × T matrix, and its gradients.
//
// One lane owns one query row (in the gradients of k and v: one key row) and keeps it in registers; blocks of keys are
// fetched by the lanes together and handed round with subgroup shuffles. The softmax is the online one (a running
// maximum and sum), so forward is a single pass and a single dispatch. Backward recomputes the probabilities from `lse`
// and is a single dispatch too: no atomics, every sum in a fixed order, the same bits on every run.
//
// Each of q, k, v, ... may lie inside a wider matrix: `HeadRows` gives the slice, the stride between token rows and
// where in the row head 0 begins, in floats. Head h takes floats [offset + h * headSize, offset + (h + 1) * headSize).
// Fast where headSize, strides and offsets are multiples of four floats; right for any others.
#pragma once

#include "vulkan/device.h"
#include "vulkan/recording.h"

#include <cstdint>

namespace attune {

// A matrix of token rows inside a slice of device memory.
struct HeadRows {
  vulkan::Slice slice;
  uint32_t stride = 0; // floats from one token row to the next
  uint32_t offset = 0; // floats from the row's start to head 0
};

// The shapes of whole sequences (training, encoders). A row of b, t is token row b * tokens + t.
struct AttentionShape {
  uint32_t batch = 1;
  uint32_t tokens = 1;   // T: queries a sequence
  uint32_t keys = 0;     // keys a sequence; 0: as many as queries. Causal attention needs that.
  uint32_t heads = 1;    // of q and o
  uint32_t kvHeads = 1;  // of k and v; divides heads: query head h uses key head h / (heads / kvHeads)
  uint32_t headSize = 1; // 1 .. 256
  float scale = 1;       // of the scores, usually 1 / sqrt(headSize)
  bool causal = true;    // query t sees keys 0 .. t, else all

  // Padding, optional: int32 [batch] each. Keys before start[b] and from end[b] on are not seen. A query that sees no
  // key (causal: t < start[b]) gives an output of zeros and no gradient.
  vulkan::Slice start, end;
};

// o [batch * tokens, heads * headSize] and lse [batch, heads, tokens] (float32): the logarithm of the sum of
// exp(score) over the keys seen; 1e30 for a query that sees none. One dispatch.
void recordAttention(vulkan::Device& device, vulkan::Recording& recording, const AttentionShape& shape,
                     const HeadRows& q, const HeadRows& k, const HeadRows& v, const HeadRows& o, vulkan::Slice lse);

// dq, dk, dv from dO; o and lse as forward left them. They are written, not added to, and may be parts of one matrix
// (which must not overlap the others). One dispatch.
void recordAttentionGradient(vulkan::Device& device, vulkan::Recording& recording, const AttentionShape& shape,
                             const HeadRows& q, const HeadRows& k, const HeadRows& v, const HeadRows& o,
                             const HeadRows& dO, vulkan::Slice lse, const HeadRows& dq, const HeadRows& dk,
                             const HeadRows& dv);

// For people who look: [heads wanted, tokens, keys] float32 of one sequence. Probabilities (a key that is not seen gets
// 0; a query that sees none gets zeros) or the raw scores q·k * scale (a key that is not seen gets -infinity).
struct AttentionLook {
  uint32_t sequence = 0; // which of the batch
  uint32_t firstHead = 0, heads = 1;
  bool scores = false; // raw scores in place of probabilities
};
void recordAttentionLook(vulkan::Device& device, vulkan::Recording& recording, const AttentionShape& shape,
                         const HeadRows& q, const HeadRows& k, const AttentionLook& look, vulkan::Slice out);

// Decoding and ragged prefill over a key-value cache. cacheK and cacheV are one layer's [slots, context, kvHeads *
// headSize]. `slot` and `position` are int32 [tokens]: which sequence a token belongs to and where in it. A negative
// slot is a padding row: it writes nothing, and its output is zeros. Attention sees positions 0 .. position[n] of its
// slot (start [slots], optional: from start[slot] on).
struct CachedShape {
  uint32_t tokens = 1; // N, 1 .. 4096 and more
  uint32_t slots = 1, context = 1;
  uint32_t heads = 1, kvHeads = 1, headSize = 1;
  float scale = 1;
  vulkan::Slice slot, position;
  vulkan::Slice start;
  // A hint to recordCachedAttention: true when few tokens share a slot (a decoding step), false for prompts, where
  // neighbours do. Only speed depends on it.
  bool decoding = false;
};

// cacheK[slot[n]][position[n]] = k_n and the same for v. No two tokens may name the same place. One dispatch.
void recordCacheWrite(vulkan::Device& device, vulkan::Recording& recording, const CachedShape& shape, const HeadRows& k,
                      const HeadRows& v, vulkan::Slice cacheK, vulkan::Slice cacheV);

// o of each token, for prompts: neighbours that share a slot are taken together. The cache must hold the tokens' own
// keys already (recordCacheWrite comes first). One dispatch.
void recordCachedAttention(vulkan::Device& device, vulkan::Recording& recording, const CachedShape& shape,
                           const HeadRows& q, vulkan::Slice cacheK, vulkan::Slice cacheV, const HeadRows& o);

// recordCacheWrite and recordCachedAttention in one dispatch, for a decoding step: right only when no two tokens share
// a slot.
void recordDecodingAttention(vulkan::Device& device, vulkan::Recording& recording, const CachedShape& shape,
                             const HeadRows& q, const HeadRows& k, const HeadRows& v, vulkan::Slice cacheK,
                             vulkan::Slice cacheV, const HeadRows& o);

} // namespace attune
