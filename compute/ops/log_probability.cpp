#include "ops/log_probability.h"

#include "graph/differentiate.h"
#include "ops/dispatch.h"
#include "ops/matmul_kernels.h"

namespace attune {
namespace {

constexpr int64_t mostLogits = 16 << 20; // floats held at once: 64 MiB

// Rows of logits are padded to whole texels.
uint32_t strideOf(int64_t vocabulary) { return uint32_t((vocabulary + 3) / 4 * 4); }

// Rows whose logits are held at once; all of them where they fit, and then backward need not compute them again.
int64_t rowsAtOnce(int64_t rows, int64_t vocabulary) {
  return std::min(rows, std::max<int64_t>(mostLogits / strideOf(vocabulary) / 32 * 32, 32));
}

vulkan::Slice rowsOf(vulkan::Slice slice, uint64_t first, uint64_t count, uint64_t columns) {
  return {slice.buffer, slice.offset + first * columns * 4, count * columns * 4};
}

struct Sizes {
  uint32_t rows, columns, vocabulary, stride, chunk;
  Sizes(const Graph& graph, Tensor x, Tensor weight)
      : rows(uint32_t(graph.rows(x))), columns(uint32_t(graph.columns(x))), vocabulary(uint32_t(graph.rows(weight))),
        stride(strideOf(vocabulary)), chunk(uint32_t(rowsAtOnce(rows, vocabulary))) {}
};

// logits = x[first ...] weightᵀ for `count` rows.
void recordLogits(Recorder& r, const Sizes& s, vulkan::Slice x, vulkan::Slice weight, vulkan::Slice logits, uint32_t first, uint32_t count) {
  MatmulArguments a;
  a.m = count;
  a.n = s.vocabulary;
  a.k = a.lda = a.ldb = s.columns;
  a.ldc = s.stride;
  a.offsetA = first * s.columns;
  a.a = x;
  a.b = weight;
  a.c = logits;
  recordMatmul(r.device(), r.recording(), MatmulLayout::NT, a);
}

struct RowsPush {
  uint32_t rows, columns, stride, firstRow;
};

// Inputs x, weight, targets, log sums, d(log probability), logits, addend of dx, dweight; outputs dx, dlogits (scratch) and, where the
// logits were not kept, scratch for them.
class LogProbabilityGradient : public Operation {
public:
  const char* name() const override { return "log_probability.gradient"; }
  void record(Recorder& r, const Node& node) const override {
    const Sizes s(r.graph(), node.inputs[0], node.inputs[1]);
    const vulkan::Slice x = r.slice(node.inputs[0]), weight = r.slice(node.inputs[1]);
    const bool kept = node.outputs.size() == 2;
    const vulkan::Slice dx = r.slice(node.outputs[0]), dlogits = r.slice(node.outputs[1]);
    const vulkan::Slice logits = r.slice(kept ? node.inputs[5] : node.outputs[2]);
    for (uint32_t first = 0; first < s.rows; first += s.chunk) {
      const uint32_t count = std::min(s.chunk, s.rows - first);
      if (!kept) recordLogits(r, s, x, weight, logits, first, count);
      run(r, "log_probability_gradient", spreadRows(r.device().limits(), count),
          {logits, r.slice(node.inputs[2]), r.slice(node.inputs[3]), r.slice(node.inputs[4]), dlogits},
          RowsPush{count, s.vocabulary, s.stride, first});
      MatmulArguments a; // dx = dlogits weight (+ addend)
      a.m = count;
      a.n = a.ldb = a.ldc = a.ldResidual = s.columns;
      a.k = s.vocabulary;
      a.lda = s.stride;
      a.a = dlogits;
      a.b = weight;
      a.c = dx;
      a.offsetC = first * s.columns;
      if (node.inputs[6]) a.residual = rowsOf(r.slice(node.inputs[6]), first, count, s.columns);
      recordMatmul(r.device(), r.recording(), MatmulLayout::NN, a);
      if (!node.inputs[7]) continue;
      MatmulArguments w; // dweight += dlogitsᵀ x
      w.m = s.vocabulary;
      w.n = w.ldb = w.ldc = s.columns;
      w.k = count;
      w.lda = s.stride;
      w.offsetB = first * s.columns;
      w.a = dlogits;
      w.b = x;
      w.c = r.slice(node.inputs[7]);
      w.accumulate = true;
      recordMatmul(r.device(), r.recording(), MatmulLayout::TN, w);
    }
  }
};

// Inputs x, weight, targets; outputs log probabilities, log sums, logits (of all rows, or scratch) and, where asked for,
// entropies.
class LogProbability : public Operation {
public:
  const char* name() const override { return "log_probability"; }
  void differentiate(Graph& graph, const Node& node, Gradients& gradients) const override {
    const Tensor x = node.inputs[0], weight = node.inputs[1];
    const Tensor d = gradients.of(node.outputs[0]);
    const Shape logits = graph.shape(node.outputs[2]);
    const bool kept = logits[0] == graph.rows(x);
    std::vector<Shape> outputs{graph.shape(x), logits};
    if (!kept) outputs.push_back(logits);
    const Tensor dx = graph.add(std::make_unique<LogProbabilityGradient>(),
                                {x, weight, node.inputs[2], node.outputs[1], d, kept ? node.outputs[2] : Tensor{}, gradients.take(x),
                                 gradients.accumulator(weight)},
                                outputs)[0];
    gradients.put(x, dx);
  }
  void record(Recorder& r, const Node& node) const override {
    const Sizes s(r.graph(), node.inputs[0], node.inputs[1]);
    const vulkan::Slice logits = r.slice(node.outputs[2]);
    for (uint32_t first = 0; first < s.rows; first += s.chunk) {
      const uint32_t count = std::min(s.chunk, s.rows - first);
      recordLogits(r, s, r.slice(node.inputs[0]), r.slice(node.inputs[1]), logits, first, count);
      run(r, "log_probability", spreadRows(r.device().limits(), count),
          {logits, r.slice(node.inputs[2]), r.slice(node.outputs[0]), r.slice(node.outputs[1])},
          RowsPush{count, s.vocabulary, s.stride, first});
      if (node.outputs.size() > 3)
        run(r, "entropy", spreadRows(r.device().limits(), count), {logits, r.slice(node.outputs[1]), r.slice(node.outputs[3])},
            RowsPush{count, s.vocabulary, s.stride, first});
    }
  }
};

} // namespace

WithEntropy logProbabilityAndEntropy(Graph& graph, Tensor x, Tensor weight, Tensor targets) {
  const int64_t rows = graph.rows(x), vocabulary = graph.rows(weight);
  const std::vector<Tensor> made = graph.add(std::make_unique<LogProbability>(), {x, weight, targets},
                                             {{rows}, {rows}, {rowsAtOnce(rows, vocabulary), int64_t(strideOf(vocabulary))}, {rows}});
  return {made[0], made[3]};
}

Tensor logProbability(Graph& graph, Tensor x, Tensor weight, Tensor targets) {
  const int64_t rows = graph.rows(x), vocabulary = graph.rows(weight);
  return graph.add(std::make_unique<LogProbability>(), {x, weight, targets},
                   {{rows}, {rows}, {rowsAtOnce(rows, vocabulary), int64_t(strideOf(vocabulary))}})[0];
}

} // namespace attune
