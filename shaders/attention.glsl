// What the attention shaders share: one subgroup a workgroup, the head size as a constant, loads of four floats.
// The including shader defines BLOCK_OF_8 and BLOCK_OF_4, the largest head sizes that take 8 and 4 rows at a time.
//
// Compiled twice: with TEXELS (reads through texel buffers: the fast way on lavapipe; everything aligned to four floats)
// and without (storage buffers; `aligned` says whether four floats at a time will do).
#extension GL_GOOGLE_include_directive : require
#extension GL_KHR_shader_subgroup_basic : require
#extension GL_KHR_shader_subgroup_shuffle : require
#extension GL_EXT_control_flow_attributes : require

layout(local_size_x_id = 0) in; // the subgroup's size
layout(constant_id = 1) const uint headSize = 64;
layout(constant_id = 2) const uint aligned = 1;

const uint lanes = gl_WorkGroupSize.x;
const uint chunks = (headSize + 3) / 4; // vec4 a row of a head
// Rows that the lanes fetch together. Larger heads take fewer: the loops below unroll to headSize * block steps, and a
// driver's compiler takes its time over them.
const uint block = headSize > BLOCK_OF_4 ? 2 : headSize > BLOCK_OF_8 || lanes < 8 ? 4 : 8;
const uint wide = lanes / block;                 // chunks of each of them in one fetch
const uint fetches = (chunks + wide - 1) / wide; // that bring the block's rows
const float nothing = 1e30;                      // lse of a row that sees nothing; -nothing: the maximum of no scores

// SOURCE declares NAME(row, chunk): floats row + 4 chunk .. + 3 of a buffer, zeros beyond the head.
#ifdef TEXELS
#define SOURCE(number, name)                                                                                           \
  layout(binding = number) uniform samplerBuffer name##Texels;                                                         \
  vec4 name(uint row, uint chunk) { return texelFetch(name##Texels, int(row / 4 + chunk)); }
#else
#define SOURCE(number, name)                                                                                           \
  layout(binding = number) readonly buffer name##Floats { float name##F[]; };                                          \
  layout(binding = number) readonly buffer name##Vectors { vec4 name##V[]; };                                          \
  vec4 name(uint row, uint chunk) {                                                                                    \
    if (aligned != 0) return name##V[row / 4 + chunk];                                                                 \
    vec4 x = vec4(0);                                                                                                  \
    uint d = chunk * 4;                                                                                                \
    x.x = name##F[row + d];                                                                                            \
    if (d + 1 < headSize) x.y = name##F[row + d + 1];                                                                  \
    if (d + 2 < headSize) x.z = name##F[row + d + 2];                                                                  \
    if (d + 3 < headSize) x.w = name##F[row + d + 3];                                                                  \
    return x;                                                                                                          \
  }
#endif

// TARGET declares NAME(row, chunk, value).
#define TARGET(number, name)                                                                                           \
  layout(binding = number) writeonly buffer name##Floats { float name##F[]; };                                         \
  layout(binding = number) writeonly buffer name##Vectors { vec4 name##V[]; };                                         \
  void name(uint row, uint chunk, vec4 value) {                                                                        \
    if (aligned != 0) {                                                                                                \
      name##V[row / 4 + chunk] = value;                                                                                \
      return;                                                                                                          \
    }                                                                                                                  \
    uint d = chunk * 4;                                                                                                \
    name##F[row + d] = value.x;                                                                                        \
    if (d + 1 < headSize) name##F[row + d + 1] = value.y;                                                              \
    if (d + 2 < headSize) name##F[row + d + 2] = value.z;                                                              \
    if (d + 3 < headSize) name##F[row + d + 3] = value.w;                                                              \
  }

// log(x) with the error of the driver's log (1e-5 on lavapipe) taken out by a Newton step on exp.
float logarithm(float x) {
  float y = log(x);
  return y + (x * exp(-y) - 1.0);
}
