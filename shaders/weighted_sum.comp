// y = sum of a[i] b[i], by one workgroup.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "reduce.glsl"
layout(binding = 0) readonly buffer A { float a[]; };
layout(binding = 1) readonly buffer B { float b[]; };
layout(binding = 2) writeonly buffer Y { float y[]; };
layout(push_constant) uniform Push { uint count; };
void main() {
  float sum = 0.0;
  for (uint i = gl_LocalInvocationID.x; i < count; i += gl_WorkGroupSize.x) sum += a[i] * b[i];
  sum = groupSum(sum);
  if (gl_LocalInvocationID.x == 0u) y[0] = sum;
}
