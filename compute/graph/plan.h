// Order and memory of a graph for given shapes, fixed once. Tensors whose lives do not overlap share memory; the peak is
// known before anything is allocated.
#pragma once

#include "graph/graph.h"

#include <cstdint>
#include <vector>

namespace attune {

class Plan {
public:
  // Nodes that nothing kept or accumulated depends on are left out.
  explicit Plan(const Graph& graph);

  const std::vector<int>& order() const { return order_; }             // indices into graph.nodes()
  uint64_t bytes() const { return bytes_; }                            // of the arena
  uint64_t offset(Tensor tensor) const { return offsets_[tensor.id]; } // of a planned tensor, in the arena

  static constexpr uint64_t notPlanned = ~uint64_t(0);
  static constexpr uint64_t alignment = 256; // bytes; enough for every device's texel and storage bindings

private:
  std::vector<int> order_;
  std::vector<uint64_t> offsets_;
  uint64_t bytes_ = 0;
};

} // namespace attune
