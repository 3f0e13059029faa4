#include "ops/gated_unit.h"

#include "graph/differentiate.h"
#include "ops/dispatch.h"

namespace attune {
namespace {

// Inputs gate, up and, for the gradient, dy; outputs y, or the gradients of gate and up.
class GatedUnit : public Operation {
public:
  explicit GatedUnit(bool gradient) : gradient_(gradient) {}
  const char* name() const override { return gradient_ ? "gated_unit.gradient" : "gated_unit"; }
  void differentiate(Graph& graph, const Node& node, Gradients& gradients) const override {
    const Tensor gate = node.inputs[0], up = node.inputs[1];
    const auto made = graph.add(std::make_unique<GatedUnit>(true), {gate, up, gradients.of(node.outputs[0])},
                                {graph.shape(gate), graph.shape(up)});
    gradients.add(gate, made[0]);
    gradients.add(up, made[1]);
  }
  void record(Recorder& r, const Node& node) const override {
    struct { uint32_t count4; } push{vec4Count(r.graph(), node.outputs[0])};
    const vulkan::Slice gate = r.slice(node.inputs[0]), first = r.slice(node.outputs[0]);
    run(r, "gated_unit", spreadFlat(r.device().limits(), push.count4, {gradient_}),
        {gate, r.slice(node.inputs[1]), gradient_ ? r.slice(node.inputs[2]) : gate, first, gradient_ ? r.slice(node.outputs[1]) : first}, push);
  }

private:
  bool gradient_;
};

} // namespace

Tensor gatedUnit(Graph& graph, Tensor gate, Tensor up) {
  return graph.addOne(std::make_unique<GatedUnit>(false), {gate, up}, graph.shape(gate));
}

} // namespace attune
