// One invocation a vec4, as many passes as it takes: for operations that see memory as a flat array.
#include "local.glsl"
#define FOR_EACH_VEC4(i, count) \
  for (uint i = gl_GlobalInvocationID.x; i < (count); i += gl_NumWorkGroups.x * gl_WorkGroupSize.x)
