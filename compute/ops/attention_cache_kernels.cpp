// The part of ops/attention_kernels.h that works on a key-value cache.
#include "ops/attention_checks.h"

namespace attune {

using namespace attention;
using vulkan::Device;
using vulkan::Recording;
using vulkan::Slice;

namespace {

struct WritePush {
  uint32_t width, slots, context;
  uint32_t kStride, kOffset, vStride, vOffset;
};

struct PrefillPush {
  uint32_t tokens, slots, context, group;
  uint32_t qStride, qOffset, kStride, vStride, oStride, oOffset;
  float scale;
  uint32_t hasStart;
};

struct DecodePush {
  uint32_t tokens, slots, context, group;
  uint32_t qStride, qOffset, cacheStride, oStride, oOffset;
  uint32_t kStride, kOffset, vStride, vOffset;
  float scale;
  uint32_t hasStart, storing;
};

uint32_t widthOf(const CachedShape& shape) { return shape.kvHeads * shape.headSize; }

void checkCached(const CachedShape& shape, const Slice& cacheK, const Slice& cacheV) {
  checkHeads(shape.heads, shape.kvHeads, shape.headSize);
  if (shape.tokens < 1 || shape.slots < 1 || shape.context < 1) refuse("no tokens, or a cache of no size, was given");
  const uint64_t numbers = uint64_t(shape.slots) * shape.context * widthOf(shape);
  if (numbers >> 32) refuse("a cache of more than 4294967295 numbers a layer was asked for; take fewer slots");
  checkNumbers("the cache of keys", cacheK, numbers);
  checkNumbers("the cache of values", cacheV, numbers);
  checkNumbers("slot", shape.slot, shape.tokens);
  checkNumbers("position", shape.position, shape.tokens);
  if (shape.start.buffer) checkNumbers("start", shape.start, shape.slots);
}

// With k and v the tokens' own keys and values are taken from there and stored; without, they are in the cache already.
void recordDecode(Device& device, Recording& recording, const CachedShape& shape, const HeadRows& q,
                  const HeadRows* newK, const HeadRows* newV, Slice cacheK, Slice cacheV, const HeadRows& o) {
  const HeadRows k = newK ? *newK : q, v = newV ? *newV : q;
  const DecodePush push = {shape.tokens,   shape.slots,
                           shape.context,  shape.heads / shape.kvHeads, //
                           q.stride,       q.offset,
                           widthOf(shape), o.stride,
                           o.offset, //
                           k.stride,       k.offset,
                           v.stride,       v.offset,
                           shape.scale,    shape.start.buffer != nullptr,
                           newK != nullptr};
  const bool fours = inFours(q) && inFours(k) && inFours(v) && inFours(o) && inFours(cacheK) && inFours(cacheV);
  recording.dispatch(variant(device, "decode", shape.headSize, fours),
                     {q.slice, cacheK, cacheV, k.slice, v.slice, shape.slot, shape.position,
                      orElse(shape.start, shape.slot), o.slice, cacheK, cacheV},
                     push, {shape.tokens, shape.heads});
}

} // namespace

void recordCacheWrite(Device& device, Recording& recording, const CachedShape& shape, const HeadRows& k,
                      const HeadRows& v, Slice cacheK, Slice cacheV) {
  checkCached(shape, cacheK, cacheV);
  const uint32_t width = widthOf(shape), localSize = 32;
  checkRows("k", k, shape.tokens, width);
  checkRows("v", v, shape.tokens, width);
  const bool fours = width % 4 == 0 && inFours(k) && inFours(v) && inFours(cacheK) && inFours(cacheV);
  const uint32_t constants[] = {localSize, fours ? 1u : 0u};
  const WritePush push = {width, shape.slots, shape.context, k.stride, k.offset, v.stride, v.offset};
  recording.dispatch(device.program("attention_cache_write", constants),
                     {k.slice, v.slice, shape.slot, shape.position, cacheK, cacheV}, push,
                     {tiles(fours ? width / 4 : width, localSize), shape.tokens});
}

void recordCachedAttention(Device& device, Recording& recording, const CachedShape& shape, const HeadRows& q,
                           Slice cacheK, Slice cacheV, const HeadRows& o) {
  checkCached(shape, cacheK, cacheV);
  checkRows("q", q, shape.tokens, uint64_t(shape.heads) * shape.headSize);
  checkRows("o", o, shape.tokens, uint64_t(shape.heads) * shape.headSize);
  if (shape.decoding) {
    recordDecode(device, recording, shape, q, nullptr, nullptr, cacheK, cacheV, o);
    return;
  }
  const uint32_t width = widthOf(shape);
  const PrefillPush push = {shape.tokens, shape.slots, shape.context, shape.heads / shape.kvHeads, //
                            q.stride,     q.offset,    width,         width,                       //
                            o.stride,     o.offset,    shape.scale,   shape.start.buffer != nullptr};
  const bool fours = inFours(q) && inFours(o) && inFours(cacheK) && inFours(cacheV);
  recording.dispatch(variant(device, "prefill", shape.headSize, fours),
                     {q.slice, cacheK, cacheV, shape.slot, shape.position, orElse(shape.start, shape.slot), o.slice},
                     push, {tiles(shape.tokens, device.limits().subgroupSize), shape.heads});
}

void recordDecodingAttention(Device& device, Recording& recording, const CachedShape& shape, const HeadRows& q,
                             const HeadRows& k, const HeadRows& v, Slice cacheK, Slice cacheV, const HeadRows& o) {
  checkCached(shape, cacheK, cacheV);
  checkRows("q", q, shape.tokens, uint64_t(shape.heads) * shape.headSize);
  checkRows("k", k, shape.tokens, widthOf(shape));
  checkRows("v", v, shape.tokens, widthOf(shape));
  checkRows("o", o, shape.tokens, uint64_t(shape.heads) * shape.headSize);
  recordDecode(device, recording, shape, q, &k, &v, cacheK, cacheV, o);
}

} // namespace attune
