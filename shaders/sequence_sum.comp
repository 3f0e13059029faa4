// y[r] = factor (sum over t of mask[r, t] x[r, t] - offset[r]).
#version 450
#extension GL_GOOGLE_include_directive : require
#include "reduce.glsl"
layout(binding = 0) readonly buffer X { float x[]; };
layout(binding = 1) readonly buffer M { float mask[]; };
layout(binding = 2) readonly buffer O { float offset[]; };
layout(binding = 3) writeonly buffer Y { float y[]; };
layout(push_constant) uniform Push { uint rows_, columns_; float factor_; };
void main() {
  const uint rows = rows_, columns = columns_; // read once
  const float factor = factor_;
  for (uint row = gl_WorkGroupID.x; row < rows; row += gl_NumWorkGroups.x) {
    float sum = 0.0;
    for (uint t = gl_LocalInvocationID.x; t < columns; t += gl_WorkGroupSize.x)
      sum += mask[row * columns + t] * x[row * columns + t];
    sum = groupSum(sum);
    if (gl_LocalInvocationID.x == 0u) y[row] = factor * (sum - offset[row]);
  }
}
