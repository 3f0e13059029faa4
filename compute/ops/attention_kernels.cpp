#include "ops/attention_kernels.h"

#include "ops/attention_checks.h"

namespace attune {

using namespace attention;
using vulkan::Device;
using vulkan::Recording;
using vulkan::Slice;

namespace {

struct Place { // of rows in their binding, in floats
  uint32_t stride, offset;
};

Place placeOf(const HeadRows& rows) { return {rows.stride, rows.offset}; }

struct ForwardPush {
  uint32_t tokens, keys, heads, group;
  Place q, k, v, o;
  float scale;
  uint32_t causal, hasStart, hasEnd;
};

struct BackwardPush {
  uint32_t tokens, keys, heads, group;
  Place q, k, v, o, dO, dq, dk, dv;
  float scale;
  uint32_t causal, hasStart, hasEnd, queryTiles;
};

struct LookPush {
  uint32_t tokens, keys, group, sequence, firstHead;
  uint32_t qStride, qOffset, kStride, kOffset;
  float scale;
  uint32_t causal, hasStart, hasEnd, scores;
};

uint32_t keysOf(const AttentionShape& shape) { return shape.keys ? shape.keys : shape.tokens; }

void checkShape(const AttentionShape& shape) {
  checkHeads(shape.heads, shape.kvHeads, shape.headSize);
  if (shape.batch < 1 || shape.tokens < 1) refuse("an empty batch was given");
  if (shape.causal && keysOf(shape) != shape.tokens)
    refuse("causal needs as many keys as queries, not " + std::to_string(keysOf(shape)) + " keys for " +
           std::to_string(shape.tokens) + " queries");
  if (shape.start.buffer) checkNumbers("start", shape.start, shape.batch);
  if (shape.end.buffer) checkNumbers("end", shape.end, shape.batch);
}

void checkQueries(const char* name, const AttentionShape& shape, const HeadRows& rows) {
  checkRows(name, rows, uint64_t(shape.batch) * shape.tokens, uint64_t(shape.heads) * shape.headSize);
}

void checkKeys(const char* name, const AttentionShape& shape, const HeadRows& rows) {
  checkRows(name, rows, uint64_t(shape.batch) * keysOf(shape), uint64_t(shape.kvHeads) * shape.headSize);
}

} // namespace

void recordAttention(Device& device, Recording& recording, const AttentionShape& shape, const HeadRows& q,
                     const HeadRows& k, const HeadRows& v, const HeadRows& o, Slice lse) {
  checkShape(shape);
  checkQueries("q", shape, q);
  checkKeys("k", shape, k);
  checkKeys("v", shape, v);
  checkQueries("o", shape, o);
  checkNumbers("lse", lse, uint64_t(shape.batch) * shape.heads * shape.tokens);
  const ForwardPush push = {.tokens = shape.tokens,
                            .keys = keysOf(shape),
                            .heads = shape.heads,
                            .group = shape.heads / shape.kvHeads,
                            .q = placeOf(q),
                            .k = placeOf(k),
                            .v = placeOf(v),
                            .o = placeOf(o),
                            .scale = shape.scale,
                            .causal = shape.causal,
                            .hasStart = shape.start.buffer != nullptr,
                            .hasEnd = shape.end.buffer != nullptr};
  const bool fours = inFours(q) && inFours(k) && inFours(v) && inFours(o);
  recording.dispatch(variant(device, "forward", shape.headSize, fours),
                     {q.slice, k.slice, v.slice, o.slice, lse, orElse(shape.start, lse), orElse(shape.end, lse)}, push,
                     {tiles(shape.tokens, device.limits().subgroupSize), shape.heads, shape.batch});
}

void recordAttentionGradient(Device& device, Recording& recording, const AttentionShape& shape, const HeadRows& q,
                             const HeadRows& k, const HeadRows& v, const HeadRows& o, const HeadRows& dO, Slice lse,
                             const HeadRows& dq, const HeadRows& dk, const HeadRows& dv) {
  checkShape(shape);
  checkNumbers("lse", lse, uint64_t(shape.batch) * shape.heads * shape.tokens);
  bool fours = true;
  const struct {
    const char* name;
    const HeadRows& rows;
    bool keys;
  } all[] = {{"q", q, false},   {"k", k, true},    {"v", v, true},   {"o", o, false},
             {"dO", dO, false}, {"dq", dq, false}, {"dk", dk, true}, {"dv", dv, true}};
  for (const auto& one : all) {
    one.keys ? checkKeys(one.name, shape, one.rows) : checkQueries(one.name, shape, one.rows);
    fours = fours && inFours(one.rows);
  }
  const uint32_t lanes = device.limits().subgroupSize, queryTiles = tiles(shape.tokens, lanes);
  const BackwardPush push = {.tokens = shape.tokens,
                             .keys = keysOf(shape),
                             .heads = shape.heads,
                             .group = shape.heads / shape.kvHeads,
                             .q = placeOf(q),
                             .k = placeOf(k),
                             .v = placeOf(v),
                             .o = placeOf(o),
                             .dO = placeOf(dO),
                             .dq = placeOf(dq),
                             .dk = placeOf(dk),
                             .dv = placeOf(dv),
                             .scale = shape.scale,
                             .causal = shape.causal,
                             .hasStart = shape.start.buffer != nullptr,
                             .hasEnd = shape.end.buffer != nullptr,
                             .queryTiles = queryTiles};
  recording.dispatch(variant(device, "backward", shape.headSize, fours),
                     {q.slice, k.slice, v.slice, o.slice, dO.slice, lse, orElse(shape.start, lse),
                      orElse(shape.end, lse), dq.slice, dk.slice, dv.slice},
                     push, {queryTiles + tiles(keysOf(shape), lanes), shape.heads, shape.batch});
}

void recordAttentionLook(Device& device, Recording& recording, const AttentionShape& shape, const HeadRows& q,
                         const HeadRows& k, const AttentionLook& look, Slice out) {
  checkShape(shape);
  checkQueries("q", shape, q);
  checkKeys("k", shape, k);
  if (look.sequence >= shape.batch || look.heads < 1 || look.firstHead + look.heads > shape.heads)
    refuse("there is no head " + std::to_string(look.firstHead + look.heads - 1) + " of sequence " +
           std::to_string(look.sequence));
  const uint64_t cells = uint64_t(look.heads) * shape.tokens * keysOf(shape);
  checkNumbers("the matrix to look at", out, cells);
  if (cells >> 32) refuse("a matrix of more than 4294967295 numbers was asked for; look at fewer heads at once");
  const LookPush push = {shape.tokens,
                         keysOf(shape),
                         shape.heads / shape.kvHeads,
                         look.sequence,
                         look.firstHead, //
                         q.stride,
                         q.offset,
                         k.stride,
                         k.offset,
                         shape.scale, //
                         shape.causal,
                         shape.start.buffer != nullptr,
                         shape.end.buffer != nullptr,
                         look.scores};
  recording.dispatch(variant(device, "look", shape.headSize, inFours(q) && inFours(k)),
                     {q.slice, k.slice, orElse(shape.start, out), orElse(shape.end, out), out}, push,
                     {shape.tokens, look.heads});
}

} // namespace attune
