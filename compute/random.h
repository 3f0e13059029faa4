// Counter-based random numbers: Philox 4x32-10 (Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3").
//
// A number is a pure function of seed, stream, step and index, so nothing has to be stored to resume a run, and the
// order in which numbers are asked for does not matter.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

namespace attune {

std::array<uint32_t, 4> philox(std::array<uint32_t, 4> counter, std::array<uint32_t, 2> key);

// What a number is drawn for. Streams never share numbers. Values are part of the run format: never change one.
enum class RandomStream : uint32_t { Weights = 1, Data = 2, Shuffle = 3, Sampling = 4, Dropout = 5, HeldOut = 6 };

class Random {
public:
  Random(uint64_t seed, RandomStream stream, uint64_t step = 0) : seed_(seed), stream_(stream), step_(step) {}

  uint32_t bits(uint64_t index) const;
  double uniform(uint64_t index) const;                 // [0, 1), 32 bits
  double normal(uint64_t index) const;                  // mean 0, deviation 1 (Box and Muller 1958)
  uint64_t below(uint64_t bound, uint64_t index) const; // 0 ... bound - 1, bound > 0, bias below 2^-32

private:
  std::array<uint32_t, 4> block(uint64_t index) const;
  uint64_t seed_;
  RandomStream stream_;
  uint64_t step_;
};

// 0 ... count - 1 in random order (Fisher and Yates); `epoch` gives another order.
std::vector<uint32_t> permutation(uint32_t count, uint64_t seed, RandomStream stream, uint64_t epoch);

} // namespace attune
