#include "attention_reference.h"
#include "catch.h"
#include "error.h"
#include "ops/attention_kernels.h"
#include "random_rows.h"

using namespace attune;
using namespace attune::vulkan;

namespace {

struct Cache {
  Cache(Device& device, int slots, int context, int width)
      : device(device)
      , slots(slots)
      , context(context)
      , width(width)
      , k(device.allocate(bytes(), Memory::Device, "keys"))
      , v(device.allocate(bytes(), Memory::Device, "values")) {}
  uint64_t bytes() const { return uint64_t(slots) * context * width * 4; }
  Slice keys() const { return {k.get(), 0, bytes()}; }
  Slice values() const { return {v.get(), 0, bytes()}; }
  Device& device;
  int slots, context, width;
  std::unique_ptr<Buffer> k, v;
};

std::unique_ptr<Buffer> integers(Device& device, const std::vector<int32_t>& values) {
  auto buffer = device.allocate(values.size() * 4, Memory::Upload, "integers");
  std::copy(values.begin(), values.end(), reinterpret_cast<int32_t*>(buffer->mapped()));
  return buffer;
}

// Several sequences of random q, k and v, with the output that attention over each of them gives.
struct Sequences {
  AttentionReference r;
  TestMatrix qkv;
  int width() const { return r.heads * r.headSize; }
  int kvWidth() const { return r.kvHeads * r.headSize; }
};

Sequences sequences(TestRows& rows, int slots, int length, int heads, int kvHeads, int headSize) {
  AttentionReference r;
  r.batch = slots, r.tokens = r.keys = length, r.heads = heads, r.kvHeads = kvHeads, r.headSize = headSize;
  r.scale = 0.4;
  const int width = heads * headSize, kvWidth = kvHeads * headSize, whole = width + 2 * kvWidth;
  Sequences s = {r, rows.matrix(slots * length, whole, 0, whole)};
  const std::vector<double> all = s.qkv.randomize(1);
  for (int row = 0; row < slots * length; row++) {
    const auto at = all.begin() + row * whole;
    s.r.q.insert(s.r.q.end(), at, at + width);
    s.r.k.insert(s.r.k.end(), at + width, at + width + kvWidth);
    s.r.v.insert(s.r.v.end(), at + width + kvWidth, at + whole);
  }
  return s;
}

// The rows of a batch of tokens, one after the other, and the output expected of them.
struct Step {
  std::vector<int32_t> slot, position;
  std::vector<float> qkv;
  std::vector<double> expected;
};

Step stepOf(const Sequences& s, const std::vector<std::pair<int, int>>& tokens) {
  Step step;
  for (auto [slot, position] : tokens) {
    step.slot.push_back(slot);
    step.position.push_back(position);
    const size_t row = size_t(std::max(slot, 0)) * s.r.tokens + position;
    const auto add = [&](const std::vector<double>& from, int width) {
      for (int d = 0; d < width; d++) step.qkv.push_back(float(from[row * width + d]));
    };
    add(s.r.q, s.width());
    add(s.r.k, s.kvWidth());
    add(s.r.v, s.kvWidth());
    for (int d = 0; d < s.width(); d++) step.expected.push_back(slot < 0 ? 0 : s.r.o[row * s.width() + d]);
  }
  return step;
}

enum class Way { Prompt, Lanes, Fused }; // recordCachedAttention without and with `decoding`, recordDecodingAttention

// Records the step (a prompt or a decoding step), runs it and returns the output rows.
std::vector<double> take(Cache& cache, TestRows& rows, const Sequences& s, const Step& step, Way way,
                         const std::vector<int32_t>& starts = {}) {
  Device& device = cache.device;
  const int count = int(step.slot.size()), whole = s.width() + 2 * s.kvWidth();
  TestMatrix qkv = rows.matrix(count, whole, 0, whole), o = rows.matrix(count, s.width(), 0, s.width());
  qkv.write(step.qkv);
  const auto slot = integers(device, step.slot), position = integers(device, step.position),
             start = integers(device, starts.empty() ? std::vector<int32_t>{0} : starts);
  CachedShape shape;
  shape.tokens = uint32_t(count), shape.slots = uint32_t(cache.slots), shape.context = uint32_t(cache.context);
  shape.heads = uint32_t(s.r.heads), shape.kvHeads = uint32_t(s.r.kvHeads), shape.headSize = uint32_t(s.r.headSize);
  shape.scale = float(s.r.scale);
  shape.slot = {slot.get(), 0, slot->size()};
  shape.position = {position.get(), 0, position->size()};
  if (!starts.empty()) shape.start = {start.get(), 0, start->size()};
  HeadRows q = qkv.rows(), k = q, v = q;
  k.offset = uint32_t(s.width());
  v.offset = uint32_t(s.width() + s.kvWidth());
  const auto recording = Recording::begin(device);
  shape.decoding = way == Way::Lanes;
  if (way == Way::Fused) {
    recordDecodingAttention(device, *recording, shape, q, k, v, cache.keys(), cache.values(), o.rows());
  } else {
    recordCacheWrite(device, *recording, shape, k, v, cache.keys(), cache.values());
    recordCachedAttention(device, *recording, shape, q, cache.keys(), cache.values(), o.rows());
  }
  recording->finish();
  device.submit(*recording);
  return o.read();
}

void promptThenDecode(int heads, int kvHeads, int headSize, std::vector<int32_t> starts = {}) {
  CAPTURE(heads, kvHeads, headSize);
  const auto device = Device::open();
  TestRows rows(*device, 5);
  Sequences s = sequences(rows, 3, 40, heads, kvHeads, headSize);
  s.r.start = starts;
  s.r.forward();
  Cache cache(*device, 3, 48, s.kvWidth());
  // Prompts of unequal length, mixed with padding rows; sequence 1 begins in the middle of a tile.
  std::vector<std::pair<int, int>> prompt;
  for (int t = 0; t < 11; t++) prompt.push_back({2, t});
  for (int t = 0; t < 33; t++) prompt.push_back({0, t});
  prompt.push_back({-1, 0});
  for (int t = 0; t < 5; t++) prompt.push_back({1, t});
  prompt.push_back({-1, 3});
  Step step = stepOf(s, prompt);
  CHECK(relativeError(take(cache, rows, s, step, Way::Prompt, starts), step.expected) < 3e-6);
  CHECK(relativeError(take(cache, rows, s, step, Way::Lanes, starts), step.expected) < 3e-6);
  for (int t = 0; t < 6; t++) { // each goes on from where its prompt ended; slot 2 pauses in one step
    step = stepOf(s, {{t == 3 ? -1 : 2, t == 3 ? 0 : 11 + t - (t > 3)}, {1, 5 + t}, {0, 33 + t}});
    CHECK(relativeError(take(cache, rows, s, step, t % 2 ? Way::Lanes : Way::Fused, starts), step.expected) < 3e-6);
  }
  // A second stretch of a prompt reads what decoding wrote.
  step = stepOf(s, {{1, 11}, {1, 12}, {1, 13}});
  CHECK(relativeError(take(cache, rows, s, step, Way::Prompt, starts), step.expected) < 3e-6);
}

} // namespace

TEST_CASE("prompts and decoding steps over a cache agree with whole sequences") {
  promptThenDecode(4, 2, 8);
  promptThenDecode(3, 3, 11);
  promptThenDecode(2, 1, 64);
}

TEST_CASE("a cached sequence may begin after padding") { promptThenDecode(2, 2, 8, {3, 0, 7}); }

TEST_CASE("padding rows and places outside the cache leave it untouched") {
  const auto device = Device::open();
  TestRows rows(*device, 5);
  Sequences s = sequences(rows, 2, 4, 1, 1, 4);
  s.r.forward();
  for (Way way : {Way::Prompt, Way::Lanes, Way::Fused}) {
    Cache cache(*device, 2, 4, 4);
    Step step = stepOf(s, {{-1, 0}, {1, 0}});
    step.slot.push_back(2); // there is none
    step.position.push_back(0);
    step.slot.push_back(0);
    step.position.push_back(4); // beyond the context
    step.qkv.resize(4 * 12, 1);
    const std::vector<double> o = take(cache, rows, s, step, way);
    for (int d = 0; d < 12; d++) CHECK((d / 4 == 1 || o[d] == 0));
    const std::vector<double> keys = readFloats(*device, *cache.k, 32);
    for (int i = 0; i < 32; i++) CHECK(keys[i] == (i / 4 == 4 ? s.r.k[s.r.kAt(1, 0, 0) + i % 4] : 0));
  }
}

TEST_CASE("a cache that is too small is refused") {
  const auto device = Device::open();
  TestRows rows(*device, 5);
  Sequences s = sequences(rows, 1, 2, 1, 1, 4);
  s.r.forward();
  Cache cache(*device, 1, 2, 4);
  cache.slots = 2; // what the shape will say
  const Step step = stepOf(s, {{0, 0}});
  CHECK_NOTHROW(cache.keys());
  CHECK_THROWS_AS(take(cache, rows, s, step, Way::Fused), Error);
}
