// Reads of float32 memory through texel buffers: the fastest load on lavapipe, and an ordinary one on GPUs.
// A row of C floats begins at float `base`. With ALIGNED (C and base multiples of 4) a row is whole texels; without it
// the four floats are gathered one by one, zeros beyond the row's end.
#extension GL_EXT_samplerless_texture_functions : require

float texelFloat(textureBuffer t, uint i) {
  const vec4 v = texelFetch(t, int(i >> 2));
  const uint k = i & 3u;
  return k == 0u ? v.x : k == 1u ? v.y : k == 2u ? v.z : v.w;
}

vec4 gatherRow(textureBuffer t, uint base, uint column, uint columns) {
  vec4 v = vec4(0);
  if (column < columns) v.x = texelFloat(t, base + column);
  if (column + 1u < columns) v.y = texelFloat(t, base + column + 1u);
  if (column + 2u < columns) v.z = texelFloat(t, base + column + 2u);
  if (column + 3u < columns) v.w = texelFloat(t, base + column + 3u);
  return v;
}

#define LOAD_ROW(t, base, column, columns) \
  (ALIGNED ? texelFetch(t, int(((base) + (column)) >> 2)) : gatherRow(t, base, column, columns))

// `out4` and `out1` are the same memory seen as vec4 and as float.
#define STORE_ROW(out4, out1, base, column, columns, value) \
  if (ALIGNED) out4[((base) + (column)) >> 2] = (value); \
  else { \
    const vec4 v_ = (value); \
    for (uint k_ = 0u; k_ < 4u; ++k_) if ((column) + k_ < (columns)) out1[(base) + (column) + k_] = v_[k_]; \
  }
