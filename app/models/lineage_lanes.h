// Where the models stand in the graph of their descent: children above parents, each line in a lane of its own, as
// version histories are drawn.
#pragma once

#include <cstdint>
#include <vector>

namespace attune {

struct LaneNode {
  std::vector<int> parents; // other nodes
  int64_t time = 0;         // newer ones stand higher, as far as descent allows
};

// A line from a child down to a parent: it leaves the child's lane, runs down in its own, and ends in the parent's.
struct LaneEdge {
  int childRow = 0, parentRow = 0, childLane = 0, lane = 0, parentLane = 0;
  bool operator==(const LaneEdge&) const = default;
};

struct LaneLayout {
  std::vector<int> order; // row -> node
  std::vector<int> lanes; // row -> lane of its mark
  std::vector<LaneEdge> edges;
  int width = 0; // lanes used
};

// Every node gets a row, also where the descent goes in a circle.
LaneLayout layOutLanes(const std::vector<LaneNode>& nodes);

} // namespace attune
