// y[n] = tokens[id[n]] (+ places[position[n]]).
#version 450
#extension GL_GOOGLE_include_directive : require
#include "texels.glsl"
#include "local.glsl"
layout(constant_id = 2) const bool ALIGNED = true;
layout(constant_id = 3) const bool PLACES = false;
layout(binding = 0) uniform textureBuffer tokens;
layout(binding = 1) uniform textureBuffer places;
layout(binding = 2) readonly buffer Ids { int ids[]; };
layout(binding = 3) readonly buffer Positions { int positions[]; };
layout(binding = 4) writeonly buffer Y4 { vec4 y4[]; };
layout(binding = 5) writeonly buffer Y1 { float y1[]; };
layout(push_constant) uniform Push { uint rows_, columns_; };
void main() {
  const uint rows = rows_, columns = columns_; // read once
  for (uint row = gl_WorkGroupID.x; row < rows; row += gl_NumWorkGroups.x) {
    const uint token = uint(ids[row]) * columns, place = uint(max(positions[row], 0)) * columns;
    for (uint c = gl_LocalInvocationID.x * 4u; c < columns; c += gl_WorkGroupSize.x * 4u) {
      vec4 v = LOAD_ROW(tokens, token, c, columns);
      if (PLACES) v += LOAD_ROW(places, place, c, columns);
      STORE_ROW(y4, y1, row * columns, c, columns, v)
    }
  }
}
