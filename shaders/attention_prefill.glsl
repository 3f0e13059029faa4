// Attention of new tokens to a key-value cache, for prompts: one lane a token. The tokens of a tile usually share a slot
// and walk its keys together; where they do not, the slots are taken one after the other.
#define BLOCK_OF_8 32
#define BLOCK_OF_4 128
#include "attention.glsl"

SOURCE(0, q)
SOURCE(1, k)
SOURCE(2, v)
layout(binding = 3) readonly buffer Slot { int slot[]; };
layout(binding = 4) readonly buffer Position { int position[]; };
layout(binding = 5) readonly buffer Start { int start[]; };
TARGET(6, o)
layout(push_constant) uniform Push {
  uint tokens, slots, context, group; // group: query heads a key head
  uint qStride, qOffset, kStride, vStride, oStride, oOffset;
  float scale;
  uint hasStart;
};
#include "attention_rows.glsl"

void main() {
  const uint head = gl_WorkGroupID.y;
  const uint n = gl_WorkGroupID.x * lanes + gl_LocalInvocationID.x, token = min(n, tokens - 1);
  [[unroll]] for (uint c = 0; c < chunks; c++) query[c] = q(token * qStride + qOffset + head * headSize, c) * scale;
  zeroSums();
  const int mySlot = n < tokens && slot[token] < int(slots) ? slot[token] : -1;
  const uint mine = uint(clamp(position[token] + 1, 0, int(context)));
  const uint kvHead = head / group * headSize;
  bool waiting = mySlot >= 0;
  for (uint leader = 0; leader < lanes; leader++) {
    const int walked = subgroupShuffle(waiting ? mySlot : -1, leader);
    if (walked < 0) continue;
    const bool walking = waiting && mySlot == walked;
    waiting = waiting && !walking;
    const uint wanted = walking ? mine : 0;
    uint until = 0;
    [[unroll]] for (uint l = 0; l < lanes; l++) until = max(until, subgroupShuffle(wanted, l));
    const uint from = hasStart != 0 ? uint(max(start[walked], 0)) : 0;
    takeKeys(uint(walked) * context, context, kvHead, kvHead, from, wanted, until);
  }
  if (n >= tokens) return;
  const float part = share();
  [[unroll]] for (uint c = 0; c < chunks; c++) o(token * oStride + oOffset + head * headSize, c, sum[c] * part);
}
