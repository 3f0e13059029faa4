#include "ops/linear.h"

#include "error.h"
#include "graph/differentiate.h"
#include "graph/recorder.h"
#include "ops/matmul_kernels.h"

namespace attune {
namespace {

using Activation = MatmulArguments::Activation;

// y = x W or x Wᵀ, before what is fused into it.
MatmulArguments rowsTimes(Recorder& recorder, Tensor x, Tensor weight, Tensor y) {
  const Graph& graph = recorder.graph();
  MatmulArguments a;
  a.m = uint32_t(graph.rows(x));
  a.k = a.lda = uint32_t(graph.columns(x));
  a.n = a.ldc = a.ldResidual = uint32_t(graph.columns(y));
  a.ldb = uint32_t(graph.columns(weight));
  a.a = recorder.slice(x);
  a.b = recorder.slice(weight);
  a.c = recorder.slice(y);
  return a;
}

// y = gelu(x W + bias) + residual. Inputs x, weight, bias, residual; outputs y and, for GELU's gradient, x W + bias.
class Linear : public Operation {
public:
  Linear(WeightLayout layout, bool gelu)
      : layout_(layout)
      , gelu_(gelu) {}
  const char* name() const override { return "linear"; }
  void differentiate(Graph& graph, const Node& node, Gradients& gradients) const override;
  void record(Recorder& recorder, const Node& node) const override {
    const auto [x, weight, bias, residual] = std::tie(node.inputs[0], node.inputs[1], node.inputs[2], node.inputs[3]);
    MatmulArguments a = rowsTimes(recorder, x, weight, node.outputs[0]);
    a.bias = recorder.slice(bias);
    a.residual = recorder.slice(residual);
    if (gelu_) a.activation = Activation::Gelu;
    if (node.outputs.size() > 1) a.preActivation = recorder.slice(node.outputs[1]);
    recordMatmul(recorder.device(), recorder.recording(),
                 layout_ == WeightLayout::InOut ? MatmulLayout::NN : MatmulLayout::NT, a);
  }

private:
  WeightLayout layout_;
  bool gelu_;
};

// dx = dy Wᵀ (+ what x's gradient has so far), times gelu'(pre-activation) when the operation before was a GELU.
// Inputs dy, weight, addend, pre-activation.
class LinearInputGradient : public Operation {
public:
  explicit LinearInputGradient(WeightLayout layout)
      : layout_(layout) {}
  const char* name() const override { return "linear.input_gradient"; }
  void record(Recorder& recorder, const Node& node) const override {
    const auto [dy, weight, addend, preActivation] =
        std::tie(node.inputs[0], node.inputs[1], node.inputs[2], node.inputs[3]);
    MatmulArguments a = rowsTimes(recorder, dy, weight, node.outputs[0]);
    a.residual = recorder.slice(addend);
    if (preActivation) a.activation = Activation::GeluGradient;
    a.preActivation = recorder.slice(preActivation);
    recordMatmul(recorder.device(), recorder.recording(),
                 layout_ == WeightLayout::InOut ? MatmulLayout::NT : MatmulLayout::NN, a);
  }

private:
  WeightLayout layout_;
};

// dW += xᵀ dy (or dyᵀ x), dbias += the column sums of dy. Inputs x, dy, dW, dbias; no outputs.
class LinearWeightGradient : public Operation {
public:
  explicit LinearWeightGradient(WeightLayout layout)
      : layout_(layout) {}
  const char* name() const override { return "linear.weight_gradient"; }
  void record(Recorder& recorder, const Node& node) const override {
    const Graph& graph = recorder.graph();
    const bool inOut = layout_ == WeightLayout::InOut;
    const Tensor first = node.inputs[inOut ? 0 : 1], second = node.inputs[inOut ? 1 : 0];
    MatmulArguments a;
    a.m = a.lda = uint32_t(graph.columns(first));
    a.n = a.ldb = a.ldc = uint32_t(graph.columns(second));
    a.k = uint32_t(graph.rows(first));
    a.a = recorder.slice(first);
    a.b = recorder.slice(second);
    a.c = recorder.slice(node.inputs[2]);
    a.accumulate = true;
    a.columnSums = recorder.slice(node.inputs[3]);
    recordMatmul(recorder.device(), recorder.recording(), MatmulLayout::TN, a);
  }

private:
  WeightLayout layout_;
};

// d(pre-activation) = dy gelu'(pre-activation), as a fold into the product that made dy.
Tensor throughGelu(Graph& graph, Tensor dy, Tensor preActivation) {
  if (!graph.foldable<LinearInputGradient>(dy) || graph.producerOf(dy).inputs[2])
    throw Error("a linear layer with GELU must be followed by a linear layer alone");
  graph.producerOf(dy).inputs[3] = preActivation;
  return dy;
}

void Linear::differentiate(Graph& graph, const Node& node, Gradients& gradients) const {
  const auto [x, weight, bias, residual] = std::tie(node.inputs[0], node.inputs[1], node.inputs[2], node.inputs[3]);
  Tensor dy = gradients.of(node.outputs[0]);
  if (residual) gradients.add(residual, dy);
  if (gelu_) dy = throughGelu(graph, dy, node.outputs.at(1));
  if (gradients.wanted(x))
    gradients.put(x, graph.addOne(std::make_unique<LinearInputGradient>(layout_), {dy, weight, gradients.take(x), {}},
                                  graph.shape(x)));
  const Tensor dbias = bias ? gradients.accumulator(bias) : Tensor{};
  if (dbias && layout_ == WeightLayout::OutIn) throw Error("the gradient of a bias needs the weight as [in, out]");
  if (const Tensor dw = gradients.accumulator(weight))
    graph.add(std::make_unique<LinearWeightGradient>(layout_), {x, dy, dw, dbias}, {});
}

} // namespace

Tensor linear(Graph& graph, Tensor x, Tensor weight, WeightLayout layout, const LinearOptions& options) {
  const bool inOut = layout == WeightLayout::InOut;
  const Shape& w = graph.shape(weight);
  if (w.size() != 2 || w[inOut ? 0 : 1] != graph.columns(x))
    throw Error("linear: the weight '" + graph.info(weight).name + "' is " + toString(w) + ", the input " +
                toString(graph.shape(x)));
  Shape shape = graph.shape(x);
  shape.back() = w[inOut ? 1 : 0];
  std::vector<Shape> outputs{shape};
  if (options.gelu && options.training) outputs.push_back(shape);
  return graph.add(std::make_unique<Linear>(layout, options.gelu), {x, weight, options.bias, options.residual},
                   outputs)[0];
}

} // namespace attune
