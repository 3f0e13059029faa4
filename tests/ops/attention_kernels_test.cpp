#include "attention_reference.h"
#include "catch.h"
#include "error.h"
#include "ops/attention_kernels.h"
#include "random_rows.h"

using namespace attune;
using namespace attune::vulkan;

namespace {

struct Case {
  int batch, tokens, heads, kvHeads, headSize;
  bool causal = true;
  int keys = 0;          // 0: as many as tokens
  bool padded = false;   // start and end
  bool oneMatrix = true; // q, k and v are parts of one, and their gradients too
  int gap = 0;           // floats more a row than needed, and before the head
};

// Runs a case on the device and in double precision, and compares everything.
void run(const Case& c, const char* variant = nullptr) {
  CAPTURE(c.batch, c.tokens, c.heads, c.kvHeads, c.headSize, c.causal, c.keys, c.padded, c.oneMatrix, c.gap);
  if (variant) setenv("ATTUNE_ATTENTION", variant, 1);
  const auto device = Device::open();
  AttentionReference r;
  r.batch = c.batch, r.tokens = c.tokens, r.keys = c.keys ? c.keys : c.tokens;
  r.heads = c.heads, r.kvHeads = c.kvHeads, r.headSize = c.headSize;
  r.scale = 1 / std::sqrt(double(c.headSize)), r.causal = c.causal;
  const int width = c.heads * c.headSize, kvWidth = c.kvHeads * c.headSize;
  const int queries = c.batch * c.tokens, keys = c.batch * r.keys;
  TestRows rows(*device, 7);
  const bool one = c.oneMatrix && c.keys == 0;
  const int whole = one ? width + 2 * kvWidth + c.gap : 0;
  auto make = [&](int count, int size, int part) {
    return one ? rows.part(count, whole, c.gap + part, size) : rows.matrix(count, size + c.gap, c.gap, size);
  };
  TestMatrix q = make(queries, width, 0), k = make(keys, kvWidth, width), v = make(keys, kvWidth, width + kvWidth);
  rows.nextMatrix();
  TestMatrix dq = make(queries, width, 0), dk = make(keys, kvWidth, width), dv = make(keys, kvWidth, width + kvWidth);
  rows.nextMatrix();
  TestMatrix o = rows.matrix(queries, width + c.gap, c.gap, width), dO = rows.matrix(queries, width + c.gap, 0, width);
  r.q = q.randomize(2), r.k = k.randomize(1), r.v = v.randomize(1);
  const std::vector<double> gradient = dO.randomize(1);
  const auto lse = device->allocate(size_t(queries) * c.heads * 4, Memory::Device, "lse");

  AttentionShape shape;
  shape.batch = c.batch, shape.tokens = c.tokens, shape.keys = c.keys, shape.heads = c.heads;
  shape.kvHeads = c.kvHeads, shape.headSize = c.headSize, shape.scale = float(r.scale), shape.causal = c.causal;
  const auto start = device->allocate(c.batch * 4, Memory::Upload, "start");
  const auto end = device->allocate(c.batch * 4, Memory::Upload, "end");
  if (c.padded) {
    for (int b = 0; b < c.batch; b++) {
      r.start.push_back((b * 5 + 1) % r.keys);
      r.end.push_back(r.keys - b % 3);
    }
    std::copy(r.start.begin(), r.start.end(), reinterpret_cast<int32_t*>(start->mapped()));
    std::copy(r.end.begin(), r.end.end(), reinterpret_cast<int32_t*>(end->mapped()));
    shape.start = {start.get(), 0, start->size()};
    shape.end = {end.get(), 0, end->size()};
  }
  r.forward();
  r.backward(gradient);

  const auto recording = Recording::begin(*device);
  const Slice lseSlice = {lse.get(), 0, lse->size()};
  recordAttention(*device, *recording, shape, q.rows(), k.rows(), v.rows(), o.rows(), lseSlice);
  recordAttentionGradient(*device, *recording, shape, q.rows(), k.rows(), v.rows(), o.rows(), dO.rows(), lseSlice,
                          dq.rows(), dk.rows(), dv.rows());
  CHECK(recording->dispatches() == 2);
  recording->finish();
  device->submit(*recording);
  CHECK(relativeError(o.read(), r.o) < 3e-6);
  CHECK(relativeError(readFloats(*device, *lse, r.lse.size()), r.lse) < 3e-6);
  const double least =
      0.1 * relativeError(r.dv, std::vector<double>(r.dv.size()), 1); // a row of one key has dq = dk = 0
  CHECK(relativeError(dq.read(), r.dq, least) < 1e-5);
  CHECK(relativeError(dk.read(), r.dk, least) < 1e-5);
  CHECK(relativeError(dv.read(), r.dv) < 1e-5);

  const std::vector<double> first = dk.read();
  device->submit(*recording);
  CHECK(dk.read() == first); // the same bits again
  if (variant) unsetenv("ATTUNE_ATTENTION");
}

} // namespace

TEST_CASE("attention and its gradients agree with the formula at odd shapes") {
  for (int tokens : {1, 7, 33, 130}) run({2, tokens, 3, 3, 12});
  run({1, 33, 2, 2, 11}); // not a multiple of four: floats one by one
  run({2, 9, 2, 2, 1});
  run({3, 20, 4, 2, 16, true, 0, false, true, 4}); // grouped heads, rows with a gap
  run({1, 40, 6, 1, 8, true, 0, false, false});    // one key head, matrices apart
  run({2, 17, 2, 1, 12, true, 0, false, true, 3}); // a gap that breaks alignment
}

TEST_CASE("attention in both directions, across, and over padding") {
  run({2, 19, 2, 2, 8, false});
  run({2, 5, 4, 2, 8, false, 23});
  run({4, 21, 2, 2, 8, true, 0, true});
  run({4, 21, 2, 2, 11, false, 0, true});
  run({3, 9, 2, 1, 4, false, 14, true});
}

TEST_CASE("both variants of the attention programs serve aligned rows") {
  run({1, 30, 2, 2, 16}, "storage");
  run({1, 30, 2, 2, 16}, "texels");
}

TEST_CASE("attention serves large heads and long sequences") {
  run({1, 10, 2, 1, 128});
  run({1, 5, 1, 1, 256}); run({1, 1024, 1, 1, 16}); }

TEST_CASE("attention of large scores neither overflows nor loses the row") {
  const auto device = Device::open();
  TestRows rows(*device, 1);
  TestMatrix q = rows.matrix(9, 4, 0, 4), k = rows.matrix(9, 4, 0, 4), v = rows.matrix(9, 4, 0, 4),
             o = rows.matrix(9, 4, 0, 4);
  AttentionReference r;
  r.tokens = r.keys = 9, r.headSize = 4;
  r.q = q.randomize(1000), r.k = k.randomize(1000), r.v = v.randomize(1);
  r.forward();
  const auto lse = device->allocate(9 * 4, Memory::Device, "lse");
  AttentionShape shape;
  shape.tokens = 9, shape.headSize = 4;
  const auto recording = Recording::begin(*device);
  recordAttention(*device, *recording, shape, q.rows(), k.rows(), v.rows(), o.rows(), {lse.get(), 0, lse->size()});
  recording->finish();
  device->submit(*recording);
  CHECK(relativeError(o.read(), r.o) < 1e-5);
}

TEST_CASE("the two scores of the paper's size give the known probabilities") {
  // q·k of 112 and 96 with 64 numbers a head are 14 and 12: 0.88 and 0.12.
  const auto device = Device::open();
  TestRows rows(*device, 1);
  TestMatrix q = rows.matrix(2, 64, 0, 64), k = rows.matrix(2, 64, 0, 64);
  std::vector<float> ones(128, 1), values(128, 112.f / 64);
  std::fill(values.begin() + 64, values.end(), 96.f / 64);
  q.write(ones);
  k.write(values);
  AttentionShape shape;
  shape.tokens = 2, shape.headSize = 64, shape.scale = 0.125f;
  const auto out = device->allocate(2 * 16, Memory::Device, "out");
  const auto recording = Recording::begin(*device);
  recordAttentionLook(*device, *recording, shape, q.rows(), k.rows(), {0, 0, 1, false}, {out.get(), 0, 16});
  AttentionLook raw;
  raw.scores = true;
  recordAttentionLook(*device, *recording, shape, q.rows(), k.rows(), raw, {out.get(), 16, 16});
  recording->finish();
  device->submit(*recording);
  const std::vector<double> x = readFloats(*device, *out, 8);
  CHECK(x[0] == 1);
  CHECK(x[1] == 0);
  CHECK(std::abs(x[2] - 0.880797) < 1e-6);
  CHECK(std::abs(x[3] - 0.119203) < 1e-6);
  CHECK(x[4] == 14);
  CHECK(x[5] == -INFINITY);
  CHECK(x[6] == 14);
  CHECK(x[7] == 12);
}

TEST_CASE("looking shows every probability and score of the heads asked for") {
  const auto device = Device::open();
  for (bool causal : {true, false})
    for (int headSize : {8, 5}) {
      CAPTURE(causal, headSize);
      TestRows rows(*device, 3);
      AttentionReference r;
      r.batch = 2, r.tokens = r.keys = 27, r.heads = 4, r.kvHeads = 2, r.headSize = headSize;
      r.scale = 0.5, r.causal = causal, r.start = {0, 3};
      TestMatrix q = rows.matrix(54, 4 * headSize, 0, 4 * headSize), k = rows.matrix(54, 2 * headSize, 0, 2 * headSize);
      r.q = q.randomize(1), r.k = k.randomize(1), r.v.assign(r.k.size(), 0);
      r.forward();
      AttentionShape shape;
      shape.batch = 2, shape.tokens = 27, shape.heads = 4, shape.kvHeads = 2, shape.headSize = uint32_t(headSize);
      shape.scale = 0.5f, shape.causal = causal;
      const auto start = device->allocate(8, Memory::Upload, "start");
      reinterpret_cast<int32_t*>(start->mapped())[1] = 3;
      shape.start = {start.get(), 0, 8};
      const size_t count = 2 * 27 * 27;
      const auto out = device->allocate(count * 4, Memory::Device, "out");
      for (bool scores : {false, true}) {
        const auto recording = Recording::begin(*device);
        recordAttentionLook(*device, *recording, shape, q.rows(), k.rows(), {1, 2, 2, scores},
                            {out.get(), 0, count * 4});
        recording->finish();
        device->submit(*recording);
        const std::vector<double> found = readFloats(*device, *out, count);
        double worst = 0;
        for (size_t i = 0; i < count; i++) {
          const double expected = (scores ? r.s : r.p)[r.pAt(1, 2, 0) + i];
          if (expected != found[i]) worst = std::max(worst, std::abs(expected - found[i]));
        }
        CHECK(worst < 1e-5);
      }
    }
}

TEST_CASE("attention refuses what cannot be") {
  const auto device = Device::open();
  TestRows rows(*device, 3);
  TestMatrix x = rows.matrix(8, 16, 0, 16);
  const auto lse = device->allocate(64, Memory::Device, "lse");
  const Slice small = {lse.get(), 0, 64};
  const auto recording = Recording::begin(*device);
  const auto forward = [&](const AttentionShape& shape) {
    recordAttention(*device, *recording, shape, x.rows(), x.rows(), x.rows(), x.rows(), small);
  };
  AttentionShape shape;
  shape.tokens = 8, shape.heads = 2, shape.kvHeads = 2, shape.headSize = 8;
  const auto with = [&](auto change) {
    AttentionShape changed = shape;
    change(changed);
    return changed;
  };
  CHECK_THROWS_AS(forward(with([](auto& s) { s.headSize = 257; })), Error);
  CHECK_THROWS_AS(forward(with([](auto& s) { s.headSize = 0; })), Error);
  CHECK_THROWS_AS(forward(with([](auto& s) { s.kvHeads = 3; })), Error);
  CHECK_THROWS_AS(forward(with([](auto& s) { s.keys = 9; })), Error);
  CHECK_THROWS_WITH(forward(with([](auto& s) { s.tokens = 9; })), Contains("q needs"));
  CHECK_THROWS_AS(forward(with([](auto& s) { s.batch = 0; })), Error);
  CHECK_THROWS_AS(forward(with([](auto& s) { s.heads = 4; })), Error);
  CHECK_THROWS_AS(recordAttentionLook(*device, *recording, shape, x.rows(), x.rows(), {0, 1, 2, false}, small), Error);
}
