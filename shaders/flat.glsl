// One invocation a vec4, as many passes as it takes: for operations that see memory as a flat array.
#include "local.glsl"
// Limits are read before the loop: software rasterizers gather push constants and buffers lane by lane at every reading.
#define FOR_EACH_VEC4(i, count) \
  const uint end_##i = (count), step_##i = gl_NumWorkGroups.x * gl_WorkGroupSize.x; \
  for (uint i = gl_GlobalInvocationID.x; i < end_##i; i += step_##i)
