// The matrix product that runs everywhere: an invocation computes four rows of one column.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "matmul_storage.glsl"

layout(local_size_x_id = 0) in; // columns

void main() {
  const uint column = gl_GlobalInvocationID.x, row = 4 * gl_WorkGroupID.y, z = gl_WorkGroupID.z;
  if (column >= n) return;
  const uint last = m - 1, inner = k;
  const uint stepA = layoutOf == 2 ? lda : 1, stepB = layoutOf == 1 ? 1 : ldb;
  uint atA0 = indexA(z, row, 0), atA1 = indexA(z, min(row + 1, last), 0);
  uint atA2 = indexA(z, min(row + 2, last), 0), atA3 = indexA(z, min(row + 3, last), 0);
  uint atB = indexB(z, 0, column);
  float sum0 = 0, sum1 = 0, sum2 = 0, sum3 = 0;
  for (uint at = 0; at < inner; ++at) {
    const float b = matrixB[atB];
    sum0 += matrixA[atA0] * b;
    sum1 += matrixA[atA1] * b;
    sum2 += matrixA[atA2] * b;
    sum3 += matrixA[atA3] * b;
    atA0 += stepA;
    atA1 += stepA;
    atA2 += stepA;
    atA3 += stepA;
    atB += stepB;
  }
  finish(z, row, column, sum0);
  finish(z, row + 1, column, sum1);
  finish(z, row + 2, column, sum2);
  finish(z, row + 3, column, sum3);
}
