#include "data/shuffled.h"
#include "random.h"

namespace attune {

std::vector<size_t> shuffledBatch(uint64_t seed, uint64_t index, int rows, size_t count) {
  std::vector<size_t> places;
  std::vector<uint32_t> order;
  uint64_t epoch = 0;
  for (int r = 0; r < rows; ++r) {
    const uint64_t place = index * uint64_t(rows) + uint64_t(r);
    if (order.empty() || place / count != epoch) {
      epoch = place / count;
      order = permutation(uint32_t(count), seed, RandomStream::Shuffle, epoch);
    }
    places.push_back(order[place % count]);
  }
  return places;
}

} // namespace attune
