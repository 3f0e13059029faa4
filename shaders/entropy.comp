// Of each row of logits: the entropy of its softmax in nats, log-sum minus the mean logit.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "texels.glsl"
#include "reduce.glsl"
layout(binding = 0) uniform textureBuffer logits; // rows of `stride` floats, `columns` of them meant
layout(binding = 1) readonly buffer S { float logSum[]; };
layout(binding = 2) writeonly buffer H { float entropy[]; };
layout(push_constant) uniform Push { uint rows_, columns_, stride_, firstRow_; };
void main() {
  const uint rows = rows_, columns = columns_, stride = stride_, firstRow = firstRow_; // read once
  const uint step = gl_WorkGroupSize.x * 4u;
  for (uint row = gl_WorkGroupID.x; row < rows; row += gl_NumWorkGroups.x) {
    const uint base = row * stride;
    const float all = logSum[firstRow + row];
    float sum = 0.0;
    for (uint c = gl_LocalInvocationID.x * 4u; c < columns; c += step) {
      const bvec4 inside = lessThan(uvec4(c, c + 1u, c + 2u, c + 3u), uvec4(columns));
      const vec4 below = texelFetch(logits, int((base + c) >> 2)) - all; // log-probabilities
      sum -= sum4(mix(vec4(0), exp(below) * below, inside));
    }
    sum = groupSum(sum);
    if (gl_LocalInvocationID.x == 0u) entropy[firstRow + row] = sum;
  }
}
