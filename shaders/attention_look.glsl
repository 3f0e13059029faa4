// Probabilities or raw scores of one sequence, for people who look: one subgroup a query row of a head, one lane a key.
#define BLOCK_OF_8 32
#define BLOCK_OF_4 128
#include "attention.glsl"

SOURCE(0, q)
SOURCE(1, k)
layout(binding = 2) readonly buffer Start { int start[]; };
layout(binding = 3) readonly buffer End { int end[]; };
layout(binding = 4) buffer Out { float result[]; };
layout(push_constant) uniform Push {
  uint tokens, keys, group, sequence, firstHead; // group: query heads a key head
  uint qStride, qOffset, kStride, kOffset;
  float scale;
  uint causal, hasStart, hasEnd, scores;
};
#include "attention_lanes.glsl"

void main() {
  const uint lane = gl_LocalInvocationID.x, row = gl_WorkGroupID.x, head = firstHead + gl_WorkGroupID.y;
  const uint from = hasStart != 0 ? uint(max(start[sequence], 0)) : 0;
  uint until = hasEnd != 0 ? min(keys, uint(max(end[sequence], 0))) : keys;
  if (causal != 0) until = min(until, row + 1);
  const uint kHead = kOffset + head / group * headSize;
  const uint base = (gl_WorkGroupID.y * tokens + row) * keys;

  vec4 query[chunks];
  [[unroll]] for (uint c = 0; c < chunks; c++)
    query[c] = q((sequence * tokens + row) * qStride + qOffset + head * headSize, c) * scale;
  float most = -nothing, total = 0;
  for (uint key = lane; key < keys; key += lanes) {
    const bool visible = key >= from && key < until;
    float s = 0;
    [[unroll]] for (uint c = 0; c < chunks; c++) s += dot(query[c], k((sequence * keys + key) * kStride + kHead, c));
    if (visible) {
      const float now = max(most, s);
      total = total * exp(most - now) + exp(s - now);
      most = now;
    }
    result[base + key] = visible ? s : uintBitsToFloat(0xff800000u); // minus infinity
  }
  if (scores != 0) return;
  const float all = maximumOfLanes(most);
  total = sumOfLanes(vec4(total * exp(most - all))).x;
  const float part = total == 0 ? 0 : 1 / total;
  for (uint key = lane; key < keys; key += lanes) {
    const bool visible = key >= from && key < until;
    result[base + key] = visible ? exp(result[base + key] - all) * part : 0;
  }
}
