#include "ops/add.h"

#include "error.h"
#include "graph/differentiate.h"
#include "ops/dispatch.h"

namespace attune {
namespace {

class Add : public Operation {
public:
  const char* name() const override { return "add"; }
  void differentiate(Graph&, const Node& node, Gradients& gradients) const override {
    const Tensor dy = gradients.of(node.outputs[0]);
    gradients.add(node.inputs[0], dy);
    gradients.add(node.inputs[1], dy);
  }
  // An accumulation has no output: the sum goes back to the second input.
  void record(Recorder& recorder, const Node& node) const override {
    struct {
      uint32_t count4;
    } push{vec4Count(recorder.graph(), node.inputs[0])};
    const vulkan::Slice b = recorder.slice(node.inputs[1]);
    run(recorder, "add", spreadFlat(recorder.device().limits(), push.count4),
        {recorder.slice(node.inputs[0]), b, node.outputs.empty() ? b : recorder.slice(node.outputs[0])}, push);
  }
};

} // namespace

Tensor add(Graph& graph, Tensor a, Tensor b) {
  if (graph.shape(a) != graph.shape(b))
    throw Error("cannot add " + toString(graph.shape(a)) + " and " + toString(graph.shape(b)));
  return graph.addOne(std::make_unique<Add>(), {a, b}, graph.shape(a));
}

void accumulate(Graph& graph, Tensor a, Tensor sum) { graph.add(std::make_unique<Add>(), {a, sum}, {}); }

} // namespace attune
