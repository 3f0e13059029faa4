// The matrix product on a device: one call for every shape, stride, orientation and device.
//
// Behind it stand several programs of the same meaning: texel-buffer tiles of one subgroup (CPU devices), shared-memory
// tiles (GPUs), few rows (decoding), and a plain one that runs everywhere. Which one serves is chosen here by device,
// shape and alignment; the caller need not care. The sum over k runs in a fixed order: the same bits on every run.
//
// The environment variable ATTUNE_MATMUL=plain|gpu|cpu forces a family (the tests do; `cpu` needs subgroup shuffles and
// still falls back to plain where an operand is not aligned).
//
// Fast where it can be: strides and offsets of A and B (and of residual and preActivation where used) in multiples of
// four floats. A stride such as 257 is right but slow; pad it to 260.
#pragma once

#include "vulkan/device.h"
#include "vulkan/recording.h"

#include <cstdint>

namespace attune {

// C [m, n] = A [m, k] B [k, n] (NN), A [m, k] B [n, k]ᵀ (NT), A [k, m]ᵀ B [k, n] (TN); all row-major.
enum class MatmulLayout { NN, NT, TN };

struct MatmulArguments {
  uint32_t m = 0, n = 0, k = 0;
  uint32_t lda = 0, ldb = 0, ldc = 0;             // row strides in floats
  uint32_t offsetA = 0, offsetB = 0, offsetC = 0; // in floats, inside the slices (offsetC also holds for preActivation)
  vulkan::Slice a, b, c;
  bool accumulate = false; // C += the result (epilogue included) instead of C =
  float scale = 1;         // multiplies the product before bias and activation

  vulkan::Slice bias;     // optional [n], added to every row
  vulkan::Slice residual; // optional [m, n] with stride ldResidual, added after bias and activation
  uint32_t ldResidual = 0;

  // Gelu: the tanh form (GPT-2's gelu_new), tanh's argument clamped; `preActivation` (optional, [m, n] with C's stride
  // and offset) is given the value before it. GeluGradient: the product times gelu'(preActivation), which is then read.
  enum class Activation { None, Gelu, GeluGradient } activation = Activation::None;
  vulkan::Slice preActivation;

  vulkan::Slice columnSums; // optional, TN only: [n] += sum over k of B's rows (the gradient of a bias)

  // Several products of one shape: operand i begins at i * stride floats. Only A, B and C move: no bias, residual,
  // preActivation or columnSums then.
  uint32_t batch = 1;
  uint32_t strideA = 0, strideB = 0, strideC = 0;
};

// Records C = act(scale * A B + bias) + residual (+ C). Slices must hold every element the arguments name and C must
// not overlap an operand. May use the recording's scratch. Throws Error that names the argument where they do not fit.
void recordMatmul(vulkan::Device& device, vulkan::Recording& recording, MatmulLayout layout,
                  const MatmulArguments& arguments);

} // namespace attune
