#include "ops/norm.h"

#include "graph/differentiate.h"
#include "ops/dispatch.h"

namespace attune {
namespace {

struct Size {
  uint32_t rows, columns;
};

Size sizeOf(const Graph& graph, Tensor x) { return {uint32_t(graph.rows(x)), uint32_t(graph.columns(x))}; }

// Many rows on a CPU device go a row a lane (shaders/row_walk.glsl): sums over lanes are slow there.
Spread spreadNorm(Recorder& r, const Size& size, std::initializer_list<uint32_t> more) {
  const vulkan::Limits& limits = r.device().limits();
  const bool laneARow = limits.isCpu && size.rows >= 4 * limits.subgroupSize;
  Spread spread = laneARow ? spreadFlat(limits, size.rows, more) : spreadRows(limits, size.rows, more);
  spread.specialization.push_back(laneARow);
  return spread;
}

// Inputs x, weight, dy, statistics, addend.
class NormInputGradient : public Operation {
public:
  explicit NormInputGradient(bool rms)
      : rms_(rms) {}
  const char* name() const override { return "norm.input_gradient"; }
  void record(Recorder& r, const Node& node) const override {
    const Size size = sizeOf(r.graph(), node.inputs[0]);
    const vulkan::Slice x = r.slice(node.inputs[0]), dx = r.slice(node.outputs[0]);
    const bool addend = bool(node.inputs[4]);
    run(r, "norm_input_gradient", spreadNorm(r, size, {size.columns % 4 == 0, rms_, addend}),
        {x, r.slice(node.inputs[1]), r.slice(node.inputs[2]), r.slice(node.inputs[3]),
         addend ? r.slice(node.inputs[4]) : x, dx, dx},
        size);
  }

private:
  bool rms_;
};

// Inputs x, dy, statistics, dweight, dbias; adds to the last two.
class NormWeightGradient : public Operation {
public:
  explicit NormWeightGradient(bool rms)
      : rms_(rms) {}
  const char* name() const override { return "norm.weight_gradient"; }
  void record(Recorder& r, const Node& node) const override {
    const Size size = sizeOf(r.graph(), node.inputs[0]);
    const vulkan::Slice dw = r.slice(node.inputs[3]);
    run(r, "norm_weight_gradient",
        spreadFlat(r.device().limits(), (size.columns + 3) / 4, {size.columns % 4 == 0, rms_}),
        {r.slice(node.inputs[0]), r.slice(node.inputs[1]), r.slice(node.inputs[2]), dw,
         rms_ ? dw : r.slice(node.inputs[4])},
        size);
  }

private:
  bool rms_;
};

// Inputs x, weight, bias; outputs y and the statistics [rows, 2] (mean, 1/deviation).
class Norm : public Operation {
public:
  Norm(bool rms, float epsilon)
      : rms_(rms)
      , epsilon_(epsilon) {}
  const char* name() const override { return rms_ ? "rms_norm" : "layer_norm"; }
  void differentiate(Graph& graph, const Node& node, Gradients& gradients) const override {
    const Tensor x = node.inputs[0], weight = node.inputs[1], bias = node.inputs[2];
    const Tensor dy = gradients.of(node.outputs[0]), statistics = node.outputs[1];
    if (const Tensor dw = gradients.accumulator(weight))
      graph.add(std::make_unique<NormWeightGradient>(rms_),
                {x, dy, statistics, dw, rms_ ? Tensor{} : gradients.accumulator(bias)}, {});
    if (gradients.wanted(x))
      gradients.put(x, graph.addOne(std::make_unique<NormInputGradient>(rms_),
                                    {x, weight, dy, statistics, gradients.take(x)}, graph.shape(x)));
  }
  void record(Recorder& r, const Node& node) const override {
    const Size size = sizeOf(r.graph(), node.inputs[0]);
    struct {
      Size size;
      float epsilon;
    } push{size, epsilon_};
    const vulkan::Slice weight = r.slice(node.inputs[1]), y = r.slice(node.outputs[0]);
    run(r, "norm_forward", spreadNorm(r, size, {size.columns % 4 == 0, rms_}),
        {r.slice(node.inputs[0]), weight, rms_ ? weight : r.slice(node.inputs[2]), y, y, r.slice(node.outputs[1])},
        push);
  }

private:
  bool rms_;
  float epsilon_;
};

Tensor norm(Graph& graph, bool rms, Tensor x, Tensor weight, Tensor bias, float epsilon) {
  return graph.add(std::make_unique<Norm>(rms, epsilon), {x, weight, bias}, {graph.shape(x), {graph.rows(x), 2}})[0];
}

} // namespace

Tensor layerNorm(Graph& graph, Tensor x, Tensor weight, Tensor bias, float epsilon) {
  return norm(graph, false, x, weight, bias, epsilon);
}

Tensor rmsNorm(Graph& graph, Tensor x, Tensor weight, float epsilon) {
  return norm(graph, true, x, weight, {}, epsilon);
}

} // namespace attune
