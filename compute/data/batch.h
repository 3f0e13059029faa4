// What a training step reads.
#pragma once

#include <cstdint>
#include <vector>

namespace attune {

// Rows of token ids with the token that follows each, and how much each of these counts (0: not at all).
struct Batch {
  int rows = 0, length = 0;
  std::vector<int32_t> ids;     // [rows, length]
  std::vector<int32_t> targets; // [rows, length]: the next tokens
  std::vector<float> weights;   // [rows, length]
};

} // namespace attune
