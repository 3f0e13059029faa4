// Partial sums of squares of a flat array, one a workgroup.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "texels.glsl"
#include "reduce.glsl"
layout(binding = 0) uniform textureBuffer x;
layout(binding = 1) writeonly buffer Y { float partial[]; };
layout(push_constant) uniform Push { uint count4, first; };
void main() {
  float sum = 0.0;
  for (uint i = gl_GlobalInvocationID.x; i < count4; i += gl_NumWorkGroups.x * gl_WorkGroupSize.x) {
    const vec4 v = texelFetch(x, int(i));
    sum += sum4(v * v);
  }
  sum = groupSum(sum);
  if (gl_LocalInvocationID.x == 0u) partial[first + gl_WorkGroupID.x] = sum;
}
