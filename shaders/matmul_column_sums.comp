// sums [n] += the sum over the rows of B [k, n]: the gradient of a bias, beside TN products through storage buffers.
// 16 threads lie along n, 16 along k; their parts are added in a fixed order.
#version 450

layout(local_size_x = 256) in;
layout(set = 0, binding = 0) readonly buffer MatrixB { float matrixB[]; };
layout(set = 0, binding = 1) buffer Sums { float sums[]; };
layout(push_constant) uniform Push { uint n, k, ldb, offsetB, offsetSums; };
shared float partial[256];

void main() {
  const uint thread = gl_LocalInvocationID.x, column = gl_WorkGroupID.x * 16 + thread % 16;
  float sum = 0;
  if (column < n)
    for (uint row = thread / 16; row < k; row += 16) sum += matrixB[offsetB + row * ldb + column];
  partial[thread] = sum;
  barrier();
  if (thread >= 16 || column >= n) return;
  sum = 0;
  for (uint part = 0; part < 16; ++part) sum += partial[part * 16 + thread];
  sums[offsetSums + column] += sum;
}
