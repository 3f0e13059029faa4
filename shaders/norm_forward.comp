// LayerNorm (Ba et al. 2016) or, with RMS, RMSNorm (Zhang and Sennrich 2019) of each row; keeps mean and 1/deviation.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "texels.glsl"
#include "reduce.glsl"
layout(constant_id = 2) const bool ALIGNED = true;
layout(constant_id = 3) const bool RMS = false;
layout(constant_id = 4) const bool LANE_A_ROW = false;
#include "row_walk.glsl"
layout(binding = 0) uniform textureBuffer x;
layout(binding = 1) uniform textureBuffer weight;
layout(binding = 2) uniform textureBuffer bias;
layout(binding = 3) writeonly buffer Y4 { vec4 y4[]; };
layout(binding = 4) writeonly buffer Y1 { float y1[]; };
layout(binding = 5) writeonly buffer Statistics { vec2 statistics[]; };
layout(push_constant) uniform Push { uint rows_, columns_; float epsilon; };
void main() {
  const uint rows = rows_, columns = columns_; // read once
  FOR_EACH_ROW(row, rows) {
    const uint base = row * columns;
    float mean = 0.0;
    if (!RMS) {
      float sum = 0.0;
      FOR_EACH_COLUMN4(c, columns) sum += sum4(LOAD_ROW(x, base, c, columns));
      mean = ROW_SUM(sum) / float(columns);
    }
    float squares = 0.0;
    FOR_EACH_COLUMN4(c, columns) {
      const vec4 inside = vec4(lessThan(uvec4(c, c + 1u, c + 2u, c + 3u), uvec4(columns)));
      const vec4 d = (LOAD_ROW(x, base, c, columns) - mean) * inside;
      squares += sum4(d * d);
    }
    const float scale = 1.0 / sqrt(ROW_SUM(squares) / float(columns) + epsilon);
    FOR_EACH_COLUMN4(c, columns) {
      vec4 value = (LOAD_ROW(x, base, c, columns) - mean) * scale * LOAD_ROW(weight, 0u, c, columns);
      if (!RMS) value += LOAD_ROW(bias, 0u, c, columns);
      STORE_ROW(y4, y1, base, c, columns, value)
    }
    if (LANE_A_ROW || gl_LocalInvocationID.x == 0u) statistics[row] = vec2(mean, scale);
  }
}
