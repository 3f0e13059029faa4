#include "ops/matmul_families.h"

#include <bit>

namespace attune::matmul {

namespace {

struct Push {
  uint32_t m, n, k;
  uint32_t lda4, ldb4, ldc;
  uint32_t offsetA4, offsetB4, offsetC;
  uint32_t ldResidual4, offsetResidual4, offsetBias4, offsetPreOut, offsetBefore4, offsetPreIn4, offsetSums;
  uint32_t strideA4, strideB4, strideC;
  float scale;
};

struct Tile {
  uint32_t rows, vectors; // rows x (4 * lanes * vectors) of C a workgroup
};

// Measured on lavapipe (tests/bench/REJECTED.md tells what lost).
Tile tileFor(MatmulLayout layout, uint32_t lanes, uint32_t m, uint32_t n) {
  const uint32_t smallest = layout == MatmulLayout::TN ? 4 : 1;
  const uint32_t rows = m >= 32 ? 32 : std::max(smallest, std::bit_ceil(m));
  const uint32_t vectors = lanes >= 16 || n <= 4 * lanes ? 1 : 2;
  return {rows, vectors};
}

} // namespace

bool recordCpu(vulkan::Device& device, vulkan::Recording& recording, MatmulLayout layout, const MatmulArguments& g) {
  using Activation = MatmulArguments::Activation;
  const vulkan::Limits& limits = device.limits();
  const bool transposedA = layout == MatmulLayout::TN, transposedB = layout == MatmulLayout::NT;
  const auto up4 = [](uint64_t x) { return (x + 3) / 4 * 4; };
  const bool readsC = g.accumulate, readsPre = g.activation == Activation::GeluGradient;
  if (g.lda % 4 || g.ldb % 4 || g.strideA % 4 || g.strideB % 4) return false;
  if ((readsC || readsPre) && (g.ldc % 4 || g.strideC % 4)) return false;

  const auto a = texelView(limits, g.a,
                           transposedA ? span(g.k, up4(g.m), g.lda, g.batch, g.strideA)
                                       : span(g.m, up4(g.k), g.lda, g.batch, g.strideA));
  const auto b = texelView(limits, g.b,
                           transposedB ? span(g.n, up4(g.k), g.ldb, g.batch, g.strideB)
                                       : span(g.k, up4(g.n), g.ldb, g.batch, g.strideB));
  if (!a || !b) return false;
  std::optional<View> bias = a, residual = a, preIn = a, before = a;
  if (g.bias.buffer) bias = texelView(limits, g.bias, up4(g.n));
  if (g.residual.buffer)
    residual = g.ldResidual % 4 ? std::nullopt : texelView(limits, g.residual, span(g.m, up4(g.n), g.ldResidual));
  if (readsPre) preIn = texelView(limits, g.preActivation, span(g.m, up4(g.n), g.ldc));
  if (readsC) before = texelView(limits, g.c, span(g.m, up4(g.n), g.ldc, g.batch, g.strideC));
  if (!bias || !residual || !preIn || !before) return false;

  const View c = storageView(limits, g.c, span(g.m, g.n, g.ldc, g.batch, g.strideC));
  const bool writesPre = g.activation == Activation::Gelu && g.preActivation.buffer;
  const View preOut = writesPre ? storageView(limits, g.preActivation, span(g.m, g.n, g.ldc)) : c;
  const View sums = g.columnSums.buffer ? storageView(limits, g.columnSums, g.n) : c;

  const uint32_t lanes = limits.subgroupSize;
  const Tile tile = tileFor(layout, lanes, g.m, g.n);
  const uint32_t columns = 4 * lanes * tile.vectors;
  const uint32_t specialization[] = {lanes,
                                     tile.rows,
                                     tile.vectors,
                                     g.bias.buffer != nullptr,
                                     g.residual.buffer != nullptr,
                                     (uint32_t)g.activation,
                                     g.accumulate,
                                     writesPre,
                                     g.columnSums.buffer != nullptr,
                                     g.k % 4 != 0,
                                     g.n % 4 != 0,
                                     g.m % tile.rows != 0 || g.n % columns != 0};
  const char* name = transposedA ? "matmul_cpu_tn" : transposedB ? "matmul_cpu_nt" : "matmul_cpu_nn";
  const Push push = {g.m,
                     g.n,
                     g.k,
                     g.lda / 4,
                     g.ldb / 4,
                     g.ldc,
                     a->offset / 4,
                     b->offset / 4,
                     c.offset,
                     g.ldResidual / 4,
                     residual->offset / 4,
                     bias->offset / 4,
                     preOut.offset,
                     before->offset / 4,
                     preIn->offset / 4,
                     sums.offset,
                     g.strideA / 4,
                     g.strideB / 4,
                     g.strideC,
                     g.scale};
  const vulkan::Groups groups = {(g.m + tile.rows - 1) / tile.rows, (g.n + columns - 1) / columns, g.batch};
  recording.dispatch(device.program(name, specialization),
                     {a->slice, b->slice, c.slice, bias->slice, residual->slice, preIn->slice, before->slice,
                      preOut.slice, sums.slice},
                     push, groups);
  return true;
}

} // namespace attune::matmul
