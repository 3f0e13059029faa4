#include "catch.h"
#include "error.h"
#include "ops/matmul_kernels.h"

#include <cmath>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <vector>

// Every family of programs against a loop in double precision. What lies between and around the matrices is NaN in the
// operands and must not reach a result, and is a known value in the results and must stay.

using namespace attune;
using namespace attune::vulkan;
using Activation = MatmulArguments::Activation;

namespace {

constexpr float untouched = -12345;
const float poison = std::numeric_limits<float>::quiet_NaN();

class Numbers {
public:
  float next() { // in [-1, 1)
    state_ = state_ * 6364136223846793005ull + 1442695040888963407ull;
    return float(int64_t(state_ >> 33) - (1 << 30)) / (1 << 30);
  }

private:
  uint64_t state_ = 20220304;
};

// A matrix (or a batch of them) inside a buffer, with what surrounds it.
struct Matrix {
  uint32_t rows, columns, stride, offset, batch = 1;
  std::vector<float> values;
  std::unique_ptr<Buffer> buffer;

  uint32_t batchStride() const { return (rows * stride + 3) / 4 * 4; }
  float& at(uint32_t z, uint32_t row, uint32_t column) {
    return values[offset + z * batchStride() + row * stride + column];
  }
  Slice slice() const { return {buffer.get(), 0, values.size() * 4}; }
};

Matrix makeMatrix(Device& device, Numbers* numbers, float around, uint32_t rows, uint32_t columns, uint32_t stride,
                  uint32_t offset, uint32_t batch = 1) {
  Matrix result = {rows, columns, stride, offset, batch};
  // Ends with its last element, so that a read beyond the slice would be seen by the validation layers.
  result.values.assign(offset + (batch - 1) * result.batchStride() + (rows - 1) * stride + columns, around);
  for (uint32_t z = 0; z < batch; z++)
    for (uint32_t r = 0; r < rows; r++)
      for (uint32_t c = 0; c < columns; c++) result.at(z, r, c) = numbers ? numbers->next() : around;
  result.buffer = device.allocate(result.values.size() * 4, Memory::Device, "matrix");
  device.upload(result.slice(), std::as_bytes(std::span(result.values)));
  return result;
}

std::vector<float> read(Device& device, const Matrix& matrix) {
  std::vector<float> values(matrix.values.size());
  device.download(matrix.slice(), std::as_writable_bytes(std::span(values)));
  return values;
}

struct Case {
  MatmulLayout layout;
  uint32_t m, n, k;
  uint32_t padA = 0, padB = 0, padC = 0; // floats added to the row strides
  uint32_t offset = 0;                   // of A, B and C
  Activation activation = Activation::None;
  bool bias = false, residual = false, keep = false, accumulate = false, sums = false;
  float scale = 1;
  uint32_t batch = 1;
};

double geluOf(double x) { return 0.5 * x * (1 + std::tanh(std::sqrt(2 / M_PI) * (x + 0.044715 * x * x * x))); }
double geluGradientOf(double x) { return (geluOf(x + 1e-5) - geluOf(x - 1e-5)) / 2e-5; }

const char* nameOf(MatmulLayout layout) {
  return layout == MatmulLayout::NN ? "NN" : layout == MatmulLayout::NT ? "NT" : "TN";
}

void check(Device& device, const Case& c) {
  INFO(nameOf(c.layout) << " " << c.m << " x " << c.n << " x " << c.k << ", pads " << c.padA << " " << c.padB << " "
                        << c.padC << ", offset " << c.offset << ", activation " << int(c.activation) << ", batch "
                        << c.batch);
  Numbers numbers;
  const bool tn = c.layout == MatmulLayout::TN, nt = c.layout == MatmulLayout::NT;
  Matrix a = makeMatrix(device, &numbers, poison, tn ? c.k : c.m, tn ? c.m : c.k, (tn ? c.m : c.k) + c.padA, c.offset,
                        c.batch);
  Matrix b = makeMatrix(device, &numbers, poison, nt ? c.n : c.k, nt ? c.k : c.n, (nt ? c.k : c.n) + c.padB, c.offset,
                        c.batch);
  Matrix out =
      makeMatrix(device, c.accumulate ? &numbers : nullptr, untouched, c.m, c.n, c.n + c.padC, c.offset, c.batch);
  Matrix bias = makeMatrix(device, &numbers, poison, 1, c.n, c.n, 0);
  Matrix residual = makeMatrix(device, &numbers, poison, c.m, c.n, c.n + c.padC, 0);
  Matrix pre = makeMatrix(device, c.activation == Activation::GeluGradient ? &numbers : nullptr, untouched, c.m, c.n,
                          c.n + c.padC, c.offset);
  Matrix sums = makeMatrix(device, &numbers, poison, 1, c.n, c.n, 0);

  MatmulArguments g = {.m = c.m, .n = c.n, .k = c.k, .lda = a.stride, .ldb = b.stride, .ldc = out.stride};
  g.offsetA = g.offsetB = g.offsetC = c.offset;
  g.a = a.slice(), g.b = b.slice(), g.c = out.slice();
  g.accumulate = c.accumulate, g.scale = c.scale, g.activation = c.activation;
  if (c.bias) g.bias = bias.slice();
  if (c.residual) g.residual = residual.slice(), g.ldResidual = residual.stride;
  if (c.keep || c.activation == Activation::GeluGradient) g.preActivation = pre.slice();
  if (c.sums) g.columnSums = sums.slice();
  if (c.batch > 1)
    g.batch = c.batch, g.strideA = a.batchStride(), g.strideB = b.batchStride(), g.strideC = out.batchStride();

  const auto recording = Recording::begin(device);
  recordMatmul(device, *recording, c.layout, g);
  recording->finish();
  device.submit(*recording);
  device.wait();
  const std::vector<float> got = read(device, out), gotPre = read(device, pre), gotSums = read(device, sums);

  if (!c.accumulate && !c.sums) { // the same bits again
    device.submit(*recording);
    device.wait();
    CHECK(std::memcmp(read(device, out).data(), got.data(), got.size() * 4) == 0);
  }

  double worst = 0, worstPre = 0, worstSum = 0; // in units of the tolerance
  std::vector<float> surroundings = got, surroundingsPre = gotPre;
  for (uint32_t z = 0; z < c.batch; z++)
    for (uint32_t row = 0; row < c.m; row++)
      for (uint32_t column = 0; column < c.n; column++) {
        double sum = 0, size = 1;
        for (uint32_t k = 0; k < c.k; k++) {
          const double product =
              (double)(tn ? a.at(z, k, row) : a.at(z, row, k)) * (nt ? b.at(z, column, k) : b.at(z, k, column));
          sum += product;
          size += std::abs(product);
        }
        const double tolerance = 1e-6 * size;
        double value = sum * c.scale + (c.bias ? bias.at(0, 0, column) : 0);
        const size_t at = &out.at(z, row, column) - out.values.data();
        if (c.keep) worstPre = std::max(worstPre, std::abs(gotPre[at] - value) / tolerance);
        if (c.activation == Activation::Gelu) value = geluOf(value);
        if (c.activation == Activation::GeluGradient) value *= geluGradientOf(pre.at(0, row, column));
        if (c.residual) value += residual.at(0, row, column);
        if (c.accumulate) value += out.at(z, row, column);
        const double error = std::abs(got[at] - value) / tolerance;
        worst = std::isnan(error) ? INFINITY : std::max(worst, error);
        surroundings[at] = untouched;
        if (c.keep) surroundingsPre[at] = untouched;
      }
  CHECK(worst < 1);
  CHECK(worstPre < 1);
  for (float value : surroundings) REQUIRE(value == untouched);
  if (c.keep)
    for (float value : surroundingsPre) REQUIRE(value == untouched);
  if (c.sums) {
    for (uint32_t column = 0; column < c.n; column++) {
      double sum = sums.at(0, 0, column), size = 1;
      for (uint32_t k = 0; k < c.k; k++) sum += b.at(0, k, column), size += std::abs(b.at(0, k, column));
      worstSum = std::max(worstSum, std::abs(gotSums[column] - sum) / (1e-6 * size));
    }
    CHECK(worstSum < 1);
  }
}

void checkFamily(const char* family, const std::vector<Case>& cases) {
  setenv("ATTUNE_MATMUL", family, 1);
  const auto device = Device::open();
  for (Case c : cases)
    for (MatmulLayout layout : {MatmulLayout::NN, MatmulLayout::NT, MatmulLayout::TN}) {
      c.layout = layout;
      Case one = c;
      if (layout != MatmulLayout::TN) one.sums = false;
      check(*device, one);
    }
  unsetenv("ATTUNE_MATMUL");
}

// Shapes that meet every edge of every tile: one row and column, just under and over a tile, a tail of k.
const std::vector<Case> shapes = {
    {.m = 1, .n = 1, .k = 1},
    {.m = 7, .n = 11, .k = 33},
    {.m = 33, .n = 70, .k = 130, .padC = 2},
    {.m = 130, .n = 131, .k = 7, .padA = 2, .padB = 1, .padC = 5, .offset = 3},
    {.m = 64, .n = 128, .k = 64, .offset = 64},
    {.m = 132, .n = 68, .k = 36, .padA = 4, .padB = 8, .padC = 4, .offset = 4},
    {.m = 2, .n = 132, .k = 260},
    {.m = 5, .n = 132, .k = 12},
    {.m = 17, .n = 36, .k = 8},
};

const std::vector<Case> epilogues = {
    {.m = 32, .n = 128, .k = 32, .bias = true},
    {.m = 33, .n = 68, .k = 16, .activation = Activation::Gelu, .bias = true, .keep = true},
    {.m = 33, .n = 70, .k = 16, .padB = 2, .padC = 2, .activation = Activation::Gelu, .residual = true, .scale = 0.5},
    {.m = 32, .n = 128, .k = 32, .activation = Activation::GeluGradient},
    {.m = 32,
     .n = 128,
     .k = 33,
     .padA = 3,
     .padB = 3,
     .bias = true,
     .residual = true,
     .accumulate = true,
     .sums = true},
    {.m = 1, .n = 260, .k = 64, .bias = true, .residual = true, .accumulate = true},
    {.m = 36, .n = 44, .k = 20, .scale = 0.25, .batch = 3},
};

// The widest rows that a tail of k and of n can have: strides of multiples of four around odd sizes (the texel tiles'
// masks).
const std::vector<Case> padded = {
    {.m = 33, .n = 70, .k = 11, .padA = 1, .padB = 1, .padC = 1}, // NT: 11 + 1
    {.m = 35, .n = 71, .k = 131, .padA = 1, .padB = 1, .padC = 1, .sums = true},
    {.m = 34, .n = 130, .k = 130, .padA = 2, .padB = 2},
    {.m = 512, .n = 70, .k = 254, .padA = 2, .padB = 2}, // NT: rows of 1,024 bytes, copied apart
    {.m = 130, .n = 262, .k = 1001, .padA = 3, .padB = 3, .padC = 2, .sums = true}, // tiles of 64 rows
};

} // namespace

TEST_CASE("products of every shape, stride and offset: plain program") { checkFamily("plain", shapes); }
TEST_CASE("products of every shape, stride and offset: shared-memory tiles") { checkFamily("gpu", shapes); }
TEST_CASE("products of every shape, stride and offset: texel tiles") { checkFamily("cpu", shapes); }

TEST_CASE("epilogues: plain program") { checkFamily("plain", epilogues); }
TEST_CASE("epilogues: shared-memory tiles") { checkFamily("gpu", epilogues); }
TEST_CASE("epilogues: texel tiles") { checkFamily("cpu", epilogues); }

TEST_CASE("tails of k and n inside padded rows: texel tiles") { checkFamily("cpu", padded); }

// 2^27 products and whole tiles: C stored lane by lane, NT's copy of B too (shaders/straight.glsl).
TEST_CASE("large products of whole tiles: texel tiles") {
  setenv("ATTUNE_MATMUL", "cpu", 1);
  const auto device = Device::open();
  check(*device, {.layout = MatmulLayout::NN,
                  .m = 256,
                  .n = 512,
                  .k = 512,
                  .padC = 8,
                  .offset = 8,
                  .accumulate = true,
                  .scale = 0.5,
                  .batch = 2});
  check(*device, {.layout = MatmulLayout::NT,
                  .m = 512,
                  .n = 512,
                  .k = 512,
                  .activation = Activation::Gelu,
                  .bias = true,
                  .keep = true});
  check(*device, {.layout = MatmulLayout::TN, .m = 512, .n = 512, .k = 512, .residual = true});
  unsetenv("ATTUNE_MATMUL");
}

TEST_CASE("operands that no storage binding holds are read in parts, results written in parts") {
  // [50257, 768] in float32 is 154 MB; lavapipe binds 128 MiB. C [m, n] of the first product, B of the second.
  const auto device = Device::open();
  const uint32_t vocabulary = 50257, width = 768;
  Numbers numbers;
  Matrix x = makeMatrix(*device, &numbers, poison, 3, width, width, 0);
  Matrix head = makeMatrix(*device, &numbers, poison, vocabulary, width, width, 0);
  Matrix logits = makeMatrix(*device, nullptr, untouched, 3, vocabulary, 50260, 0);
  Matrix gradient = makeMatrix(*device, nullptr, untouched, vocabulary, width, width, 0);
  Matrix back = makeMatrix(*device, nullptr, untouched, 3, width, width, 0);

  for (const char* family : {"", "plain"}) {
    setenv("ATTUNE_MATMUL", family, 1);
    const auto recording = Recording::begin(*device);
    recordMatmul(*device, *recording, MatmulLayout::NT,
                 {.m = 3,
                  .n = vocabulary,
                  .k = width,
                  .lda = width,
                  .ldb = width,
                  .ldc = 50260,
                  .a = x.slice(),
                  .b = head.slice(),
                  .c = logits.slice()});
    recordMatmul(*device, *recording, MatmulLayout::NN,
                 {.m = 3,
                  .n = width,
                  .k = vocabulary,
                  .lda = 50260,
                  .ldb = width,
                  .ldc = width,
                  .a = logits.slice(),
                  .b = head.slice(),
                  .c = back.slice()});
    recordMatmul(*device, *recording, MatmulLayout::TN,
                 {.m = vocabulary,
                  .n = width,
                  .k = 3,
                  .lda = 50260,
                  .ldb = width,
                  .ldc = width,
                  .a = logits.slice(),
                  .b = x.slice(),
                  .c = gradient.slice()});
    recording->finish();
    device->submit(*recording);
    device->wait();
    const std::vector<float> gotLogits = read(*device, logits), gotGradient = read(*device, gradient),
                             gotBack = read(*device, back);
    double worst = 0;
    for (uint32_t column = 0; column < vocabulary; column += column < 43000 ? 997 : 61) {
      double sum = 0, size = 1, product = 0;
      for (uint32_t k = 0; k < width; k++)
        sum += (double)x.at(0, 2, k) * head.at(0, column, k),
            size += std::abs((double)x.at(0, 2, k) * head.at(0, column, k));
      for (uint32_t row = 0; row < 3; row++) product += (double)gotLogits[row * 50260 + column] * x.at(0, row, 700);
      worst = std::max(worst, std::abs(sum - gotLogits[2 * 50260 + column]) / (1e-6 * size));
      worst = std::max(worst, std::abs(product - gotGradient[(uint64_t)column * width + 700]) /
                                  (1e-6 * (1 + 30 * std::abs(product))));
    }
    CHECK(worst < 1);
    double sum = 0, size = 1;
    for (uint32_t k = 0; k < vocabulary; k++)
      sum += (double)gotLogits[k] * head.at(0, k, 5), size += std::abs((double)gotLogits[k] * head.at(0, k, 5));
    CHECK(std::abs(sum - gotBack[5]) < 1e-6 * size);
  }
  unsetenv("ATTUNE_MATMUL");
}

TEST_CASE("arguments that do not fit are refused by name") {
  const auto device = Device::open();
  Numbers numbers;
  Matrix a = makeMatrix(*device, &numbers, poison, 4, 8, 8, 0), b = makeMatrix(*device, &numbers, poison, 8, 4, 4, 0),
         c = makeMatrix(*device, &numbers, poison, 4, 4, 4, 0);
  const MatmulArguments right = {
      .m = 4, .n = 4, .k = 8, .lda = 8, .ldb = 4, .ldc = 4, .a = a.slice(), .b = b.slice(), .c = c.slice()};
  const auto refuse = [&](const MatmulArguments& g, const char* word, MatmulLayout layout = MatmulLayout::NN) {
    const auto recording = Recording::begin(*device);
    CHECK_THROWS_WITH(recordMatmul(*device, *recording, layout, g), Contains(word));
  };
  MatmulArguments g = right;
  g.m = 5, refuse(g, "A holds 32 floats, expected at least 40");
  g = right, g.k = 0, refuse(g, "at least 1");
  g = right, g.lda = 7, refuse(g, "lda");
  g = right, g.ldb = 5, refuse(g, "B holds");
  g = right, g.offsetC = 1, refuse(g, "C holds");
  g = right, g.c = {}, refuse(g, "C has no buffer");
  g = right, g.activation = Activation::GeluGradient, refuse(g, "preActivation");
  g = right, g.columnSums = c.slice(), refuse(g, "columnSums");
  setenv("ATTUNE_MATMUL", "fast", 1);
  refuse(right, "ATTUNE_MATMUL");
  unsetenv("ATTUNE_MATMUL");
}
