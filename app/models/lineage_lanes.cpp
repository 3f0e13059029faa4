#include "models/lineage_lanes.h"

#include <algorithm>

namespace attune {
namespace {

// Children first, the newest of those that are free first.
std::vector<int> childrenFirst(const std::vector<LaneNode>& nodes) {
  std::vector<int> children(nodes.size()), order;
  std::vector<bool> placed(nodes.size());
  for (const LaneNode& node : nodes)
    for (const int parent : node.parents) ++children[size_t(parent)];
  while (order.size() < nodes.size()) {
    int best = -1;
    for (int i = 0; i < int(nodes.size()); ++i) {
      if (placed[size_t(i)]) continue;
      // In a circle nothing is free: the one with the fewest children left goes first.
      const auto rank = [&](int n) { return std::pair(-children[size_t(n)], nodes[size_t(n)].time); };
      if (best < 0 || rank(i) > rank(best)) best = i;
    }
    placed[size_t(best)] = true;
    order.push_back(best);
    for (const int parent : nodes[size_t(best)].parents) --children[size_t(parent)];
  }
  return order;
}

} // namespace

LaneLayout layOutLanes(const std::vector<LaneNode>& nodes) {
  LaneLayout layout;
  layout.order = childrenFirst(nodes);
  layout.lanes.resize(nodes.size());
  std::vector<int> rowOf(nodes.size());
  for (size_t row = 0; row < nodes.size(); ++row) rowOf[size_t(layout.order[row])] = int(row);
  std::vector<int> waits; // lane -> the node that its line goes to; -1: free
  const auto freeLane = [&] {
    const auto free = std::find(waits.begin(), waits.end(), -1);
    if (free != waits.end()) return int(free - waits.begin());
    waits.push_back(-1);
    return int(waits.size()) - 1;
  };
  for (size_t row = 0; row < nodes.size(); ++row) {
    const int node = layout.order[row];
    const auto first = std::find(waits.begin(), waits.end(), node);
    const int lane = first != waits.end() ? int(first - waits.begin()) : freeLane();
    layout.lanes[row] = lane;
    for (int& waiting : waits)
      if (waiting == node) waiting = -1;
    waits[size_t(lane)] = node; // taken while the other parents look for theirs
    bool own = true;            // the first parent's line stays in this lane
    for (const int parent : nodes[size_t(node)].parents) {
      if (rowOf[size_t(parent)] <= int(row)) continue; // a circle
      const auto there = std::find(waits.begin(), waits.end(), parent);
      const int to = !own && there != waits.end() ? int(there - waits.begin()) : own ? lane : freeLane();
      own = false;
      waits[size_t(to)] = parent;
      layout.edges.push_back({int(row), rowOf[size_t(parent)], lane, to, 0});
    }
    if (own) waits[size_t(lane)] = -1;
  }
  for (LaneEdge& edge : layout.edges) edge.parentLane = layout.lanes[size_t(edge.parentRow)];
  layout.width = int(waits.size());
  return layout;
}

} // namespace attune
