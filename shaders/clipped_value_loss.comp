// loss = sum of weight 1/2 max((v - R)^2, (near - R)^2), near = v held within `range` of the old value, and its slope by
// v. By one workgroup.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "reduce.glsl"
layout(binding = 0) readonly buffer V { float value[]; };
layout(binding = 1) readonly buffer O { float old[]; };
layout(binding = 2) readonly buffer R { float returns[]; };
layout(binding = 3) readonly buffer W { float weight[]; };
layout(binding = 4) writeonly buffer L { float loss[]; };
layout(binding = 5) writeonly buffer D { float slope[]; };
layout(push_constant) uniform Push { uint count_; float range_; };
void main() {
  const uint count = count_; // read once
  const float range = range_;
  float sum = 0.0;
  for (uint i = gl_LocalInvocationID.x; i < count; i += gl_WorkGroupSize.x) {
    const float w = weight[i], v = value[i];
    const float moved = clamp(v - old[i], -range, range);
    const float free = v - returns[i], held = old[i] + moved - returns[i];
    const bool isFree = free * free >= held * held;
    sum += w * 0.5 * (isFree ? free * free : held * held);
    slope[i] = isFree ? w * free : (abs(v - old[i]) < range ? w * held : 0.0);
  }
  sum = groupSum(sum);
  if (gl_LocalInvocationID.x == 0u) loss[0] = sum;
}
