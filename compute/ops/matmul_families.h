// Inside the matrix product (matmul_kernels.h): its families of programs, and how slices become what they bind.
//
// Here every offset has been moved into the slices, so that a part of a product is a product of advanced slices.
#pragma once

#include "ops/matmul_kernels.h"

#include <optional>
#include <string>

namespace attune::matmul {

// A binding and where its first element lies in it, in floats (slices begin anywhere, bindings at the device's
// alignment).
struct View {
  vulkan::Slice slice;
  uint32_t offset = 0;
};

// Floats from the first to the last element of `batch` matrices of `rows` x `columns`.
uint64_t span(uint64_t rows, uint64_t columns, uint64_t stride, uint64_t batch = 1, uint64_t batchStride = 0);

// The slice from `floats` on.
vulkan::Slice advance(vulkan::Slice slice, uint64_t floats);

// The first `floats` of the slice as a storage buffer; the device must allow so large a range.
View storageView(const vulkan::Limits& limits, const vulkan::Slice& slice, uint64_t floats);

// The same as texels of four floats, or nothing where it begins between texels or is too large. The last texel may
// reach past the slice (programs discard what lies beyond the matrix).
std::optional<View> texelView(const vulkan::Limits& limits, const vulkan::Slice& slice, uint64_t floats);

// Texel-buffer tiles of one subgroup (shaders/matmul_cpu*): false, and nothing recorded, where alignment forbids them.
bool recordCpu(vulkan::Device& device, vulkan::Recording& recording, MatmulLayout layout,
               const MatmulArguments& arguments);

// Storage buffers in any alignment: `shared` chooses the shared-memory tiles of GPUs, else the plain program.
void recordStorage(vulkan::Device& device, vulkan::Recording& recording, MatmulLayout layout,
                   const MatmulArguments& arguments, bool shared);

} // namespace attune::matmul
