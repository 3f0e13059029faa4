// AdamW (Loshchilov and Hutter 2019) as PyTorch computes it, over all parameters at once. Weight decay for the first
// `decayed4` vec4 (the matrices lie first). Each invocation reads a place before it writes it, and nobody else does.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "texels.glsl"
#include "flat.glsl"
layout(binding = 0) uniform textureBuffer gradient;
layout(binding = 1) uniform textureBuffer oldWeight;
layout(binding = 2) uniform textureBuffer oldFirst;
layout(binding = 3) uniform textureBuffer oldSecond;
layout(binding = 4) writeonly buffer W { vec4 weight[]; };
layout(binding = 5) writeonly buffer M { vec4 first[]; };
layout(binding = 6) writeonly buffer V { vec4 second[]; };
layout(binding = 7) readonly buffer C { float norm, coefficient; };
layout(binding = 8) readonly buffer S { float rate, beta1, beta2, epsilon, decay, correction1, correction2; };
layout(push_constant) uniform Push { uint count4, decayed4; };
void main() {
  const float scale = coefficient, b1 = beta1, b2 = beta2, shrink = 1.0 - rate * decay, e = epsilon;
  const float stride = rate / correction1, unbias2 = 1.0 / correction2;
  const uint matrices = decayed4;
  FOR_EACH_VEC4(i, count4) {
    const vec4 g = scale * texelFetch(gradient, int(i));
    const vec4 m = b1 * texelFetch(oldFirst, int(i)) + (1.0 - b1) * g;
    const vec4 v = b2 * texelFetch(oldSecond, int(i)) + (1.0 - b2) * g * g;
    const vec4 w = texelFetch(oldWeight, int(i)) * (i < matrices ? shrink : 1.0);
    first[i] = m;
    second[i] = v;
    weight[i] = w - stride * m / (sqrt(v * unbias2) + e);
  }
}
