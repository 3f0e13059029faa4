#include "graph/plan.h"

#include <algorithm>

namespace attune {
namespace {

struct Life {
  int tensor = 0;
  int first = 0, last = 0; // places in the order
  uint64_t bytes = 0;
  uint64_t offset = 0;
};

// The lowest offset at which `life` fits beside those already placed that live at the same time.
uint64_t lowestFit(const Life& life, const std::vector<Life>& placed) {
  std::vector<std::pair<uint64_t, uint64_t>> taken;
  for (const Life& other : placed)
    if (other.first <= life.last && life.first <= other.last) taken.emplace_back(other.offset, other.offset + other.bytes);
  std::sort(taken.begin(), taken.end());
  uint64_t offset = 0;
  for (const auto& [begin, end] : taken) {
    if (offset + life.bytes <= begin) break;
    offset = std::max(offset, end);
  }
  return offset;
}

// Needed: a node that makes a kept tensor, accumulates into an external one (such nodes have no outputs), or makes what
// a needed node reads.
std::vector<int> neededNodes(const Graph& graph) {
  const auto& nodes = graph.nodes();
  std::vector<bool> read(graph.tensorCount(), false);
  std::vector<int> order;
  for (int i = int(nodes.size()) - 1; i >= 0; --i) {
    const Operation::Node& node = nodes[i].node;
    bool needed = node.outputs.empty();
    for (Tensor output : node.outputs) needed = needed || read[output.id] || graph.info(output).keep;
    if (!needed) continue;
    order.push_back(i);
    for (Tensor input : node.inputs)
      if (input) read[input.id] = true;
  }
  std::reverse(order.begin(), order.end());
  return order;
}

} // namespace

Plan::Plan(const Graph& graph) : order_(neededNodes(graph)), offsets_(graph.tensorCount(), notPlanned) {
  std::vector<Life> lives;
  std::vector<int> lifeOf(graph.tensorCount(), -1);
  const int end = int(order_.size());
  for (int place = 0; place < end; ++place) {
    const Operation::Node& node = graph.nodes()[order_[place]].node;
    for (Tensor output : node.outputs) {
      const uint64_t bytes = (uint64_t(elementCount(graph.shape(output))) * 4 + alignment - 1) / alignment * alignment;
      lifeOf[output.id] = int(lives.size());
      lives.push_back({output.id, place, graph.info(output).keep ? end : place, std::max(bytes, alignment)});
    }
    for (Tensor input : node.inputs)
      if (input && lifeOf[input.id] >= 0) lives[lifeOf[input.id]].last = std::max(lives[lifeOf[input.id]].last, place);
  }
  // Largest first, each at the lowest place that is free for its whole life.
  std::stable_sort(lives.begin(), lives.end(), [](const Life& a, const Life& b) { return a.bytes > b.bytes; });
  std::vector<Life> placed;
  for (Life& life : lives) {
    life.offset = lowestFit(life, placed);
    placed.push_back(life);
    offsets_[life.tensor] = life.offset;
    bytes_ = std::max(bytes_, life.offset + life.bytes);
  }
}

} // namespace attune
