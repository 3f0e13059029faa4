#include "error.h"
#include "ops/matmul_families.h"

#include <algorithm>

namespace attune::matmul {

uint64_t span(uint64_t rows, uint64_t columns, uint64_t stride, uint64_t batch, uint64_t batchStride) {
  return (batch - 1) * batchStride + (rows - 1) * stride + columns;
}

vulkan::Slice advance(vulkan::Slice slice, uint64_t floats) {
  slice.offset += 4 * floats;
  slice.size -= 4 * floats;
  return slice;
}

View storageView(const vulkan::Limits& limits, const vulkan::Slice& slice, uint64_t floats) {
  const uint64_t before = slice.offset % limits.storageAlignment;
  return {{slice.buffer, slice.offset - before, before + 4 * floats}, (uint32_t)(before / 4)};
}

std::optional<View> texelView(const vulkan::Limits& limits, const vulkan::Slice& slice, uint64_t floats) {
  const uint64_t before = slice.offset % std::max<uint64_t>(16, limits.texelAlignment);
  const uint64_t whole = before + (4 * floats + 15) / 16 * 16;
  if (before % 16 || whole / 16 > limits.maxTexelElements) return std::nullopt;
  const uint64_t offset = slice.offset - before;
  return View{{slice.buffer, offset, std::min(whole, slice.buffer->size() - offset)}, (uint32_t)(before / 4)};
}

namespace {

using Activation = MatmulArguments::Activation;

struct Push {
  uint32_t m, n, k;
  uint32_t lda, ldb, ldc;
  uint32_t offsetA, offsetB, offsetC;
  uint32_t ldResidual, offsetResidual, offsetBias, offsetPreActivation;
  uint32_t strideA, strideB, strideC;
  float scale;
};

struct SumsPush {
  uint32_t n, k, ldb, offsetB, offsetSums;
};

constexpr uint32_t fewRows = 8;

void recordSums(vulkan::Device& device, vulkan::Recording& recording, const MatmulArguments& g) {
  const View b = storageView(device.limits(), g.b, span(g.k, g.n, g.ldb));
  const View sums = storageView(device.limits(), g.columnSums, g.n);
  recording.dispatch(device.program("matmul_column_sums"), {b.slice, sums.slice},
                     SumsPush{g.n, g.k, g.ldb, b.offset, sums.offset}, {(g.n + 15) / 16});
}

void recordWhole(vulkan::Device& device, vulkan::Recording& recording, MatmulLayout layout, const MatmulArguments& g,
                 bool shared, uint64_t floatsA, uint64_t floatsB) {
  const vulkan::Limits& limits = device.limits();
  const View a = storageView(limits, g.a, floatsA), b = storageView(limits, g.b, floatsB);
  const View c = storageView(limits, g.c, span(g.m, g.n, g.ldc, g.batch, g.strideC));
  const View bias = g.bias.buffer ? storageView(limits, g.bias, g.n) : a;
  const View residual = g.residual.buffer ? storageView(limits, g.residual, span(g.m, g.n, g.ldResidual)) : a;
  const bool writesPre = g.activation == Activation::Gelu && g.preActivation.buffer;
  const View pre = g.preActivation.buffer ? storageView(limits, g.preActivation, span(g.m, g.n, g.ldc)) : a;
  const Push push = {g.m,        g.n,       g.k,       g.lda,        g.ldb,           g.ldc,
                     a.offset,   b.offset,  c.offset,  g.ldResidual, residual.offset, bias.offset,
                     pre.offset, g.strideA, g.strideB, g.strideC,    g.scale};
  std::vector<uint32_t> specialization = {shared ? 256u : 64u,
                                          (uint32_t)layout,
                                          g.bias.buffer != nullptr,
                                          g.residual.buffer != nullptr,
                                          (uint32_t)g.activation,
                                          g.accumulate,
                                          writesPre};
  const char* name = "matmul_plain";
  vulkan::Groups groups = {(g.n + 63) / 64, (g.m + 3) / 4, g.batch};
  if (shared && g.m <= fewRows) {
    name = "matmul_gpu_rows";
    specialization.push_back(g.m);
    const uint32_t columns = layout == MatmulLayout::NT ? 8 : 32;
    groups = {(g.n + columns - 1) / columns, 1, g.batch};
  } else if (shared) {
    // 128 x 128 tiles where enough of them fill the device, else 64 x 64.
    name = "matmul_gpu";
    const bool large = (uint64_t)g.m * g.n * g.batch >= 128ull * 128 * 64;
    const uint32_t side = large ? 8 : 4, tile = 16 * side;
    for (uint32_t value : {16u, 16u, side, side, 16u}) specialization.push_back(value);
    groups = {(g.n + tile - 1) / tile, (g.m + tile - 1) / tile, g.batch};
  }
  recording.dispatch(device.program(name, specialization),
                     {a.slice, b.slice, c.slice, bias.slice, residual.slice,
                      writesPre || !g.preActivation.buffer ? a.slice : pre.slice, writesPre ? pre.slice : c.slice},
                     push, groups);
}

// Operands larger than a binding: part after part of k, each adding to C.
void recordAlongK(vulkan::Device& device, vulkan::Recording& recording, MatmulLayout layout, const MatmulArguments& g,
                  bool shared, uint64_t step) {
  if (g.activation == Activation::Gelu || step == 0)
    throw Error("matrix product: B of " + std::to_string(g.k) + " x " + std::to_string(g.n) +
                " is larger than this device binds at once");
  for (uint64_t at = 0; at < g.k; at += step) {
    MatmulArguments part = g;
    part.k = (uint32_t)std::min<uint64_t>(step, g.k - at);
    part.a = advance(g.a, layout == MatmulLayout::TN ? at * g.lda : at);
    part.b = advance(g.b, at * g.ldb);
    if (at > 0) part.accumulate = true, part.bias = part.residual = {};
    recordStorage(device, recording, layout, part, shared);
  }
}

} // namespace

void recordStorage(vulkan::Device& device, vulkan::Recording& recording, MatmulLayout layout, const MatmulArguments& g,
                   bool shared) {
  const vulkan::Limits& limits = device.limits();
  const uint64_t largest = limits.maxStorageRange / 4 - limits.storageAlignment / 4;
  const bool transposedA = layout == MatmulLayout::TN, transposedB = layout == MatmulLayout::NT;
  const uint64_t floatsA =
      transposedA ? span(g.k, g.m, g.lda, g.batch, g.strideA) : span(g.m, g.k, g.lda, g.batch, g.strideA);
  const uint64_t floatsB =
      transposedB ? span(g.n, g.k, g.ldb, g.batch, g.strideB) : span(g.k, g.n, g.ldb, g.batch, g.strideB);

  if (transposedB && floatsB > largest) {
    const uint64_t step = largest / g.ldb;
    if (step == 0)
      throw Error("matrix product: a row of B of " + std::to_string(g.ldb) +
                  " floats is larger than this device binds at once");
    for (uint64_t column = 0; column < g.n; column += step) {
      MatmulArguments part = g;
      part.n = (uint32_t)std::min<uint64_t>(step, g.n - column);
      part.b = advance(g.b, column * g.ldb);
      part.c = advance(g.c, column);
      if (part.bias.buffer) part.bias = advance(g.bias, column);
      if (part.residual.buffer) part.residual = advance(g.residual, column);
      if (part.preActivation.buffer) part.preActivation = advance(g.preActivation, column);
      recordStorage(device, recording, layout, part, shared);
    }
    return;
  }
  if (floatsB > largest || (transposedA && floatsA > largest))
    return recordAlongK(device, recording, layout, g, shared, largest / std::max(g.ldb, transposedA ? g.lda : 0));
  recordWhole(device, recording, layout, g, shared, floatsA, floatsB);
  if (g.columnSums.buffer) recordSums(device, recording, g);
}

} // namespace attune::matmul
