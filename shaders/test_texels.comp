#version 450
// For the tests of the Vulkan layer: every kind of binding. sums[i] = sum of a texel + ids[i] + scale.x
layout(local_size_x = 8, local_size_y = 2) in;
layout(binding = 3) uniform samplerBuffer texels;
layout(binding = 1) uniform isamplerBuffer ids;
layout(binding = 5) uniform Scale { vec4 scale; };
layout(binding = 7) writeonly buffer Sums { float sums[]; };

void main() {
  int i = int(gl_LocalInvocationIndex + gl_WorkGroupID.x * 16);
  if (i >= sums.length()) return;
  vec4 t = texelFetch(texels, i);
  sums[i] = t.x + t.y + t.z + t.w + float(texelFetch(ids, i).x) + scale.x;
}
