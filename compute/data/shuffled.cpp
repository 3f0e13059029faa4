#include "data/shuffled.h"
#include "random.h"

#include <algorithm>

namespace attune {
namespace {

// The examples at the places `first` ... of all epochs' orders, one after the other.
std::vector<size_t> shuffled(uint64_t seed, uint64_t first, size_t wanted, size_t count) {
  std::vector<size_t> places;
  std::vector<uint32_t> order;
  uint64_t epoch = 0;
  for (uint64_t place = first; place < first + wanted; ++place) {
    if (order.empty() || place / count != epoch) {
      epoch = place / count;
      order = permutation(uint32_t(count), seed, RandomStream::Shuffle, epoch);
    }
    places.push_back(order[place % count]);
  }
  return places;
}

} // namespace

std::vector<size_t> shuffledBatch(uint64_t seed, uint64_t index, int rows, size_t count) {
  return shuffled(seed, index * uint64_t(rows), size_t(rows), count);
}

std::vector<size_t> batchOfLikeLength(uint64_t seed, uint64_t index, int rows, std::span<const size_t> lengths) {
  constexpr uint64_t most = 16; // batches that are sorted together
  const uint64_t perEpoch = (lengths.size() + size_t(rows) - 1) / size_t(rows);
  const uint64_t epoch = index / perEpoch, together = index % perEpoch / most * most;
  const uint64_t first = epoch * perEpoch + together;
  const uint64_t batches = std::min(most, perEpoch - together);
  std::vector<size_t> places = shuffled(seed, first * uint64_t(rows), size_t(batches) * size_t(rows), lengths.size());
  std::stable_sort(places.begin(), places.end(), [&](size_t a, size_t b) { return lengths[a] < lengths[b]; });
  // An epoch's own order has a small number; these begin far above.
  const auto order = permutation(uint32_t(batches), seed, RandomStream::Shuffle, (uint64_t(1) << 32) + first);
  const auto begin = places.begin() + long(order[index - first]) * rows;
  return {begin, begin + rows};
}

} // namespace attune
