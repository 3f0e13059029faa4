// The matrix product for GPUs: a workgroup computes a tile of C, `depth` k at a time through shared memory; a thread keeps
// threadRows x threadColumns sums. No subgroup operation: any subgroup size serves.
//
// A thread's rows and columns lie one grid of threads apart (row = thread + i * threadsDown), so that neighbouring threads
// read neighbouring words of shared memory and write neighbouring words of C.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "matmul_storage.glsl"

layout(local_size_x_id = 0) in; // threadsDown * threadsAcross
layout(constant_id = 7) const uint threadsDown = 16;
layout(constant_id = 8) const uint threadsAcross = 16;
layout(constant_id = 9) const uint threadRows = 4;
layout(constant_id = 10) const uint threadColumns = 4;
layout(constant_id = 11) const uint depth = 16;

const uint tileRows = threadsDown * threadRows, tileColumns = threadsAcross * threadColumns;
const uint paddedRows = tileRows + 1, paddedColumns = tileColumns + 1;
shared float tileA[depth * paddedRows];
shared float tileB[depth * paddedColumns];

void main() {
  const uint thread = gl_LocalInvocationID.x, threads = gl_WorkGroupSize.x, z = gl_WorkGroupID.z;
  const uint row0 = gl_WorkGroupID.y * tileRows, column0 = gl_WorkGroupID.x * tileColumns;
  const uint down = thread / threadsAcross, across = thread % threadsAcross;

  float sums[threadRows * threadColumns];
  for (uint i = 0; i < threadRows * threadColumns; ++i) sums[i] = 0;

  for (uint k0 = 0; k0 < k; k0 += depth) {
    // Neighbouring threads read along the operand's rows; what lies beyond the matrix counts as zero.
    for (uint i = thread; i < tileRows * depth; i += threads) {
      const uint row = layoutOf == 2 ? i % tileRows : i / depth, at = layoutOf == 2 ? i / tileRows : i % depth;
      float value = 0;
      if (row0 + row < m && k0 + at < k) value = matrixA[indexA(z, row0 + row, k0 + at)];
      tileA[at * paddedRows + row] = value;
    }
    for (uint i = thread; i < tileColumns * depth; i += threads) {
      const uint column = layoutOf == 1 ? i / depth : i % tileColumns, at = layoutOf == 1 ? i % depth : i / tileColumns;
      float value = 0;
      if (column0 + column < n && k0 + at < k) value = matrixB[indexB(z, k0 + at, column0 + column)];
      tileB[at * paddedColumns + column] = value;
    }
    barrier();
    for (uint at = 0; at < depth; ++at) {
      float a[threadRows], b[threadColumns];
      for (uint i = 0; i < threadRows; ++i) a[i] = tileA[at * paddedRows + down + i * threadsDown];
      for (uint j = 0; j < threadColumns; ++j) b[j] = tileB[at * paddedColumns + across + j * threadsAcross];
      for (uint i = 0; i < threadRows; ++i)
        for (uint j = 0; j < threadColumns; ++j) sums[i * threadColumns + j] += a[i] * b[j];
    }
    barrier();
  }
  for (uint i = 0; i < threadRows; ++i)
    for (uint j = 0; j < threadColumns; ++j)
      finish(z, row0 + down + i * threadsDown, column0 + across + j * threadsAcross, sums[i * threadColumns + j]);
}
