// loss = sum of weight max(-A r, -A clamp(r, 1 - range, 1 + range)) with r = exp(now - old), and its slope by `now`.
// By one workgroup.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "reduce.glsl"
layout(binding = 0) readonly buffer N { float now[]; };
layout(binding = 1) readonly buffer O { float old[]; };
layout(binding = 2) readonly buffer A { float advantage[]; };
layout(binding = 3) readonly buffer W { float weight[]; };
layout(binding = 4) writeonly buffer L { float loss[]; };
layout(binding = 5) writeonly buffer D { float slope[]; };
layout(push_constant) uniform Push { uint count_; float range_; };
void main() {
  const uint count = count_; // read once
  const float range = range_;
  float sum = 0.0;
  for (uint i = gl_LocalInvocationID.x; i < count; i += gl_WorkGroupSize.x) {
    // What does not count may hold anything; its exponential must not become 0 times infinity.
    const float w = weight[i], ratio = w == 0.0 ? 1.0 : exp(now[i] - old[i]);
    const float free = -advantage[i] * ratio, clipped = -advantage[i] * clamp(ratio, 1.0 - range, 1.0 + range);
    sum += w * max(free, clipped);
    slope[i] = free >= clipped ? w * free : 0.0;
  }
  sum = groupSum(sum);
  if (gl_LocalInvocationID.x == 0u) loss[0] = sum;
}
