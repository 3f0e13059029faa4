// Few rows of A times a large B on a GPU (decoding): bound by reading B once, so that neighbouring threads read
// neighbouring words of B and the threads that share a column split k among themselves, in a fixed order.
//
// NN and TN: 32 threads lie along n, the others along k. NT: 32 threads lie along k, the others along n. The partial sums
// meet in shared memory, added by one thread in the order of k's parts.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "matmul_storage.glsl"

layout(local_size_x_id = 0) in; // 256
layout(constant_id = 7) const uint rows = 1; // rows of A a workgroup takes, at most 8

const uint alongColumns = layoutOf == 1 ? 8 : 32, parts = 256 / alongColumns;
shared float partial[rows * 256];

void main() {
  const uint thread = gl_LocalInvocationID.x, z = gl_WorkGroupID.z;
  const uint inColumn = layoutOf == 1 ? thread / parts : thread % alongColumns;
  const uint part = layoutOf == 1 ? thread % parts : thread / alongColumns;
  const uint row0 = gl_WorkGroupID.y * rows, column = gl_WorkGroupID.x * alongColumns + inColumn;

  float sums[rows];
  for (uint i = 0; i < rows; ++i) sums[i] = 0;
  if (column < n) {
    for (uint at = part; at < k; at += parts) {
      const float b = matrixB[indexB(z, at, column)];
      for (uint i = 0; i < rows; ++i)
        if (row0 + i < m) sums[i] += matrixA[indexA(z, row0 + i, at)] * b;
    }
  }
  for (uint i = 0; i < rows; ++i) partial[i * 256 + inColumn * parts + part] = sums[i];
  barrier();
  for (uint i = thread; i < rows * alongColumns; i += 256) {
    const uint row = i / alongColumns, across = i % alongColumns;
    float sum = 0;
    for (uint p = 0; p < parts; ++p) sum += partial[row * 256 + across * parts + p];
    finish(z, row0 + row, gl_WorkGroupID.x * alongColumns + across, sum);
  }
}
