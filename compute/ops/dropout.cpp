#include "ops/dropout.h"

#include "graph/differentiate.h"
#include "ops/dispatch.h"

namespace attune {
namespace {

// Inputs x, residual, step.
class Dropout : public Operation {
public:
  Dropout(float probability, uint32_t layer)
      : probability_(probability)
      , layer_(layer) {}
  const char* name() const override { return "dropout"; }
  void differentiate(Graph& graph, const Node& node, Gradients& gradients) const override {
    const Tensor dy = gradients.of(node.outputs[0]);
    if (node.inputs[1]) gradients.add(node.inputs[1], dy);
    gradients.add(node.inputs[0], dropout(graph, dy, probability_, {}, node.inputs[2], layer_));
  }
  void record(Recorder& r, const Node& node) const override {
    struct {
      uint32_t count4, layer;
      float probability;
    } push{vec4Count(r.graph(), node.outputs[0]), layer_, probability_};
    const vulkan::Slice x = r.slice(node.inputs[0]);
    const bool residual = bool(node.inputs[1]);
    run(r, "dropout", spreadFlat(r.device().limits(), push.count4, {residual}),
        {x, residual ? r.slice(node.inputs[1]) : x, r.slice(node.inputs[2]), r.slice(node.outputs[0])}, push);
  }

private:
  float probability_;
  uint32_t layer_;
};

} // namespace

Tensor dropout(Graph& graph, Tensor x, float probability, Tensor residual, Tensor step, uint32_t layer) {
  return graph.addOne(std::make_unique<Dropout>(probability, layer), {x, residual, step}, graph.shape(x));
}

} // namespace attune
