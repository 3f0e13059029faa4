// What the matrix products through storage buffers share: operands in any stride and offset, and the epilogue of one value.
// The orientation is a specialization constant: 0 NN, 1 NT, 2 TN.
#include "gelu.glsl"

layout(constant_id = 1) const uint layoutOf = 0;
layout(constant_id = 2) const bool useBias = false;
layout(constant_id = 3) const bool useResidual = false;
layout(constant_id = 4) const uint activation = 0; // 0 none, 1 GELU, 2 times GELU's gradient
layout(constant_id = 5) const bool accumulate = false;
layout(constant_id = 6) const bool keepPreActivation = false;

layout(set = 0, binding = 0) readonly buffer MatrixA { float matrixA[]; };
layout(set = 0, binding = 1) readonly buffer MatrixB { float matrixB[]; };
layout(set = 0, binding = 2) buffer MatrixC { float matrixC[]; };
layout(set = 0, binding = 3) readonly buffer Bias { float bias[]; };
layout(set = 0, binding = 4) readonly buffer Residual { float residual[]; };
layout(set = 0, binding = 5) readonly buffer PreActivationIn { float preActivationIn[]; };
layout(set = 0, binding = 6) buffer PreActivationOut { float preActivationOut[]; };

layout(push_constant) uniform Push {
  uint m, n, k;
  uint lda, ldb, ldc;
  uint offsetA, offsetB, offsetC;
  uint ldResidual, offsetResidual, offsetBias, offsetPreActivation;
  uint strideA, strideB, strideC;
  float scale;
};

// Element (row, at) of op(A) [m, k] and (at, column) of op(B) [k, n] of the batch's product `z`.
uint indexA(uint z, uint row, uint at) { return offsetA + z * strideA + (layoutOf == 2 ? at * lda + row : row * lda + at); }
uint indexB(uint z, uint at, uint column) {
  return offsetB + z * strideB + (layoutOf == 1 ? column * ldb + at : at * ldb + column);
}

void finish(uint z, uint row, uint column, float value) {
  if (row >= m || column >= n) return;
  value *= scale;
  if (useBias) value += bias[offsetBias + column];
  if (keepPreActivation) preActivationOut[offsetPreActivation + row * ldc + column] = value;
  if (activation == 1) value = gelu(vec4(value)).x;
  if (activation == 2) value *= geluGradient(vec4(preActivationIn[offsetPreActivation + row * ldc + column])).x;
  if (useResidual) value += residual[offsetResidual + row * ldResidual + column];
  const uint at = offsetC + z * strideC + row * ldc + column;
  matrixC[at] = accumulate ? matrixC[at] + value : value;
}
