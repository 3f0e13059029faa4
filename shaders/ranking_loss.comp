// loss = sum over pairs of weight f(score[better] - score[worse]), f(d) = -log sigmoid(d), or max(0, 1 - d) with HINGE;
// and the slope of each pair's term. By one workgroup.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "reduce.glsl"
#include "math.glsl"
layout(constant_id = 2) const bool HINGE = false;
layout(binding = 0) readonly buffer S { float score[]; };
layout(binding = 1) readonly buffer P { int pairs[]; }; // better, worse
layout(binding = 2) readonly buffer W { float weight[]; };
layout(binding = 3) writeonly buffer L { float loss[]; };
layout(binding = 4) writeonly buffer D { float slope[]; };
layout(push_constant) uniform Push { uint count_; };
void main() {
  const uint count = count_; // read once
  float sum = 0.0;
  for (uint p = gl_LocalInvocationID.x; p < count; p += gl_WorkGroupSize.x) {
    const float d = score[pairs[2u * p]] - score[pairs[2u * p + 1u]], w = weight[p];
    const float small = exp(-abs(d)); // never overflows
    const float term = HINGE ? max(0.0, 1.0 - d) : max(-d, 0.0) + accurateLog(1.0 + small);
    const float rises = HINGE ? (d < 1.0 ? -1.0 : 0.0) : -(d > 0.0 ? small : 1.0) / (1.0 + small);
    sum += w * term;
    slope[p] = w * rises;
  }
  sum = groupSum(sum);
  if (gl_LocalInvocationID.x == 0u) loss[0] = sum;
}
