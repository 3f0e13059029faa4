#include "ops/rotary.h"

#include "graph/differentiate.h"
#include "ops/dispatch.h"

namespace attune {
namespace {

// Inputs x, positions, table.
class Rotary : public Operation {
public:
  explicit Rotary(float sign) : sign_(sign) {}
  const char* name() const override { return "rotary"; }
  void differentiate(Graph& graph, const Node& node, Gradients& gradients) const override {
    const Tensor dy = gradients.of(node.outputs[0]);
    gradients.add(node.inputs[0], graph.addOne(std::make_unique<Rotary>(-sign_), {dy, node.inputs[1], node.inputs[2]}, graph.shape(dy)));
  }
  void record(Recorder& r, const Node& node) const override {
    const Graph& graph = r.graph();
    const uint32_t headDim = uint32_t(graph.columns(node.inputs[2]));
    struct { uint32_t rows, heads, half; float sign; } push{uint32_t(graph.rows(node.inputs[0])),
                                                            uint32_t(graph.columns(node.inputs[0])) / headDim, headDim / 2, sign_};
    run(r, "rotary", spreadFlat(r.device().limits(), uint64_t(push.rows) * push.heads * push.half),
        {r.slice(node.inputs[0]), r.slice(node.inputs[1]), r.slice(node.inputs[2]), r.slice(node.outputs[0])}, push);
  }

private:
  float sign_;
};

} // namespace

Tensor rotary(Graph& graph, Tensor x, Tensor positions, Tensor table) {
  return graph.addOne(std::make_unique<Rotary>(1.0f), {x, positions, table}, graph.shape(x));
}

} // namespace attune
