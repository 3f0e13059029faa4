#include "catch.h"
#include "random.h"

#include <algorithm>

using namespace attune;

TEST_CASE("Philox 4x32-10 gives the published numbers") { // Random123's known answers
  CHECK(philox({0, 0, 0, 0}, {0, 0}) == std::array<uint32_t, 4>{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8});
  CHECK(philox({~0u, ~0u, ~0u, ~0u}, {~0u, ~0u}) == std::array<uint32_t, 4>{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd});
  CHECK(philox({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}) ==
        std::array<uint32_t, 4>{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1});
}

TEST_CASE("normal numbers have mean 0 and deviation 1, streams differ") {
  const Random random(7, RandomStream::Weights);
  double sum = 0, squares = 0;
  for (int i = 0; i < 100000; ++i) {
    const double x = random.normal(uint64_t(i));
    sum += x;
    squares += x * x;
  }
  CHECK(std::abs(sum / 100000) < 0.015);
  CHECK(std::abs(squares / 100000 - 1) < 0.02);
  CHECK(random.bits(0) != Random(7, RandomStream::Data).bits(0));
  CHECK(random.bits(0) != Random(8, RandomStream::Weights).bits(0));
  CHECK(random.bits(0) != Random(7, RandomStream::Weights, 1).bits(0));
}

TEST_CASE("a permutation holds every number once and changes with the epoch") {
  auto a = permutation(1000, 3, RandomStream::Shuffle, 0);
  CHECK(a != permutation(1000, 3, RandomStream::Shuffle, 1));
  CHECK(a == permutation(1000, 3, RandomStream::Shuffle, 0));
  std::sort(a.begin(), a.end());
  for (uint32_t i = 0; i < 1000; ++i) REQUIRE(a[i] == i);
}
