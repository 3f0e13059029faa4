// norm = sqrt(sum of the partial sums); coefficient = min(1, limit / (norm + 1e-6)), as torch.nn.utils.clip_grad_norm_
// has it; limit 0 does not clip.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "reduce.glsl"
layout(binding = 0) readonly buffer P { float partial[]; };
layout(binding = 1) writeonly buffer Y { float norm, coefficient; };
layout(push_constant) uniform Push { uint count; float limit; };
void main() {
  float sum = 0.0;
  for (uint i = gl_LocalInvocationID.x; i < count; i += gl_WorkGroupSize.x) sum += partial[i];
  sum = groupSum(sum);
  if (gl_LocalInvocationID.x == 0u) {
    norm = sqrt(sum);
    coefficient = limit > 0.0 ? min(1.0, limit / (sqrt(sum) + 1e-6)) : 1.0;
  }
}
