// Rotary positions (Su et al. 2021), halves as in transformers: (a, b) -> (a cos - b sin, b cos + a sin) with a in the
// first half of a head and b in the second. `sign` -1 turns back, which is the gradient. The table holds, a position,
// the cosines and then the sines of half a head.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "texels.glsl"
#include "flat.glsl"
layout(binding = 0) uniform textureBuffer x;
layout(binding = 1) readonly buffer Positions { int positions[]; };
layout(binding = 2) uniform textureBuffer table;
layout(binding = 3) writeonly buffer Y { float y[]; };
layout(push_constant) uniform Push { uint rows, heads, half_; float sign; };
void main() {
  const uint pairs = heads * half_;
  FOR_EACH_VEC4(i, rows * pairs) { // here one invocation a pair
    const uint row = i / pairs, pair = i % pairs;
    const uint head = pair / half_, d = pair % half_;
    const uint a = row * pairs * 2u + head * half_ * 2u + d, b = a + half_;
    const uint place = uint(max(positions[row], 0)) * half_ * 2u + d;
    const float c = texelFloat(table, place), s = sign * texelFloat(table, place + half_);
    const float u = texelFloat(x, a), v = texelFloat(x, b);
    y[a] = u * c - v * s;
    y[b] = v * c + u * s;
  }
}
