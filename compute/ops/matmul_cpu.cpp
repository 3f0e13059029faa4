#include "ops/matmul_families.h"

#include <algorithm>
#include <thread>
#include <vector>

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

// What shaders/straight.glsl asks for behind a program's own push constants.
template <class Push> struct Straight {
  Push push;
  uint32_t digits[8] = {0, 1, 2, 3, 4, 5, 6, 7};
};

struct Tile {
  uint32_t rows, vectors; // rows x (4 * lanes * vectors) of C a workgroup
};

// Stores that lavapipe makes straight (shaders/straight.glsl) make a product of 512 x 512 x 512 4 to 7 % faster; but
// such a program takes two seconds to compile in place of one half, which small products would not repay.
bool straightPays(const vulkan::Limits& limits, const MatmulArguments& g) {
  return limits.isCpu && (uint64_t)g.m * g.n * g.k * g.batch >= (1u << 27);
}

constexpr uint64_t straightFloats = 1u << 27; // that it can address

// A product of a few tens of microseconds.
bool small(const MatmulArguments& g) { return (uint64_t)g.m * g.n * g.k * g.batch < (1u << 18); }

// The tile that should take the least time: the rounds in which the processor's threads work through all tiles, times
// what a tile of that shape costs (measured on lavapipe; tests/bench/REJECTED.md tells what lost). Fetches are dear
// where B is transposed, and more rows share them; but such a program takes a second to compile, three times as long as
// others.
Tile tileFor(MatmulLayout layout, uint32_t lanes, const MatmulArguments& g, bool padded, bool straight) {
  struct RowCost {
    uint32_t rows;
    double cost; // of an element of the tile
  };
  const bool shares = layout == MatmulLayout::NT ? !padded : layout == MatmulLayout::TN && !straight;
  const bool manyRows = shares && (uint64_t)g.m * g.n * g.k * g.batch >= (1u << 25);
  const RowCost rowCosts[] = {{32, 1},
                              {16, 1.12},
                              {8, 1.6},
                              {4, 3},
                              {2, 5},
                              {1, 8},
                              {64, !manyRows ? 1e9 : layout == MatmulLayout::NT ? 0.9 : 0.96}};
  const uint64_t threads = std::max(1u, std::thread::hardware_concurrency());
  if (small(g)) return {8, 1};
  Tile best = {};
  double least = 0;
  for (const auto& [rows, rowCost] : rowCosts) {
    if (rows < 4 && layout == MatmulLayout::TN) continue;
    for (const uint32_t vectors : {2u, 1u, 4u}) {
      if (vectors == 4 && (rows > 8 || layout == MatmulLayout::NT)) continue;
      if (vectors == 1 && rows == 64) continue;
      const uint32_t columns = 4 * lanes * vectors;
      const uint64_t tiles = (uint64_t)((g.m + rows - 1) / rows) * ((g.n + columns - 1) / columns) * g.batch;
      const double vectorCost = vectors == 1 ? 1.12 : vectors == 2 ? 1 : 0.85;
      const double time = double((tiles + threads - 1) / threads) * rows * columns * rowCost * vectorCost;
      if (best.rows == 0 || time < least) best = {rows, vectors}, least = time;
    }
  }
  return best;
}

struct PadPush {
  uint32_t from4, stride4, width4, paddedStride4, to4;
};
struct StraightPadPush {
  uint32_t from4, stride4, paddedStride8, to8;
};

// Rows of B [n, k] a multiple of 1,024 bytes apart meet in few sets of the cache. Few rows of A would not repay a copy.
bool paddingPays(const MatmulArguments& g) {
  return g.ldb % 256 == 0 && g.m >= 512 && g.batch == 1 && 4ull * g.n * g.k < (1u << 26);
}

// Copies B into the recording's scratch, its rows `stride` floats apart.
vulkan::Slice recordPadded(vulkan::Device& device, vulkan::Recording& recording, const MatmulArguments& g,
                           const View& b, uint32_t& stride) {
  stride = (g.k + 3) / 4 * 4 + 16;
  const uint64_t floats = (uint64_t)g.n * stride;
  const vulkan::Slice to = recording.scratch(4 * floats);
  const View view = storageView(device.limits(), to, floats);
  const uint32_t lanes = device.limits().subgroupSize;
  if (straightPays(device.limits(), g) && g.k % (16 * lanes) == 0 && view.offset % 8 == 0 &&
      view.offset + floats < straightFloats) {
    const Straight<StraightPadPush> push = {{b.offset / 4, g.ldb / 4, stride / 8, view.offset / 8}};
    recording.dispatch(device.program("matmul_pad_straight", {&lanes, 1}), {b.slice, view.slice}, push,
                       {g.n, g.k / (16 * lanes)});
    return to;
  }
  recording.dispatch(device.program("matmul_pad", {&lanes, 1}), {b.slice, view.slice},
                     PadPush{b.offset / 4, g.ldb / 4, (g.k + 3) / 4, stride / 4, view.offset / 4}, {g.n});
  return to;
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
  auto b = texelView(limits, g.b,
                     transposedB ? span(g.n, up4(g.k), g.ldb, g.batch, g.strideB)
                                 : span(g.k, up4(g.n), g.ldb, g.batch, g.strideB));
  if (!a || !b) return false;
  std::optional<View> bias = a, residual = a, preIn = a, before = a;
  if (g.bias.buffer) bias = texelView(limits, g.bias, up4(g.n));
  if (g.residual.buffer)
    residual = g.ldResidual % 4 ? std::nullopt : texelView(limits, g.residual, span(g.m, up4(g.n), g.ldResidual));
  if (readsPre) preIn = texelView(limits, g.preActivation, span(g.m, up4(g.n), g.ldc));
  const auto texelsOfC = texelView(limits, g.c, span(g.m, up4(g.n), g.ldc, g.batch, g.strideC));
  if (readsC) before = texelsOfC;
  if (!bias || !residual || !preIn || !before) return false;

  const View c = storageView(limits, g.c, span(g.m, g.n, g.ldc, g.batch, g.strideC));
  const bool writesPre = g.activation == Activation::Gelu && g.preActivation.buffer;
  const View preOut = writesPre ? storageView(limits, g.preActivation, span(g.m, g.n, g.ldc)) : c;
  const View sums = g.columnSums.buffer ? storageView(limits, g.columnSums, g.n) : c;

  const uint32_t lanes = limits.subgroupSize;
  uint32_t ldb = g.ldb;
  const bool padded = transposedB && paddingPays(g);
  if (padded) {
    const vulkan::Slice apart = recordPadded(device, recording, g, *b, ldb);
    b = texelView(limits, apart, (uint64_t)g.n * ldb);
  }
  const bool eights = (g.ldc | g.strideC | c.offset) % 8 == 0 && g.m % 32 == 0 && g.n % (8 * lanes) == 0;
  const bool mayStraight =
      straightPays(limits, g) && eights && c.offset + span(g.m, g.n, g.ldc, g.batch, g.strideC) < straightFloats;
  const Tile tile = tileFor(layout, lanes, g, padded, mayStraight);
  const bool straight = mayStraight && tile.rows == 32 && tile.vectors == 2;
  const uint32_t columns = 4 * lanes * tile.vectors;
  const bool general = small(g); // one program for all of them: compiling takes longer than they do
  const bool wholeTexels =
      g.n % 4 == 0 && g.ldc % 4 == 0 && c.offset % 4 == 0 && preOut.offset % 4 == 0 && g.strideC % 4 == 0;
  const bool touchesC = wholeTexels && !general && !readsC && texelsOfC; // shaders/matmul_cpu.glsl tells why
  if (touchesC) before = texelsOfC;
  const uint32_t specialization[] = {lanes,
                                     tile.rows,
                                     tile.vectors,
                                     g.bias.buffer != nullptr,
                                     g.residual.buffer != nullptr,
                                     (uint32_t)g.activation,
                                     g.accumulate,
                                     writesPre,
                                     g.columnSums.buffer != nullptr,
                                     general || g.k % 4 != 0,
                                     general || g.n % 4 != 0,
                                     general || g.m % tile.rows != 0 || g.n % columns != 0,
                                     wholeTexels,
                                     touchesC};
  const std::string name = std::string(transposedA   ? "matmul_cpu_tn_"
                                       : transposedB ? "matmul_cpu_nt_"
                                                     : "matmul_cpu_nn_") +
                           std::to_string(tile.rows) + "x" + std::to_string(tile.vectors) +
                           (straight ? "_straight" : "");
  const Push push = {g.m,
                     g.n,
                     g.k,
                     g.lda / 4,
                     ldb / 4,
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
  const std::vector<vulkan::Slice> bindings = {a->slice,     b->slice,      c.slice,      bias->slice, residual->slice,
                                               preIn->slice, before->slice, preOut.slice, sums.slice};
  const Straight<Push> longPush = {push};
  const auto bytes = std::as_bytes(std::span(&longPush, 1)).first(straight ? sizeof longPush : sizeof push);
  recording.dispatch(device.program(name, specialization), bindings, bytes, groups);
  return true;
}

} // namespace attune::matmul
