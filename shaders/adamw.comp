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
  const float scale = coefficient;
  FOR_EACH_VEC4(i, count4) {
    const vec4 g = scale * texelFetch(gradient, int(i));
    const vec4 m = beta1 * texelFetch(oldFirst, int(i)) + (1.0 - beta1) * g;
    const vec4 v = beta2 * texelFetch(oldSecond, int(i)) + (1.0 - beta2) * g * g;
    vec4 w = texelFetch(oldWeight, int(i));
    if (i < decayed4) w *= 1.0 - rate * decay;
    w -= rate / correction1 * m / (sqrt(v / correction2) + epsilon);
    first[i] = m;
    second[i] = v;
    weight[i] = w;
  }
}
