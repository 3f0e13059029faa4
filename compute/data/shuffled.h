// Which examples a batch of shuffled data takes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace attune {

// The places (0 ... count - 1, count > 0) of the `rows` examples of batch `index`. Each epoch has an order of its own,
// drawn from `seed`; epochs follow each other without a gap, so a batch may span two. Nothing is stored to resume.
std::vector<size_t> shuffledBatch(uint64_t seed, uint64_t index, int rows, size_t count);

} // namespace attune
