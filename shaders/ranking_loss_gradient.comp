// dscore[n] = the slopes of the pairs in which n is the better, less those in which it is the worse, in their order.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "local.glsl"
layout(binding = 0) readonly buffer P { int pairs[]; };
layout(binding = 1) readonly buffer D { float slope[]; };
layout(binding = 2) writeonly buffer Y { float dscore[]; };
layout(push_constant) uniform Push { uint scores_, count_; };
void main() {
  const uint scores = scores_, count = count_; // read once
  for (uint n = gl_GlobalInvocationID.x; n < scores; n += gl_NumWorkGroups.x * gl_WorkGroupSize.x) {
    float sum = 0.0;
    for (uint p = 0u; p < count; ++p) {
      if (pairs[2u * p] == int(n)) sum += slope[p];
      if (pairs[2u * p + 1u] == int(n)) sum -= slope[p];
    }
    dscore[n] = sum;
  }
}
