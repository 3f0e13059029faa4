// The matrix product for CPU devices: one subgroup a workgroup computes a tile of `rows` x (4 * lanes * vectors).
//
// A lane keeps rows x vectors vec4 accumulators; a pass takes four k: B's texels first (texel buffers: the fastest load a
// software rasterizer has), then row by row the products, the row's four values of A coming from the lane that fetched
// them by a shuffle with a constant index; A's texels for `lanes` rows are fetched just before those rows. Accumulators are named one by one (local arrays spill), hence the macros; what a
// smaller tile does not need is removed when the specialization constants are set.
//
// Included with LAYOUT defined: 0 NN, 1 NT, 2 TN. Strides and offsets that end in 4 count texels of four floats.
#extension GL_KHR_shader_subgroup_basic : require
#extension GL_KHR_shader_subgroup_shuffle : require
#extension GL_GOOGLE_include_directive : require
#include "gelu.glsl"

layout(local_size_x_id = 0) in; // the subgroup's lanes: 4, 8 or 16
layout(constant_id = 1) const uint rows = 32;
layout(constant_id = 2) const uint vectors = 2; // vec4 columns a lane
layout(constant_id = 3) const bool useBias = false;
layout(constant_id = 4) const bool useResidual = false;
layout(constant_id = 5) const uint activation = 0; // 0 none, 1 GELU, 2 times GELU's gradient
layout(constant_id = 6) const bool accumulate = false;
layout(constant_id = 7) const bool keepPreActivation = false;
layout(constant_id = 8) const bool sumColumns = false;
layout(constant_id = 9) const bool tailK = false;    // k may be no multiple of 4
layout(constant_id = 10) const bool tailN = false;   // n may be no multiple of 4
layout(constant_id = 11) const bool edges = false;   // m or n may be no multiple of the tile
layout(constant_id = 12) const bool wholeTexels = false; // rows of C are whole texels: stored as vec4, not one by one
const uint lanes = gl_WorkGroupSize.x;

layout(set = 0, binding = 0) uniform textureBuffer matrixA;
layout(set = 0, binding = 1) uniform textureBuffer matrixB;
layout(set = 0, binding = 2) buffer MatrixC { float matrixC[]; };
layout(set = 0, binding = 2) buffer MatrixC4 { vec4 matrixC4[]; };
layout(set = 0, binding = 3) uniform textureBuffer bias;
layout(set = 0, binding = 4) uniform textureBuffer residual;
layout(set = 0, binding = 5) uniform textureBuffer preActivationIn;
layout(set = 0, binding = 6) uniform textureBuffer before;
layout(set = 0, binding = 7) buffer PreActivationOut { float preActivationOut[]; };
layout(set = 0, binding = 7) buffer PreActivationOut4 { vec4 preActivationOut4[]; };
layout(set = 0, binding = 8) buffer ColumnSums { float columnSums[]; };

layout(push_constant) uniform Push {
  uint m, n, k;
  uint lda4, ldb4, ldc;
  uint offsetA4, offsetB4, offsetC;
  uint ldResidual4, offsetResidual4, offsetBias4, offsetPre, offsetBefore4, offsetPreIn4, offsetSums;
  uint strideA4, strideB4, strideC;
  float scale;
};

#define EACH_ROW(X) \
  X(0) X(1) X(2) X(3) X(4) X(5) X(6) X(7) X(8) X(9) X(10) X(11) X(12) X(13) X(14) X(15) \
  X(16) X(17) X(18) X(19) X(20) X(21) X(22) X(23) X(24) X(25) X(26) X(27) X(28) X(29) X(30) X(31)

#define PICK(g) \
  ((g) == 0 ? a0 : (g) == 1 ? a1 : (g) == 2 ? a2 : (g) == 3 ? a3 : (g) == 4 ? a4 : (g) == 5 ? a5 : (g) == 6 ? a6 : a7)

// Positions in texels are a base of the lane (baseA0.., baseB00..) plus what has been passed along k (passedA, passedB), so
// that a pass costs one addition a fetch. The pass over the tail of k reads zeros in place of what lies beyond.
#if LAYOUT == 2
#define BASE_A(g) \
  const uint slot##g = g * lanes + min(lane, rows - 1); \
  const uint baseA##g = startA + slot##g % 4 * lda + min(row0 / 4 + slot##g / 4, lastRow / 4);
#define FETCH_A(g) \
  { \
    const bool inside = !tail || slot##g % 4 < left; \
    a##g = texelFetch(matrixA, int(baseA##g + passedA - (inside ? 0 : slot##g % 4 * lda))); \
    if (tail) a##g = inside ? a##g : vec4(0); \
  }
#define SLOT(r, j) (r / 4 * 4 + j)
#define A_OF(r) \
  vec4(subgroupShuffle(PICK(SLOT(r, 0) / lanes)[r % 4], SLOT(r, 0) % lanes), \
       subgroupShuffle(PICK(SLOT(r, 1) / lanes)[r % 4], SLOT(r, 1) % lanes), \
       subgroupShuffle(PICK(SLOT(r, 2) / lanes)[r % 4], SLOT(r, 2) % lanes), \
       subgroupShuffle(PICK(SLOT(r, 3) / lanes)[r % 4], SLOT(r, 3) % lanes))
#else
#define BASE_A(g) const uint baseA##g = startA + min(row0 + g * lanes + min(lane, rows - 1), lastRow) * lda;
#define FETCH_A(g) \
  { \
    a##g = texelFetch(matrixA, int(baseA##g + passedA)); \
    if (tail) a##g = firstOf(a##g, left); \
  }
#define A_OF(r) subgroupShuffle(PICK(r / lanes), r % lanes)
#endif

#if LAYOUT == 1
#define BASE_B(v, c) const uint baseB##v##c = startB + min(column0 + v * 4 * lanes + c, lastColumn) * ldb;
#define FETCH_B(v) \
  if (v < vectors) { \
    vec4 t0 = texelFetch(matrixB, int(baseB##v##0 + passedB)); \
    vec4 t1 = texelFetch(matrixB, int(baseB##v##1 + passedB)); \
    vec4 t2 = texelFetch(matrixB, int(baseB##v##2 + passedB)); \
    vec4 t3 = texelFetch(matrixB, int(baseB##v##3 + passedB)); \
    if (tail) t0 = firstOf(t0, left), t1 = firstOf(t1, left), t2 = firstOf(t2, left), t3 = firstOf(t3, left); \
    b##v##0 = vec4(t0.x, t1.x, t2.x, t3.x); \
    b##v##1 = vec4(t0.y, t1.y, t2.y, t3.y); \
    b##v##2 = vec4(t0.z, t1.z, t2.z, t3.z); \
    b##v##3 = vec4(t0.w, t1.w, t2.w, t3.w); \
  }
#else
#define BASE_B(v, j) const uint baseB##v##j = startB + j * ldb + min(column0 + v * 4 * lanes, lastColumn) / 4;
#define FETCH_B_ROW(v, j) \
  { \
    const bool inside = !tail || j < left; \
    b##v##j = texelFetch(matrixB, int((inside ? baseB##v##j : baseB##v##0) + passedB)); \
    if (tail) b##v##j = inside ? b##v##j : vec4(0); \
  }
#define FETCH_B(v) \
  if (v < vectors) { \
    FETCH_B_ROW(v, 0) FETCH_B_ROW(v, 1) FETCH_B_ROW(v, 2) FETCH_B_ROW(v, 3) \
  }
#endif
#define BASES_B(v) BASE_B(v, 0) BASE_B(v, 1) BASE_B(v, 2) BASE_B(v, 3)

#define PRODUCT(v, r) \
  if (v < vectors) { \
    c##v##_##r += a.x * b##v##0; \
    c##v##_##r += a.y * b##v##1; \
    c##v##_##r += a.z * b##v##2; \
    c##v##_##r += a.w * b##v##3; \
  }
#define FETCH_A_AT(r, g) if (r == g * lanes) FETCH_A(g)
#define ROW_PRODUCT(r) \
  if (r < rows) { \
    FETCH_A_AT(r, 0) FETCH_A_AT(r, 1) FETCH_A_AT(r, 2) FETCH_A_AT(r, 3) \
    FETCH_A_AT(r, 4) FETCH_A_AT(r, 5) FETCH_A_AT(r, 6) FETCH_A_AT(r, 7) \
    const vec4 a = A_OF(r); \
    PRODUCT(0, r) PRODUCT(1, r) PRODUCT(2, r) PRODUCT(3, r) \
  }
#define SUM_COLUMNS(v) \
  if (sumColumns && v < vectors) sums##v = sums##v + b##v##0 + b##v##1 + b##v##2 + b##v##3;

#define PASS(isTail) \
  { \
    const bool tail = isTail; \
    vec4 a0, a1, a2, a3, a4, a5, a6, a7; \
    vec4 b00, b01, b02, b03, b10, b11, b12, b13, b20, b21, b22, b23, b30, b31, b32, b33; \
    FETCH_B(0) FETCH_B(1) FETCH_B(2) FETCH_B(3) \
    SUM_COLUMNS(0) SUM_COLUMNS(1) SUM_COLUMNS(2) SUM_COLUMNS(3) \
    EACH_ROW(ROW_PRODUCT) \
  }

vec4 firstOf(vec4 values, uint count) {
  return vec4(count > 0 ? values.x : 0, count > 1 ? values.y : 0, count > 2 ? values.z : 0, count > 3 ? values.w : 0);
}

// Push constants that every row of the tile needs, read once: each reading gathers them lane by lane.
struct Epilogue {
  uint m, n, ldc, baseC;
  uint offsetC, offsetPre, offsetPreIn4, offsetBefore4, offsetResidual4, ldResidual4;
  float scale;
};

void storeC(uint at, uint column, uint n, vec4 value) {
  if (wholeTexels) {
    matrixC4[at / 4] = value;
    return;
  }
  matrixC[at] = value.x;
  if (!tailN || column + 1 < n) matrixC[at + 1] = value.y;
  if (!tailN || column + 2 < n) matrixC[at + 2] = value.z;
  if (!tailN || column + 3 < n) matrixC[at + 3] = value.w;
}

void storePreActivation(uint at, uint column, uint n, vec4 value) {
  if (wholeTexels) {
    preActivationOut4[at / 4] = value;
    return;
  }
  preActivationOut[at] = value.x;
  if (!tailN || column + 1 < n) preActivationOut[at + 1] = value.y;
  if (!tailN || column + 2 < n) preActivationOut[at + 2] = value.z;
  if (!tailN || column + 3 < n) preActivationOut[at + 3] = value.w;
}

void finish(Epilogue e, uint row, uint column, vec4 biases, vec4 value) {
  if (edges && (row >= e.m || column >= e.n)) return;
  value *= e.scale;
  if (useBias) value += biases;
  const uint at = row * e.ldc + column;
  if (keepPreActivation) storePreActivation(e.offsetPre + at, column, e.n, value);
  if (activation == 1) value = gelu(value);
  if (activation == 2) value *= geluGradient(texelFetch(preActivationIn, int(e.offsetPreIn4 + at / 4)));
  if (useResidual) value += texelFetch(residual, int(e.offsetResidual4 + row * e.ldResidual4 + column / 4));
  if (accumulate) value += texelFetch(before, int(e.offsetBefore4 + (e.baseC + at) / 4));
  storeC(e.offsetC + e.baseC + at, column, e.n, value);
}

#define ZERO(r) vec4 c0_##r = vec4(0), c1_##r = vec4(0), c2_##r = vec4(0), c3_##r = vec4(0);
#define FINISH(v, r) if (v < vectors) finish(e, row0 + r, column0 + v * 4 * lanes, biases##v, c##v##_##r);
#define BIASES(v) \
  vec4 biases##v = vec4(0); \
  if (useBias && v < vectors) biases##v = texelFetch(bias, int(offsetBias4 + min(column0 + v * 4 * lanes, lastColumn) / 4));
#define ROW_FINISH(r) if (r < rows) { FINISH(0, r) FINISH(1, r) FINISH(2, r) FINISH(3, r) }
#define FINISH_SUMS(v) \
  if (v < vectors) { \
    const uint column = column0 + v * 4 * lanes; \
    if (column < n) columnSums[offsetSums + column] += sums##v.x; \
    if (column + 1 < n) columnSums[offsetSums + column + 1] += sums##v.y; \
    if (column + 2 < n) columnSums[offsetSums + column + 2] += sums##v.z; \
    if (column + 3 < n) columnSums[offsetSums + column + 3] += sums##v.w; \
  }

void main() {
  const uint lane = gl_LocalInvocationID.x;
  const uint row0 = gl_WorkGroupID.x * rows;
  const uint column0 = gl_WorkGroupID.y * 4 * lanes * vectors + 4 * lane;
  const uint lastRow = edges ? m - 1 : 0xffffffffu;
  const uint lastColumn = edges ? n - 1 : 0xffffffffu;
  const uint startA = offsetA4 + gl_WorkGroupID.z * strideA4, lda = lda4;
  const uint startB = offsetB4 + gl_WorkGroupID.z * strideB4, ldb = ldb4;
  const uint baseC = gl_WorkGroupID.z * strideC;
  const uint stepA = LAYOUT == 2 ? 4 * lda : 1, stepB = LAYOUT == 1 ? 1 : 4 * ldb;
  const uint passes = k / 4, left = k % 4;
  BASE_A(0) BASE_A(1) BASE_A(2) BASE_A(3) BASE_A(4) BASE_A(5) BASE_A(6) BASE_A(7)
  BASES_B(0) BASES_B(1) BASES_B(2) BASES_B(3)

  EACH_ROW(ZERO)
  vec4 sums0 = vec4(0), sums1 = vec4(0), sums2 = vec4(0), sums3 = vec4(0);
  uint passedA = 0, passedB = 0;
  for (uint pass = 0; pass < passes; ++pass) {
    PASS(false)
    passedA += stepA;
    passedB += stepB;
  }
  if (tailK && left > 0) PASS(true)

  const Epilogue e = Epilogue(m, n, ldc, baseC, offsetC, offsetPre, offsetPreIn4, offsetBefore4, offsetResidual4, ldResidual4, scale);
  BIASES(0) BIASES(1) BIASES(2) BIASES(3)
  EACH_ROW(ROW_FINISH)
  if (sumColumns && row0 == 0) {
    FINISH_SUMS(0) FINISH_SUMS(1) FINISH_SUMS(2) FINISH_SUMS(3)
  }
}
