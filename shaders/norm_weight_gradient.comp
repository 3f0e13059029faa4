// dw += sum over rows of dy h, db += sum over rows of dy; h = (x - mean) s. One invocation four columns, rows in order.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "texels.glsl"
#include "flat.glsl"
layout(constant_id = 2) const bool ALIGNED = true;
layout(constant_id = 3) const bool RMS = false;
layout(binding = 0) uniform textureBuffer x;
layout(binding = 1) uniform textureBuffer dy;
layout(binding = 2) readonly buffer Statistics { vec2 statistics[]; };
layout(binding = 3) buffer W { float dw[]; };
layout(binding = 4) buffer B { float db[]; };
layout(push_constant) uniform Push { uint rows_, columns_; };
void main() {
  const uint rows = rows_, columns = columns_; // read once
  FOR_EACH_VEC4(i, (columns + 3u) / 4u) {
    const uint c = i * 4u;
    vec4 w = vec4(0), b = vec4(0);
    for (uint row = 0u; row < rows; ++row) {
      const uint base = row * columns;
      const vec2 s = statistics[row];
      const vec4 d = LOAD_ROW(dy, base, c, columns);
      w += d * (LOAD_ROW(x, base, c, columns) - s.x) * s.y;
      b += d;
    }
    for (uint k = 0u; k < 4u; ++k)
      if (c + k < columns) {
        dw[c + k] += w[k];
        if (!RMS) db[c + k] += b[k];
      }
  }
}
