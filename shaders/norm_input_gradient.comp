// dx of LayerNorm or RMSNorm, plus the gradient that x already has from elsewhere (ADDEND).
// With h = (x - mean) s and g = w dy: dx = s (g - mean(g) - h mean(g h)); RMSNorm has no mean(g).
#version 450
#extension GL_GOOGLE_include_directive : require
#include "texels.glsl"
#include "reduce.glsl"
layout(constant_id = 2) const bool ALIGNED = true;
layout(constant_id = 3) const bool RMS = false;
layout(constant_id = 4) const bool ADDEND = false;
layout(constant_id = 5) const bool LANE_A_ROW = false;
#include "row_walk.glsl"
layout(binding = 0) uniform textureBuffer x;
layout(binding = 1) uniform textureBuffer weight;
layout(binding = 2) uniform textureBuffer dy;
layout(binding = 3) readonly buffer Statistics { vec2 statistics[]; };
layout(binding = 4) uniform textureBuffer addend;
layout(binding = 5) writeonly buffer X4 { vec4 dx4[]; };
layout(binding = 6) writeonly buffer X1 { float dx1[]; };
layout(push_constant) uniform Push { uint rows_, columns_; };
void main() {
  const uint rows = rows_, columns = columns_; // read once
  FOR_EACH_ROW(row, rows) {
    const uint base = row * columns;
    const vec2 s = statistics[row];
    float sumG = 0.0, sumGH = 0.0;
    FOR_EACH_COLUMN4(c, columns) {
      const vec4 g = LOAD_ROW(weight, 0u, c, columns) * LOAD_ROW(dy, base, c, columns);
      sumG += sum4(g);
      sumGH += sum4(g * (LOAD_ROW(x, base, c, columns) - s.x) * s.y);
    }
    const float meanG = RMS ? 0.0 : ROW_SUM(sumG) / float(columns);
    const float meanGH = ROW_SUM(sumGH) / float(columns);
    FOR_EACH_COLUMN4(c, columns) {
      const vec4 g = LOAD_ROW(weight, 0u, c, columns) * LOAD_ROW(dy, base, c, columns);
      const vec4 h = (LOAD_ROW(x, base, c, columns) - s.x) * s.y;
      vec4 value = s.y * (g - meanG - h * meanGH);
      if (ADDEND) value += LOAD_ROW(addend, base, c, columns);
      STORE_ROW(dx4, dx1, base, c, columns, value)
    }
  }
}
