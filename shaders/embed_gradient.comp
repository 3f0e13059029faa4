// dtable[id] += sum of dy[n] over the rows n with that id, in the order of `order`, which sorts the rows by id. The
// workgroup at the first row of an id sums that id's whole run, so no two write the same place.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "texels.glsl"
#include "local.glsl"
layout(constant_id = 2) const bool ALIGNED = true;
layout(binding = 0) uniform textureBuffer dy;
layout(binding = 1) readonly buffer Ids { int ids[]; };
layout(binding = 2) readonly buffer Order { int order[]; };
layout(binding = 3) buffer T { float dtable[]; };
// The binding begins at table row `firstId` and holds `idCount` of them (a large table is bound in parts).
layout(push_constant) uniform Push { uint rows_, columns_, firstId_, idCount_; };
void main() {
  const uint rows = rows_, columns = columns_, firstId = firstId_, idCount = idCount_; // read once
  for (uint first = gl_WorkGroupID.x; first < rows; first += gl_NumWorkGroups.x) {
    const int id = ids[order[first]];
    const uint place = uint(id) - firstId;
    if ((first > 0u && ids[order[first - 1u]] == id) || uint(id) < firstId || place >= idCount) continue;
    for (uint c = gl_LocalInvocationID.x * 4u; c < columns; c += gl_WorkGroupSize.x * 4u) {
      vec4 sum = vec4(0);
      for (uint i = first; i < rows && ids[order[i]] == id; ++i) sum += LOAD_ROW(dy, uint(order[i]) * columns, c, columns);
      for (uint k = 0u; k < 4u; ++k)
        if (c + k < columns) dtable[place * columns + c + k] += sum[k];
    }
  }
}
