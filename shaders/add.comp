// y = a + b, flat.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "texels.glsl"
#include "flat.glsl"
layout(binding = 0) uniform textureBuffer a;
layout(binding = 1) uniform textureBuffer b;
layout(binding = 2) writeonly buffer Y { vec4 y[]; };
layout(push_constant) uniform Push { uint count4; };
void main() {
  FOR_EACH_VEC4(i, count4) y[i] = texelFetch(a, int(i)) + texelFetch(b, int(i));
}
