// SwiGLU (Shazeer 2020): y = silu(gate) * up; with GRADIENT the two gradients from dy instead.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "texels.glsl"
#include "flat.glsl"
layout(constant_id = 2) const bool GRADIENT = false;
layout(binding = 0) uniform textureBuffer gate;
layout(binding = 1) uniform textureBuffer up;
layout(binding = 2) uniform textureBuffer dy;
layout(binding = 3) writeonly buffer A { vec4 first[]; };  // y, or the gradient of gate
layout(binding = 4) writeonly buffer B { vec4 second[]; }; // the gradient of up
layout(push_constant) uniform Push { uint count4; };
void main() {
  FOR_EACH_VEC4(i, count4) {
    const vec4 g = texelFetch(gate, int(i)), u = texelFetch(up, int(i));
    const vec4 s = 1.0 / (1.0 + exp(-g));
    if (GRADIENT) {
      const vec4 d = texelFetch(dy, int(i));
      first[i] = d * u * s * (1.0 + g * (1.0 - s));
      second[i] = d * g * s;
    } else
      first[i] = g * s * u;
  }
}
