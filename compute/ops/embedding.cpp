#include "ops/embedding.h"

#include "graph/differentiate.h"
#include "ops/dispatch.h"

namespace attune {
namespace {

// Inputs dy, numbers, order, dtable; adds to the last.
class EmbedGradient : public Operation {
public:
  const char* name() const override { return "embed.gradient"; }
  void record(Recorder& r, const Node& node) const override {
    const Graph& graph = r.graph();
    const uint32_t rows = uint32_t(graph.rows(node.inputs[0])), columns = uint32_t(graph.columns(node.inputs[0]));
    const vulkan::Slice table = r.slice(node.inputs[3]);
    const uint32_t all = uint32_t(graph.rows(node.inputs[3]));
    // Parts that a storage binding can hold, each beginning at an aligned row.
    const uint32_t part = uint32_t(std::max<uint64_t>(r.device().limits().maxStorageRange / (columns * 4ull) / 64 * 64, 64));
    for (uint32_t first = 0; first < all; first += part) {
      struct { uint32_t rows, columns, firstId, idCount; } push{rows, columns, first, std::min(part, all - first)};
      const uint64_t begin = uint64_t(first) * columns * 4;
      const vulkan::Slice slice{table.buffer, table.offset + begin, std::min<uint64_t>(uint64_t(push.idCount) * columns * 4, table.size - begin)};
      run(r, "embed_gradient", spreadRows(r.device().limits(), rows, {columns % 4 == 0}),
          {r.slice(node.inputs[0]), r.slice(node.inputs[1]), r.slice(node.inputs[2]), slice}, push);
    }
  }
};

// Inputs tokens, ids, order of ids, places, positions, order of positions.
class Embed : public Operation {
public:
  const char* name() const override { return "embed"; }
  void differentiate(Graph& graph, const Node& node, Gradients& gradients) const override {
    const Tensor dy = gradients.of(node.outputs[0]);
    for (int table : {0, 3}) {
      const Tensor accumulator = node.inputs[table] ? gradients.accumulator(node.inputs[table]) : Tensor{};
      if (accumulator) graph.add(std::make_unique<EmbedGradient>(), {dy, node.inputs[table + 1], node.inputs[table + 2], accumulator}, {});
    }
  }
  void record(Recorder& r, const Node& node) const override {
    const Graph& graph = r.graph();
    struct { uint32_t rows, columns; } push{uint32_t(graph.rows(node.outputs[0])), uint32_t(graph.columns(node.outputs[0]))};
    const bool placed = bool(node.inputs[3]);
    const vulkan::Slice tokens = r.slice(node.inputs[0]), ids = r.slice(node.inputs[1]), y = r.slice(node.outputs[0]);
    run(r, "embed", spreadRows(r.device().limits(), push.rows, {push.columns % 4 == 0, placed}),
        {tokens, placed ? r.slice(node.inputs[3]) : tokens, ids, placed ? r.slice(node.inputs[4]) : ids, y, y}, push);
  }
};

} // namespace

Tensor embed(Graph& graph, Tensor tokens, RowChoice ids, Tensor places, RowChoice positions) {
  return graph.addOne(std::make_unique<Embed>(), {tokens, ids.numbers, ids.order, places, positions.numbers, positions.order},
                      {graph.rows(ids.numbers) * graph.columns(ids.numbers), graph.columns(tokens)});
}

} // namespace attune
