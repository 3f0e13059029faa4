// Attention of one new token a slot to a key-value cache: one subgroup a token and head, one lane a key. Each lane keeps
// its own online softmax and sum; they are joined at the end. With `storing`, the token's own key and value come from
// kNew and vNew, and are written to the cache on the way; else they are in the cache already.
#define BLOCK_OF_8 32
#define BLOCK_OF_4 128
#include "attention.glsl"

SOURCE(0, q)
SOURCE(1, k)
SOURCE(2, v)
SOURCE(3, kNew)
SOURCE(4, vNew)
layout(binding = 5) readonly buffer Slot { int slot[]; };
layout(binding = 6) readonly buffer Position { int position[]; };
layout(binding = 7) readonly buffer Start { int start[]; };
TARGET(8, o)
TARGET(9, kStore)
TARGET(10, vStore)
layout(push_constant) uniform Push {
  uint tokens, slots, context, group; // group: query heads a key head
  uint qStride, qOffset, cacheStride, oStride, oOffset;
  uint kStride, kOffset, vStride, vOffset; // of kNew and vNew
  float scale;
  uint hasStart, storing;
};
#include "attention_lanes.glsl"

const uint each = 2; // keys a lane takes in one step

void main() {
  const uint lane = gl_LocalInvocationID.x, n = gl_WorkGroupID.x, head = gl_WorkGroupID.y;
  const uint oRow = n * oStride + oOffset + head * headSize;
  const int at = position[n];
  if (slot[n] < 0 || slot[n] >= int(slots) || at < 0 || at >= int(context)) {
    for (uint c = lane; c < chunks; c += lanes) o(oRow, c, vec4(0));
    return;
  }
  const uint origin = uint(slot[n]) * context, kvHead = head / group * headSize;
  const uint from = hasStart != 0 ? uint(max(start[slot[n]], 0)) : 0;
  const uint until = uint(storing != 0 ? at : at + 1);

  vec4 query[chunks], sum[chunks];
  [[unroll]] for (uint c = 0; c < chunks; c++) {
    query[c] = q(n * qStride + qOffset + head * headSize, c) * scale;
    sum[c] = vec4(0);
  }
  float most = -nothing, total = 0;
  const uint kRow = n * kStride + kOffset + kvHead, vRow = n * vStride + vOffset + kvHead;
  if (storing != 0 && head % group == 0) {
    const uint place = (origin + uint(at)) * cacheStride + kvHead;
    for (uint c = lane; c < chunks; c += lanes) {
      kStore(place, c, kNew(kRow, c));
      vStore(place, c, vNew(vRow, c));
    }
  }
  if (storing != 0 && at >= from) { // its own key is lane 0's first
    float s = 0;
    [[unroll]] for (uint c = 0; c < chunks; c++) {
      s += dot(query[c], kNew(kRow, c));
      const vec4 own = vNew(vRow, c);
      sum[c] = lane == 0 ? own : vec4(0);
    }
    most = lane == 0 ? s : -nothing;
    total = lane == 0 ? 1 : 0;
  }
  for (uint first = from; first < until; first += each * lanes) {
    uint row[each];
    float s[each];
    float now = most;
    [[unroll]] for (uint u = 0; u < each; u++) {
      row[u] = (origin + min(first + u * lanes + lane, until - 1)) * cacheStride + kvHead;
      s[u] = 0;
    }
    [[unroll]] for (uint c = 0; c < chunks; c++) {
      [[unroll]] for (uint u = 0; u < each; u++) s[u] += dot(query[c], k(row[u], c));
    }
    [[unroll]] for (uint u = 0; u < each; u++) {
      if (first + u * lanes + lane < until) now = max(now, s[u]);
    }
    const float keep = exp(most - now);
    most = now;
    total *= keep;
    [[unroll]] for (uint u = 0; u < each; u++) {
      s[u] = first + u * lanes + lane < until ? exp(s[u] - now) : 0;
      total += s[u];
    }
    [[unroll]] for (uint c = 0; c < chunks; c++) {
      vec4 a = sum[c] * keep;
      [[unroll]] for (uint u = 0; u < each; u++) a += s[u] * v(row[u], c);
      sum[c] = a;
    }
  }

  const float weight = exp(most - maximumOfLanes(most));
  total = sumOfLanes(vec4(total * weight)).x;
  const float factor = total == 0 ? 0 : weight / total;
  vec4 mine = vec4(0);
  [[unroll]] for (uint c = 0; c < chunks; c++) { // lane l stores the chunks l, l + lanes, ...
    const vec4 all = sumOfLanes(sum[c] * factor);
    mine = lane == c % lanes ? all : mine;
    if (c % lanes == lanes - 1 || c == chunks - 1) {
      if (lane <= c % lanes) o(oRow, c / lanes * lanes + lane, mine);
    }
  }
}
