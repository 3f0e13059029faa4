// dlogits = d (one-hot of the target - softmax), d the gradient of the row's log-probability.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "texels.glsl"
#include "local.glsl"
layout(binding = 0) uniform textureBuffer logits;
layout(binding = 1) readonly buffer Targets { int targets[]; };
layout(binding = 2) readonly buffer S { float logSum[]; };
layout(binding = 3) readonly buffer D { float d[]; };
layout(binding = 4) writeonly buffer Y { vec4 dlogits[]; };
layout(push_constant) uniform Push { uint rows_, columns_, stride_, firstRow_; };
void main() {
  const uint rows = rows_, columns = columns_, stride = stride_, firstRow = firstRow_; // read once
  for (uint row = gl_WorkGroupID.x; row < rows; row += gl_NumWorkGroups.x) {
    const uint base = row * stride, target = uint(targets[firstRow + row]);
    const float all = logSum[firstRow + row], weight = d[firstRow + row];
    for (uint c = gl_LocalInvocationID.x * 4u; c < stride; c += gl_WorkGroupSize.x * 4u) {
      const uvec4 column = uvec4(c, c + 1u, c + 2u, c + 3u);
      const vec4 hit = vec4(equal(column, uvec4(target)));
      const bvec4 inside = lessThan(column, uvec4(columns));
      dlogits[(base + c) >> 2] = weight * mix(vec4(0), hit - exp(texelFetch(logits, int((base + c) >> 2)) - all), inside);
    }
  }
}
