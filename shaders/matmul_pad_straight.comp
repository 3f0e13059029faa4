// matmul_pad where a row is a whole number of 4 * lanes texels: a workgroup copies that many.
#version 450
#extension GL_GOOGLE_include_directive : require
layout(local_size_x_id = 0) in; // the subgroup's lanes
layout(set = 0, binding = 0) uniform textureBuffer from;
layout(push_constant) uniform Push {
  uint from4, stride4, paddedStride8, to8;
  uint digits[8];
};
const uint lanes = gl_WorkGroupSize.x;
#include "straight.glsl"
layout(set = 0, binding = 1) writeonly buffer To { u64vec4 to[]; };
STRAIGHT_STORE(store, to)

void main() {
  const uint row = gl_WorkGroupID.x, part = gl_WorkGroupID.y * lanes;
  const int first = int(from4 + row * stride4 + 4 * part + gl_LocalInvocationID.x);
  const uint target = sameForAll(to8 + row * paddedStride8 + 2 * part);
  const vec4 texels0 = texelFetch(from, first), texels1 = texelFetch(from, first + int(lanes));
  const vec4 texels2 = texelFetch(from, first + 2 * int(lanes)), texels3 = texelFetch(from, first + 3 * int(lanes));
  store(target, texels0);
  store(target + lanes / 2, texels1);
  store(target + lanes, texels2);
  store(target + 3 * lanes / 2, texels3);
}
