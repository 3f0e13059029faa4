// dx[r, t] = factor mask[r, t] dy[r].
#version 450
#extension GL_GOOGLE_include_directive : require
#include "local.glsl"
layout(binding = 0) readonly buffer D { float dy[]; };
layout(binding = 1) readonly buffer M { float mask[]; };
layout(binding = 2) writeonly buffer X { float dx[]; };
layout(push_constant) uniform Push { uint rows_, columns_; float factor_; };
void main() {
  const uint rows = rows_, columns = columns_; // read once
  const float factor = factor_;
  for (uint row = gl_WorkGroupID.x; row < rows; row += gl_NumWorkGroups.x) {
    const float d = factor * dy[row];
    for (uint t = gl_LocalInvocationID.x; t < columns; t += gl_WorkGroupSize.x)
      dx[row * columns + t] = mask[row * columns + t] * d;
  }
}
