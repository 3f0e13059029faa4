#include "ops/matmul_kernels.h"

#include "error.h"
#include "ops/matmul_families.h"

#include <algorithm>
#include <cstdlib>
#include <string_view>

namespace attune {

namespace {

using matmul::advance;
using matmul::span;
using Activation = MatmulArguments::Activation;

void expect(bool holds, const std::string& what) {
  if (!holds) throw Error("matrix product: " + what);
}

void expectHolds(const char* name, const vulkan::Slice& slice, uint64_t floats) {
  expect(slice.buffer != nullptr, std::string(name) + " has no buffer; give it a slice");
  expect(slice.offset % 4 == 0,
         std::string(name) + " begins at byte " + std::to_string(slice.offset) + ", expected a multiple of 4");
  expect(slice.size / 4 >= floats, std::string(name) + " holds " + std::to_string(slice.size / 4) +
                                       " floats, expected at least " + std::to_string(floats) +
                                       " for its shape and stride");
}

uint64_t spanA(MatmulLayout layout, const MatmulArguments& g) {
  return layout == MatmulLayout::TN ? span(g.k, g.m, g.lda, g.batch, g.strideA)
                                    : span(g.m, g.k, g.lda, g.batch, g.strideA);
}

uint64_t spanB(MatmulLayout layout, const MatmulArguments& g) {
  return layout == MatmulLayout::NT ? span(g.n, g.k, g.ldb, g.batch, g.strideB)
                                    : span(g.k, g.n, g.ldb, g.batch, g.strideB);
}

void check(MatmulLayout layout, const MatmulArguments& g) {
  expect(g.m > 0 && g.n > 0 && g.k > 0 && g.batch > 0, "m, n, k and batch must be at least 1");
  expect(g.lda >= (layout == MatmulLayout::TN ? g.m : g.k), "lda is shorter than a row of A");
  expect(g.ldb >= (layout == MatmulLayout::NT ? g.k : g.n), "ldb is shorter than a row of B");
  expect(g.ldc >= g.n, "ldc is shorter than a row of C");
  expectHolds("A", g.a, g.offsetA + spanA(layout, g));
  expectHolds("B", g.b, g.offsetB + spanB(layout, g));
  expectHolds("C", g.c, g.offsetC + span(g.m, g.n, g.ldc, g.batch, g.strideC));
  if (g.bias.buffer) expectHolds("bias", g.bias, g.n);
  if (g.residual.buffer) {
    expect(g.ldResidual >= g.n, "ldResidual is shorter than a row");
    expectHolds("residual", g.residual, span(g.m, g.n, g.ldResidual));
  }
  if (g.preActivation.buffer) expectHolds("preActivation", g.preActivation, g.offsetC + span(g.m, g.n, g.ldc));
  expect(g.preActivation.buffer ? g.activation != Activation::None : g.activation != Activation::GeluGradient,
         "preActivation goes with an activation, and GELU's gradient needs it");
  if (g.columnSums.buffer) {
    expect(layout == MatmulLayout::TN, "columnSums are for TN products alone");
    expectHolds("columnSums", g.columnSums, g.n);
  }
  if (g.batch > 1)
    expect(!g.bias.buffer && !g.residual.buffer && !g.preActivation.buffer && !g.columnSums.buffer,
           "a batch takes no bias, residual, preActivation or columnSums");
}

enum class Family { Plain, Gpu, Cpu };

Family familyOf(const vulkan::Limits& limits) {
  const char* forced = std::getenv("ATTUNE_MATMUL");
  const std::string_view name = forced ? forced : "";
  expect(name.empty() || name == "plain" || name == "gpu" || name == "cpu",
         "ATTUNE_MATMUL is \"" + std::string(name) + "\", expected plain, gpu or cpu");
  if (name == "plain") return Family::Plain;
  if (name == "gpu") return Family::Gpu;
  const bool shuffles =
      limits.subgroupShuffle && (limits.subgroupSize == 4 || limits.subgroupSize == 8 || limits.subgroupSize == 16);
  if (name == "cpu" || limits.isCpu) return shuffles ? Family::Cpu : Family::Plain;
  return Family::Gpu;
}

void recordPart(vulkan::Device& device, vulkan::Recording& recording, MatmulLayout layout,
                const MatmulArguments& arguments) {
  const Family family = familyOf(device.limits());
  if (family == Family::Cpu && matmul::recordCpu(device, recording, layout, arguments)) return;
  matmul::recordStorage(device, recording, layout, arguments, family == Family::Gpu);
}

// Rows that one dispatch may write so that C (and what is read beside it) fits a storage binding and the grid.
uint32_t rowsAtOnce(const vulkan::Limits& limits, MatmulLayout layout, const MatmulArguments& g) {
  uint64_t widest = std::max(g.ldc, g.residual.buffer ? g.ldResidual : 0);
  if (layout != MatmulLayout::TN) widest = std::max<uint64_t>(widest, g.lda);
  const uint64_t floats = limits.maxStorageRange / 4 - limits.storageAlignment / 4;
  uint64_t rows = floats / widest;
  expect(rows > 0, "a row of " + std::to_string(widest) + " floats is larger than this device binds at once");
  rows = std::min<uint64_t>(rows, 4 * (uint64_t)limits.maxGroups[1]); // the plain program takes four rows a workgroup
  return (uint32_t)std::min<uint64_t>(rows >= 64 ? rows / 64 * 64 : rows, UINT32_MAX);
}

} // namespace

void recordMatmul(vulkan::Device& device, vulkan::Recording& recording, MatmulLayout layout,
                  const MatmulArguments& arguments) {
  check(layout, arguments);
  MatmulArguments whole = arguments;
  whole.a = advance(whole.a, whole.offsetA);
  whole.b = advance(whole.b, whole.offsetB);
  whole.c = advance(whole.c, whole.offsetC);
  if (whole.preActivation.buffer) whole.preActivation = advance(whole.preActivation, whole.offsetC);
  whole.offsetA = whole.offsetB = whole.offsetC = 0;

  const vulkan::Limits& limits = device.limits();
  const uint64_t largest = std::max(
      {spanA(layout, whole), spanB(layout, whole), span(whole.m, whole.n, whole.ldc, whole.batch, whole.strideC)});
  if (whole.batch > 1 &&
      (4 * largest + limits.storageAlignment > limits.maxStorageRange || whole.batch > limits.maxGroups[2])) {
    MatmulArguments one = whole;
    one.batch = 1;
    for (uint64_t i = 0; i < whole.batch; ++i) {
      one.a = advance(whole.a, i * whole.strideA);
      one.b = advance(whole.b, i * whole.strideB);
      one.c = advance(whole.c, i * whole.strideC);
      recordMatmul(device, recording, layout, one);
    }
    return;
  }

  const uint32_t step = rowsAtOnce(limits, layout, whole);
  if (whole.m <= step) return recordPart(device, recording, layout, whole);
  for (uint64_t row = 0; row < whole.m; row += step) {
    MatmulArguments part = whole;
    part.m = (uint32_t)std::min<uint64_t>(step, whole.m - row);
    part.a = advance(whole.a, layout == MatmulLayout::TN ? row : row * whole.lda);
    part.c = advance(whole.c, row * whole.ldc);
    if (part.residual.buffer) part.residual = advance(whole.residual, row * whole.ldResidual);
    if (part.preActivation.buffer) part.preActivation = advance(whole.preActivation, row * whole.ldc);
    if (row > 0) part.columnSums = {};
    recordPart(device, recording, layout, part);
  }
}

} // namespace attune
