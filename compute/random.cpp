#include "random.h"

#include <cmath>
#include <numbers>
#include <numeric>
#include <utility>

namespace attune {

std::array<uint32_t, 4> philox(std::array<uint32_t, 4> c, std::array<uint32_t, 2> k) {
  for (int round = 0; round < 10; ++round) {
    const uint64_t a = uint64_t(0xD2511F53u) * c[0], b = uint64_t(0xCD9E8D57u) * c[2];
    c = {uint32_t(b >> 32) ^ c[1] ^ k[0], uint32_t(b), uint32_t(a >> 32) ^ c[3] ^ k[1], uint32_t(a)};
    k[0] += 0x9E3779B9u;
    k[1] += 0xBB67AE85u;
  }
  return c;
}

std::array<uint32_t, 4> Random::block(uint64_t index) const {
  // The stream shares a counter word with the high half of the step: steps below 2^24 per stream suffice for every run.
  return philox({uint32_t(index), uint32_t(index >> 32), uint32_t(step_), (uint32_t(stream_) << 24) ^ uint32_t(step_ >> 32)},
                {uint32_t(seed_), uint32_t(seed_ >> 32)});
}

uint32_t Random::bits(uint64_t index) const { return block(index / 4)[index % 4]; }

double Random::uniform(uint64_t index) const { return bits(index) / 4294967296.0; }

double Random::normal(uint64_t index) const {
  const auto b = block(index);
  const double u = (b[0] + 0.5) / 4294967296.0, v = b[1] / 4294967296.0;
  return std::sqrt(-2 * std::log(u)) * std::cos(2 * std::numbers::pi * v);
}

uint64_t Random::below(uint64_t bound, uint64_t index) const {
  const auto b = block(index);
  const uint64_t wide = (uint64_t(b[0]) << 32) | b[1];
  return uint64_t((static_cast<unsigned __int128>(wide) * bound) >> 64);
}

std::vector<uint32_t> permutation(uint32_t count, uint64_t seed, RandomStream stream, uint64_t epoch) {
  std::vector<uint32_t> order(count);
  std::iota(order.begin(), order.end(), 0u);
  const Random random(seed, stream, epoch);
  for (uint32_t i = count; i > 1; --i) std::swap(order[i - 1], order[random.below(i, i)]);
  return order;
}

} // namespace attune
