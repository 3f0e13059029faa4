#include "ops/clipped_loss.h"

#include "error.h"
#include "graph/differentiate.h"
#include "ops/dispatch.h"

namespace attune {
namespace {

// Both have four inputs of one size; outputs the loss and its slope by the first input.
class ClippedLoss : public Operation {
public:
  ClippedLoss(const char* program, float range)
      : program_(program)
      , range_(range) {}
  const char* name() const override { return program_; }
  void differentiate(Graph&, const Node& node, Gradients& gradients) const override {
    if (gradients.of(node.outputs[0])) throw Error("a clipped loss is a loss: nothing may be computed from it");
    gradients.add(node.inputs[0], node.outputs[1]);
  }
  void record(Recorder& r, const Node& node) const override {
    struct {
      uint32_t count;
      float range;
    } push{uint32_t(elementCount(r.graph().shape(node.inputs[0]))), range_};
    run(r, program_, spreadRows(r.device().limits(), 1),
        {r.slice(node.inputs[0]), r.slice(node.inputs[1]), r.slice(node.inputs[2]), r.slice(node.inputs[3]),
         r.slice(node.outputs[0]), r.slice(node.outputs[1])},
        push);
  }

private:
  const char* program_;
  float range_;
};

Tensor clippedLoss(Graph& graph, const char* program, const std::vector<Tensor>& inputs, float range) {
  for (Tensor input : inputs)
    if (elementCount(graph.shape(input)) != elementCount(graph.shape(inputs[0])))
      throw Error(std::string(program) + ": all four inputs must have the same size, found " +
                  toString(graph.shape(input)) + " beside " + toString(graph.shape(inputs[0])));
  return graph.add(std::make_unique<ClippedLoss>(program, range), inputs, {{1}, graph.shape(inputs[0])})[0];
}

} // namespace

Tensor clippedPolicyLoss(Graph& graph, Tensor now, Tensor old, Tensor advantages, Tensor weights, float range) {
  return clippedLoss(graph, "clipped_policy_loss", {now, old, advantages, weights}, range);
}

Tensor clippedValueLoss(Graph& graph, Tensor values, Tensor old, Tensor returns, Tensor weights, float range) {
  return clippedLoss(graph, "clipped_value_loss", {values, old, returns, weights}, range);
}

} // namespace attune
