// Sums and maxima over a workgroup, in a fixed order for a given device. ONE_SUBGROUP (CPU devices) needs no barriers.
#extension GL_KHR_shader_subgroup_arithmetic : require

#include "local.glsl"

shared float partial_[128];

float groupSum(float v) {
  v = subgroupAdd(v);
  if (ONE_SUBGROUP) return v;
  barrier();
  if (subgroupElect()) partial_[gl_SubgroupID] = v;
  barrier();
  float sum = 0.0;
  for (uint i = 0u; i < gl_NumSubgroups; ++i) sum += partial_[i];
  return sum;
}

float groupMax(float v) {
  v = subgroupMax(v);
  if (ONE_SUBGROUP) return v;
  barrier();
  if (subgroupElect()) partial_[gl_SubgroupID] = v;
  barrier();
  float highest = partial_[0];
  for (uint i = 1u; i < gl_NumSubgroups; ++i) highest = max(highest, partial_[i]);
  return highest;
}

float sum4(vec4 v) { return (v.x + v.y) + (v.z + v.w); }
float max4(vec4 v) { return max(max(v.x, v.y), max(v.z, v.w)); }
