// The matrix product for CPU devices: one subgroup a workgroup computes a tile of `rows` x (4 * lanes * vectors).
//
// A lane keeps the sums of rows x vectors vec4s; a pass takes four k: B's texels first (texels are the fastest load a
// software rasterizer has), then the products of four rows at a time, a row's four values of A coming from the lane that
// fetched them by a shuffle with a constant index; A's texels for `lanes` rows, which lie far apart, are asked for four
// rows ahead. Sums are named one by one (local arrays spill), hence the macros.
//
// Included with LAYOUT defined: 0 NN, 1 NT, 2 TN, and STRAIGHT where C is stored by straight.glsl: whole tiles only, strides and
// offsets of C multiples of eight floats. Strides and offsets that end in 4 count texels of four floats.
#extension GL_KHR_shader_subgroup_basic : require
#extension GL_KHR_shader_subgroup_shuffle : require
#extension GL_GOOGLE_include_directive : require
#include "gelu.glsl"

layout(local_size_x_id = 0) in; // the subgroup's lanes: 4, 8 or 16
layout(constant_id = 1) const uint rows = ROWS;
layout(constant_id = 2) const uint vectors = VECTORS; // vec4 columns a lane
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
layout(constant_id = 13) const bool touch = false; // C may be read as texels: brings its tile into the cache
const uint lanes = gl_WorkGroupSize.x;

// Lavapipe calls a function for texelFetch and writes imageLoad out in place: faster, but longer, and the code of 64 rows
// would leave the processor's first cache for it.
#if ROWS <= 32 && ROWS * VECTORS >= 32
layout(set = 0, binding = 0, rgba32f) uniform readonly imageBuffer matrixA;
layout(set = 0, binding = 1, rgba32f) uniform readonly imageBuffer matrixB;
#define TEXEL(matrix, at) imageLoad(matrix, int(at))
#else
layout(set = 0, binding = 0) uniform textureBuffer matrixA;
layout(set = 0, binding = 1) uniform textureBuffer matrixB;
#define TEXEL(matrix, at) texelFetch(matrix, int(at))
#endif
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
#ifdef STRAIGHT
  uint digits[8];
#endif
};

#ifdef STRAIGHT
#include "straight.glsl"
layout(set = 0, binding = 2) buffer MatrixC64 { u64vec4 matrixC64[]; };
STRAIGHT_STORE(storeStraight, matrixC64)
#endif

// A driver reads all of the text each time it makes a program of it, hence a text for each tile that holds no more than
// the tile needs (CMakeLists.txt defines ROWS and VECTORS).
#define ROWS_1(X) X(0)
#define ROWS_2(X) ROWS_1(X) X(1)
#define ROWS_4(X) ROWS_2(X) X(2) X(3)
#define ROWS_8(X) ROWS_4(X) X(4) X(5) X(6) X(7)
#define ROWS_16(X) ROWS_8(X) X(8) X(9) X(10) X(11) X(12) X(13) X(14) X(15)
#define ROWS_32(X) \
  ROWS_16(X) \
  X(16) X(17) X(18) X(19) X(20) X(21) X(22) X(23) X(24) X(25) X(26) X(27) X(28) X(29) X(30) X(31)
#define ROWS_64(X) \
  ROWS_32(X) \
  X(32) X(33) X(34) X(35) X(36) X(37) X(38) X(39) X(40) X(41) X(42) X(43) X(44) X(45) X(46) X(47) \
  X(48) X(49) X(50) X(51) X(52) X(53) X(54) X(55) X(56) X(57) X(58) X(59) X(60) X(61) X(62) X(63)
// The same in groups of four, with the register of A that holds the group's values where there are 4, 8 and 16 lanes, and
// those that hold the next group's, with which of them begin there.
#define GROUPS_4(X) X(0, 1, 2, 3, 0, 0, 0, 1, 0, 0, FOUR)
#define GROUPS_1(X) GROUPS_4(X)
#define GROUPS_2(X) GROUPS_4(X)
#define GROUPS_8(X) GROUPS_4(X) X(4, 5, 6, 7, 1, 0, 0, 2, 1, 0, EIGHT)
#define GROUPS_16(X) \
  GROUPS_8(X) \
  X(8, 9, 10, 11, 2, 1, 0, 3, 1, 0, FOUR) X(12, 13, 14, 15, 3, 1, 0, 4, 2, 1, ALL)
#define GROUPS_32(X) \
  GROUPS_16(X) \
  X(16, 17, 18, 19, 4, 2, 1, 5, 2, 1, FOUR) X(20, 21, 22, 23, 5, 2, 1, 6, 3, 1, EIGHT) \
  X(24, 25, 26, 27, 6, 3, 1, 7, 3, 1, FOUR) X(28, 29, 30, 31, 7, 3, 1, 8, 4, 2, ALL)
#define GROUPS_64(X) \
  GROUPS_32(X) \
  X(32, 33, 34, 35, 8, 4, 2, 9, 4, 2, FOUR) X(36, 37, 38, 39, 9, 4, 2, 10, 5, 2, EIGHT) \
  X(40, 41, 42, 43, 10, 5, 2, 11, 5, 2, FOUR) X(44, 45, 46, 47, 11, 5, 2, 12, 6, 3, ALL) \
  X(48, 49, 50, 51, 12, 6, 3, 13, 6, 3, FOUR) X(52, 53, 54, 55, 13, 6, 3, 14, 7, 3, EIGHT) \
  X(56, 57, 58, 59, 14, 7, 3, 15, 7, 3, FOUR) X(60, 61, 62, 63, 15, 7, 3, 15, 7, 3, NONE)
#define PASTE(a, b) a##b
#define LIST(name, count) PASTE(name, count)
#define EACH_ROW(X) LIST(ROWS_, ROWS)(X)
#define EACH_GROUP(X) LIST(GROUPS_, ROWS)(X)
#if ROWS == 1
#define IN_GROUP(X, v, part, a, b, r0, r1, r2, r3) X(v, part, a, b, r0)
#elif ROWS == 2
#define IN_GROUP(X, v, part, a, b, r0, r1, r2, r3) X(v, part, a, b, r0) X(v, part, a, b, r1)
#else
#define IN_GROUP(X, v, part, a, b, r0, r1, r2, r3) \
  X(v, part, a, b, r0) X(v, part, a, b, r1) X(v, part, a, b, r2) X(v, part, a, b, r3)
#endif
#if VECTORS == 1
#define EACH_VECTOR(X) X(0)
#define EACH_VECTOR_OF(X, r) X(0, r)
#define EACH_VECTOR_OF_GROUP(X, r0, r1, r2, r3) X(0, r0, r1, r2, r3)
#elif VECTORS == 2
#define EACH_VECTOR(X) X(0) X(1)
#define EACH_VECTOR_OF(X, r) X(0, r) X(1, r)
#define EACH_VECTOR_OF_GROUP(X, r0, r1, r2, r3) X(0, r0, r1, r2, r3) X(1, r0, r1, r2, r3)
#else
#define EACH_VECTOR(X) X(0) X(1) X(2) X(3)
#define EACH_VECTOR_OF(X, r) X(0, r) X(1, r) X(2, r) X(3, r)
#define EACH_VECTOR_OF_GROUP(X, r0, r1, r2, r3) \
  X(0, r0, r1, r2, r3) X(1, r0, r1, r2, r3) X(2, r0, r1, r2, r3) X(3, r0, r1, r2, r3)
#endif

#define PICK(g4, g8, g16) (lanes == 4 ? a##g4 : lanes == 8 ? a##g8 : a##g16)

// Positions in texels are a base of the lane (baseA0.., baseB00..) plus what has been passed along k (passedA, passedB), so
// that a pass costs one addition a fetch. The pass over the tail of k reads zeros in place of what lies beyond.
#if LAYOUT == 2
#define BASE_A(g) \
  const uint slot##g = g * lanes + min(lane, rows - 1); \
  const uint baseA##g = startA + slot##g % 4 * lda + min(row0 / 4 + slot##g / 4, lastRow / 4);
#define FETCH_A(g) \
  { \
    const bool inside = !tail || slot##g % 4 < left; \
    a##g = TEXEL(matrixA, baseA##g + passedA - (inside ? 0 : slot##g % 4 * lda)); \
    if (tail) a##g = inside ? a##g : vec4(0); \
  }
#define SLOT(r, j) (r / 4 * 4 + j)
#define A_OF(r, held) \
  vec4(subgroupShuffle(held[r % 4], SLOT(r, 0) % lanes), subgroupShuffle(held[r % 4], SLOT(r, 1) % lanes), \
       subgroupShuffle(held[r % 4], SLOT(r, 2) % lanes), subgroupShuffle(held[r % 4], SLOT(r, 3) % lanes))
#else
#define BASE_A(g) const uint baseA##g = startA + min(row0 + g * lanes + min(lane, rows - 1), lastRow) * lda;
#define FETCH_A(g) \
  { \
    a##g = TEXEL(matrixA, baseA##g + passedA); \
    if (tail) a##g = firstOf(a##g, left); \
  }
#define A_OF(r, held) subgroupShuffle(held, r % lanes)
#endif

#if LAYOUT == 1
#define BASE_B(v, c) const uint baseB##v##c = startB + min(column0 + v * 4 * lanes + c, lastColumn) * ldb;
#define FETCH_B(v) \
  { \
    vec4 t0 = TEXEL(matrixB, baseB##v##0 + passedB); \
    vec4 t1 = TEXEL(matrixB, baseB##v##1 + passedB); \
    vec4 t2 = TEXEL(matrixB, baseB##v##2 + passedB); \
    vec4 t3 = TEXEL(matrixB, baseB##v##3 + passedB); \
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
    b##v##j = TEXEL(matrixB, (inside ? baseB##v##j : baseB##v##0) + passedB); \
    if (tail) b##v##j = inside ? b##v##j : vec4(0); \
  }
#define FETCH_B(v) \
  { \
    FETCH_B_ROW(v, 0) FETCH_B_ROW(v, 1) FETCH_B_ROW(v, 2) FETCH_B_ROW(v, 3) \
  }
#endif
#define BASES_B(v) BASE_B(v, 0) BASE_B(v, 1) BASE_B(v, 2) BASE_B(v, 3)

// One component of a vec4 of columns after another, each for four rows: four values of A a row and four of B then serve 16
// products from registers. One k of all four rows before the next, so that no addition waits for the one just before it.
// Each sum is a float of its own: a vec4 would hold its four back until the last is known.
#define PRODUCT(v, part, ofA, ofB, r) c##v##_##r##part += row##r.ofA * (b##v##ofB).part;
#define PART_PRODUCTS(v, part, r0, r1, r2, r3) \
  IN_GROUP(PRODUCT, v, part, x, 0, r0, r1, r2, r3) \
  IN_GROUP(PRODUCT, v, part, y, 1, r0, r1, r2, r3) \
  IN_GROUP(PRODUCT, v, part, z, 2, r0, r1, r2, r3) \
  IN_GROUP(PRODUCT, v, part, w, 3, r0, r1, r2, r3)
#define VECTOR_PRODUCTS(v, r0, r1, r2, r3) \
  PART_PRODUCTS(v, x, r0, r1, r2, r3) \
  PART_PRODUCTS(v, y, r0, r1, r2, r3) \
  PART_PRODUCTS(v, z, r0, r1, r2, r3) \
  PART_PRODUCTS(v, w, r0, r1, r2, r3)
#define FETCH_NONE(g4, g8, g16)
#define FETCH_FOUR(g4, g8, g16) if (lanes == 4) FETCH_A(g4)
#define FETCH_EIGHT(g4, g8, g16) FETCH_FOUR(g4, g8, g16) if (lanes == 8) FETCH_A(g8)
#define FETCH_ALL(g4, g8, g16) FETCH_EIGHT(g4, g8, g16) if (lanes == 16) FETCH_A(g16)
#define ROW_OF_A(held, part, ofA, ofB, r) const vec4 row##r = A_OF(r, held);
#define GROUP_PRODUCT(r0, r1, r2, r3, g4, g8, g16, next4, next8, next16, newOnes) \
  { \
    if (r3 + 1 < ROWS) { \
      FETCH_##newOnes(next4, next8, next16) \
    } \
    const vec4 held = PICK(g4, g8, g16); \
    IN_GROUP(ROW_OF_A, held, , , , r0, r1, r2, r3) \
    EACH_VECTOR_OF_GROUP(VECTOR_PRODUCTS, r0, r1, r2, r3) \
  }
#define SUM_COLUMNS(v) \
  if (sumColumns) sums##v = sums##v + b##v##0 + b##v##1 + b##v##2 + b##v##3;

#define PASS(isTail) \
  { \
    const bool tail = isTail; \
    vec4 a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15; \
    vec4 b00, b01, b02, b03, b10, b11, b12, b13, b20, b21, b22, b23, b30, b31, b32, b33; \
    FETCH_A(0) \
    EACH_VECTOR(FETCH_B) \
    EACH_VECTOR(SUM_COLUMNS) \
    EACH_GROUP(GROUP_PRODUCT) \
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

#define STORE(name, array) \
  void name(uint at, uint column, uint n, vec4 value) { \
    if (wholeTexels) { \
      array##4[at / 4] = value; \
      return; \
    } \
    array[at] = value.x; \
    if (!tailN || column + 1 < n) array[at + 1] = value.y; \
    if (!tailN || column + 2 < n) array[at + 2] = value.z; \
    if (!tailN || column + 3 < n) array[at + 3] = value.w; \
  }
STORE(storeC, matrixC)
STORE(storePreActivation, preActivationOut)

vec4 finished(Epilogue e, uint row, uint column, vec4 biases, vec4 value) {
  value *= e.scale;
  if (useBias) value += biases;
  const uint at = row * e.ldc + column;
  if (keepPreActivation) storePreActivation(e.offsetPre + at, column, e.n, value);
  if (activation == 1) value = gelu(value);
  if (activation == 2) value *= geluGradient(texelFetch(preActivationIn, int(e.offsetPreIn4 + at / 4)));
  if (useResidual) value += texelFetch(residual, int(e.offsetResidual4 + row * e.ldResidual4 + column / 4));
  if (accumulate) value += texelFetch(before, int(e.offsetBefore4 + (e.baseC + at) / 4));
  return value;
}

void finish(Epilogue e, uint row, uint column, vec4 biases, vec4 value) {
  if (edges && (row >= e.m || column >= e.n)) return;
  storeC(e.offsetC + e.baseC + row * e.ldc + column, column, e.n, finished(e, row, column, biases, value));
}

#define ZERO(v, r) float c##v##_##r##x = 0, c##v##_##r##y = 0, c##v##_##r##z = 0, c##v##_##r##w = 0;
#define FINISH(v, r) \
  finish(e, row0 + r, column0 + v * 4 * lanes, biases##v, \
         vec4(c##v##_##r##x, c##v##_##r##y, c##v##_##r##z, c##v##_##r##w));
#ifdef STRAIGHT
// The first is stored the other way: only where a program indexes a vector does the compiler align the sums it keeps in memory.
#define FINISH_STRAIGHT(v, r) \
  if (v + r == 0) { \
    FINISH(v, r) \
  } else { \
    storeStraight(straight8 + r * (e.ldc / 8) + v * (lanes / 2), \
                  finished(e, row0 + r, column0 + v * 4 * lanes, biases##v, \
                           vec4(c##v##_##r##x, c##v##_##r##y, c##v##_##r##z, c##v##_##r##w))); \
  }
#define ROW_FINISH(r) EACH_VECTOR_OF(FINISH_STRAIGHT, r)
#else
#define ROW_FINISH(r) EACH_VECTOR_OF(FINISH, r)
#endif
#define BIASES(v) \
  vec4 biases##v = vec4(0); \
  if (useBias) biases##v = texelFetch(bias, int(offsetBias4 + min(column0 + v * 4 * lanes, lastColumn) / 4));
#define ROW_ZERO(r) EACH_VECTOR_OF(ZERO, r)
#define FINISH_SUMS(v) \
  { \
    const uint column = column0 + v * 4 * lanes; \
    if (column < n) columnSums[offsetSums + column] += sums##v.x; \
    if (column + 1 < n) columnSums[offsetSums + column + 1] += sums##v.y; \
    if (column + 2 < n) columnSums[offsetSums + column + 2] += sums##v.z; \
    if (column + 3 < n) columnSums[offsetSums + column + 3] += sums##v.w; \
  }

// Stores to memory that is in no cache wait for it one after another, and reads do so many at once: reads a float of each
// 64 bytes of the tile of C. Nobody needs what they read, which the compiler must not learn: 0, as m is never 0.
#define TOUCH(r) \
  if (r % (4 / VECTORS) == 0) touched |= floatBitsToUint(texelFetch(before, int(firstTouched + r * (ldc / 4))).x);
uint touchTile(uint row0, uint baseC) {
  const uint lines = lanes * vectors / 4; // of 64 bytes in a row of the tile
  const uint row = row0 + gl_LocalInvocationID.x / lines;
  const uint column4 = gl_WorkGroupID.y * lanes * vectors + gl_LocalInvocationID.x % lines * 4;
  const uint firstTouched = offsetBefore4 + (baseC + row * ldc) / 4 + column4;
  uint touched = 0;
  EACH_ROW(TOUCH)
  return m == 0 ? touched : 0;
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
#if ROWS >= 32
  BASE_A(8) BASE_A(9) BASE_A(10) BASE_A(11) BASE_A(12) BASE_A(13) BASE_A(14) BASE_A(15)
#endif
  EACH_VECTOR(BASES_B)

  EACH_ROW(ROW_ZERO)
  vec4 sums0 = vec4(0), sums1 = vec4(0), sums2 = vec4(0), sums3 = vec4(0);
  uint passedA = 0, passedB = 0;
  for (uint pass = 0; pass < passes; ++pass) {
    PASS(false)
    passedA += stepA;
    passedB += stepB;
  }
  if (tailK && left > 0) PASS(true)

  const uint nothing = touch ? touchTile(row0, baseC) : 0;
  const Epilogue e = Epilogue(m, n, ldc, baseC, offsetC + nothing, offsetPre, offsetPreIn4, offsetBefore4, offsetResidual4,
                              ldResidual4, scale);
  EACH_VECTOR(BIASES)
#ifdef STRAIGHT
  const uint straight8 =
      sameForAll((offsetC + baseC + row0 * ldc) / 8 + gl_WorkGroupID.y * lanes * vectors / 2) + digits[nothing & 7];
#endif
  EACH_ROW(ROW_FINISH)
  if (sumColumns && row0 == 0) {
    EACH_VECTOR(FINISH_SUMS)
  }
}
