// Of each row of logits: the log-probability of its target (log-softmax) and the log of the sum of exponentials.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "texels.glsl"
#include "reduce.glsl"
#include "math.glsl"
layout(binding = 0) uniform textureBuffer logits; // rows of `stride` floats, `columns` of them meant
layout(binding = 1) readonly buffer Targets { int targets[]; };
layout(binding = 2) writeonly buffer P { float logProbability[]; };
layout(binding = 3) writeonly buffer S { float logSum[]; };
layout(push_constant) uniform Push { uint rows_, columns_, stride_, firstRow_; };
void main() {
  const uint rows = rows_, columns = columns_, stride = stride_, firstRow = firstRow_; // read once
  const uint step = gl_WorkGroupSize.x * 4u;
  for (uint row = gl_WorkGroupID.x; row < rows; row += gl_NumWorkGroups.x) {
    const uint base = row * stride;
    float highest = -3.4e38;
    for (uint c = gl_LocalInvocationID.x * 4u; c < columns; c += step) {
      const bvec4 inside = lessThan(uvec4(c, c + 1u, c + 2u, c + 3u), uvec4(columns));
      highest = max(highest, max4(mix(vec4(-3.4e38), texelFetch(logits, int((base + c) >> 2)), inside)));
    }
    highest = groupMax(highest);
    float sum = 0.0;
    for (uint c = gl_LocalInvocationID.x * 4u; c < columns; c += step) {
      const bvec4 inside = lessThan(uvec4(c, c + 1u, c + 2u, c + 3u), uvec4(columns));
      sum += sum4(mix(vec4(0), exp(texelFetch(logits, int((base + c) >> 2)) - highest), inside));
    }
    sum = groupSum(sum);
    if (gl_LocalInvocationID.x == 0u) {
      const float all = highest + accurateLog(sum);
      logSum[firstRow + row] = all;
      logProbability[firstRow + row] = texelFloat(logits, base + uint(targets[firstRow + row])) - all;
    }
  }
}
