// y = factor x, flat.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "texels.glsl"
#include "flat.glsl"
layout(binding = 0) uniform textureBuffer x;
layout(binding = 1) writeonly buffer Y { vec4 y[]; };
layout(push_constant) uniform Push { uint count4; float factor_; };
void main() {
  const float factor = factor_; // read once
  FOR_EACH_VEC4(i, count4) y[i] = factor * texelFetch(x, int(i));
}
