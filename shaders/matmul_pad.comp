// Copies a matrix into rows of another stride: a workgroup a row, a texel of four floats a lane.
#version 450
layout(local_size_x_id = 0) in; // the subgroup's lanes
layout(set = 0, binding = 0) uniform textureBuffer from;
layout(set = 0, binding = 1) writeonly buffer To { vec4 to[]; };
layout(push_constant) uniform Push { uint from4, stride4, width4, paddedStride4, to4; };

void main() {
  const uint row = gl_WorkGroupID.x, width = width4;
  const uint first = from4 + row * stride4, target = to4 + row * paddedStride4;
  for (uint i = gl_LocalInvocationID.x; i < width; i += gl_WorkGroupSize.x) to[target + i] = texelFetch(from, int(first + i));
}
