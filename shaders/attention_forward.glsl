// Attention of whole sequences: one lane a query row, one subgroup a tile of rows of one head.
#define BLOCK_OF_8 32
#define BLOCK_OF_4 128
#include "attention.glsl"

SOURCE(0, q)
SOURCE(1, k)
SOURCE(2, v)
TARGET(3, o)
layout(binding = 4) writeonly buffer Lse { float lse[]; };
layout(binding = 5) readonly buffer Start { int start[]; };
layout(binding = 6) readonly buffer End { int end[]; };
layout(push_constant) uniform Push {
  uint tokens, keys, heads, group; // group: query heads a key head
  uint qStride, qOffset, kStride, kOffset, vStride, vOffset, oStride, oOffset;
  float scale;
  uint causal, hasStart, hasEnd;
};
#include "attention_rows.glsl"

void main() {
  const uint head = gl_WorkGroupID.y, sequence = gl_WorkGroupID.z;
  const uint row = gl_WorkGroupID.x * lanes + gl_LocalInvocationID.x;
  const uint token = sequence * tokens + min(row, tokens - 1);
  const uint from = hasStart != 0 ? uint(max(start[sequence], 0)) : 0;
  uint until = hasEnd != 0 ? min(keys, uint(max(end[sequence], 0))) : keys;
  const uint mine = causal != 0 ? min(until, row + 1) : until;
  if (causal != 0) until = min(until, (gl_WorkGroupID.x + 1) * lanes);

  [[unroll]] for (uint c = 0; c < chunks; c++) query[c] = q(token * qStride + qOffset + head * headSize, c) * scale;
  zeroSums();
  const uint kvHead = head / group * headSize;
  takeKeys(sequence * keys, keys, kOffset + kvHead, vOffset + kvHead, from, mine, until);
  if (row >= tokens) return;
  const float part = share();
  [[unroll]] for (uint c = 0; c < chunks; c++) o(token * oStride + oOffset + head * headSize, c, sum[c] * part);
  lse[(sequence * heads + head) * tokens + row] = total == 0 ? nothing : most + logarithm(total);
}
