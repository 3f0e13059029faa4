#include "ops/sequence_sum.h"

#include "error.h"
#include "graph/differentiate.h"
#include "ops/dispatch.h"

namespace attune {
namespace {

struct Push {
  uint32_t rows, columns;
  float factor;
};

Push pushOf(const Graph& graph, Tensor mask, float factor) {
  return {uint32_t(graph.rows(mask)), uint32_t(graph.columns(mask)), factor};
}

// Inputs dy, mask.
class SequenceSumGradient : public Operation {
public:
  explicit SequenceSumGradient(float factor)
      : factor_(factor) {}
  const char* name() const override { return "sequence_sum.gradient"; }
  void record(Recorder& r, const Node& node) const override {
    const Push push = pushOf(r.graph(), node.inputs[1], factor_);
    run(r, "sequence_sum_gradient", spreadRows(r.device().limits(), push.rows),
        {r.slice(node.inputs[0]), r.slice(node.inputs[1]), r.slice(node.outputs[0])}, push);
  }

private:
  float factor_;
};

// Inputs x, mask, offset.
class SequenceSum : public Operation {
public:
  explicit SequenceSum(float factor)
      : factor_(factor) {}
  const char* name() const override { return "sequence_sum"; }
  void differentiate(Graph& graph, const Node& node, Gradients& gradients) const override {
    const Tensor dy = gradients.of(node.outputs[0]);
    gradients.add(node.inputs[0], graph.addOne(std::make_unique<SequenceSumGradient>(factor_), {dy, node.inputs[1]},
                                               graph.shape(node.inputs[0])));
  }
  void record(Recorder& r, const Node& node) const override {
    const Push push = pushOf(r.graph(), node.inputs[1], factor_);
    run(r, "sequence_sum", spreadRows(r.device().limits(), push.rows),
        {r.slice(node.inputs[0]), r.slice(node.inputs[1]), r.slice(node.inputs[2]), r.slice(node.outputs[0])}, push);
  }

private:
  float factor_;
};

} // namespace

Tensor sequenceSum(Graph& graph, Tensor x, Tensor mask, Tensor offset, float factor) {
  const int64_t rows = graph.rows(mask);
  if (elementCount(graph.shape(x)) != elementCount(graph.shape(mask)) || elementCount(graph.shape(offset)) != rows)
    throw Error("sequenceSum: " + toString(graph.shape(x)) + " values need as many masks and an offset a row");
  return graph.addOne(std::make_unique<SequenceSum>(factor), {x, mask, offset}, {rows});
}

} // namespace attune
