#include "ops/scale.h"

#include "graph/differentiate.h"
#include "ops/dispatch.h"

namespace attune {
namespace {

class Scale : public Operation {
public:
  explicit Scale(float factor)
      : factor_(factor) {}
  const char* name() const override { return "scale"; }
  void differentiate(Graph& graph, const Node& node, Gradients& gradients) const override {
    gradients.add(node.inputs[0], scale(graph, gradients.of(node.outputs[0]), factor_));
  }
  void record(Recorder& r, const Node& node) const override {
    struct {
      uint32_t count4;
      float factor;
    } push{vec4Count(r.graph(), node.outputs[0]), factor_};
    run(r, "scale", spreadFlat(r.device().limits(), push.count4), {r.slice(node.inputs[0]), r.slice(node.outputs[0])},
        push);
  }

private:
  float factor_;
};

} // namespace

Tensor scale(Graph& graph, Tensor x, float factor) {
  return graph.addOne(std::make_unique<Scale>(factor), {x}, graph.shape(x));
}

} // namespace attune
