// Which examples a batch of shuffled data takes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace attune {

// The places (0 ... count - 1, count > 0) of the `rows` examples of batch `index`. Each epoch has an order of its own,
// drawn from `seed`; epochs follow each other without a gap, so a batch may span two. Nothing is stored to resume.
std::vector<size_t> shuffledBatch(uint64_t seed, uint64_t index, int rows, size_t count);

// The same, but examples of like length share a batch, so that little of it is padding: what the next 16 batches of an epoch
// take is sorted by length, cut into batches, and these come in an order of their own. As many batches as hold every
// example once make an epoch.
std::vector<size_t> batchOfLikeLength(uint64_t seed, uint64_t index, int rows, std::span<const size_t> lengths);

} // namespace attune
