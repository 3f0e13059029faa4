#include "ops/weighted_sum.h"

#include "error.h"
#include "graph/differentiate.h"
#include "ops/dispatch.h"

namespace attune {
namespace {

class WeightedSum : public Operation {
public:
  const char* name() const override { return "weighted_sum"; }
  void differentiate(Graph&, const Node& node, Gradients& gradients) const override {
    if (gradients.of(node.outputs[0])) throw Error("a weighted sum is a loss: nothing may be computed from it");
    gradients.add(node.inputs[0], node.inputs[1]);
  }
  void record(Recorder& r, const Node& node) const override {
    struct { uint32_t count; } push{uint32_t(elementCount(r.graph().shape(node.inputs[0])))};
    run(r, "weighted_sum", spreadRows(r.device().limits(), 1),
        {r.slice(node.inputs[0]), r.slice(node.inputs[1]), r.slice(node.outputs[0])}, push);
  }
};

} // namespace

Tensor weightedSum(Graph& graph, Tensor a, Tensor weights) {
  if (elementCount(graph.shape(a)) != elementCount(graph.shape(weights))) throw Error("weightedSum: as many weights as values are needed");
  return graph.addOne(std::make_unique<WeightedSum>(), {a, weights}, {1});
}

} // namespace attune
