// y = x / (1 - p) where a random number is at least p, else 0 (Srivastava et al. 2014); plus a residual. The numbers are
// Philox 4x32-10 of seed, step, layer and place (compute/random.h), so that backward draws them again.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "texels.glsl"
#include "flat.glsl"
layout(constant_id = 2) const bool RESIDUAL = false;
layout(binding = 0) uniform textureBuffer x;
layout(binding = 1) uniform textureBuffer residual;
layout(binding = 2) readonly buffer Step { uint seedLow, seedHigh, step, part; };
layout(binding = 3) writeonly buffer Y { vec4 y[]; };
layout(push_constant) uniform Push { uint count4, layer; float probability; };

uvec4 philox(uvec4 c, uvec2 k) {
  for (int round = 0; round < 10; ++round) {
    uint aHigh, aLow, bHigh, bLow;
    umulExtended(0xD2511F53u, c.x, aHigh, aLow);
    umulExtended(0xCD9E8D57u, c.z, bHigh, bLow);
    c = uvec4(bHigh ^ c.y ^ k.x, bLow, aHigh ^ c.w ^ k.y, aLow);
    k += uvec2(0x9E3779B9u, 0xBB67AE85u);
  }
  return c;
}

void main() {
  const uint dropoutStream = 5u; // RandomStream::Dropout
  FOR_EACH_VEC4(i, count4) {
    const uvec4 bits = philox(uvec4(i, layer | (part << 16), step, dropoutStream << 24), uvec2(seedLow, seedHigh));
    const vec4 uniformly = vec4(bits >> 8) * (1.0 / 16777216.0);
    vec4 v = texelFetch(x, int(i)) * vec4(greaterThanEqual(uniformly, vec4(probability))) / (1.0 - probability);
    if (RESIDUAL) v += texelFetch(residual, int(i));
    y[i] = v;
  }
}
