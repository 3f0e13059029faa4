#include "ops/attention.h"

#include "graph/differentiate.h"
#include "graph/recorder.h"
#include "ops/attention_kernels.h"

#include <cmath>

namespace attune {
namespace {

HeadRows rowsOf(Recorder& r, const Columns& columns) {
  return {r.slice(columns.tensor), uint32_t(r.graph().columns(columns.tensor)), uint32_t(columns.first)};
}

float scaleOf(const HeadShape& shape) { return float(1 / std::sqrt(double(shape.headDim))); }

AttentionShape kernelShape(const HeadShape& shape) {
  AttentionShape s;
  s.batch = uint32_t(shape.batch);
  s.tokens = uint32_t(shape.length);
  s.heads = uint32_t(shape.heads);
  s.kvHeads = uint32_t(shape.kvHeads);
  s.headSize = uint32_t(shape.headDim);
  s.scale = scaleOf(shape);
  return s;
}

// The nodes keep where in their tensors q, k and v begin; the tensors themselves are inputs 0, 1 and 2.
class AttentionNode : public Operation {
public:
  AttentionNode(const QueryKeyValue& input, const HeadShape& shape)
      : first_{input.q.first, input.k.first, input.v.first}
      , shape_(shape) {}

protected:
  HeadRows part(Recorder& r, const Node& node, int which) const {
    return rowsOf(r, {node.inputs[size_t(which)], first_[which]});
  }
  int64_t first_[3];
  HeadShape shape_;
};

// Inputs q, k, v, o, do, lse; outputs the gradients of q, k and v: three, or one where all lie in one matrix.
class AttentionGradient : public AttentionNode {
public:
  using AttentionNode::AttentionNode;
  const char* name() const override { return "attention.gradient"; }
  void record(Recorder& r, const Node& node) const override {
    const auto gradient = [&](int which) {
      return rowsOf(r, {node.outputs[node.outputs.size() == 1 ? 0 : size_t(which)], first_[which]});
    };
    recordAttentionGradient(r.device(), r.recording(), kernelShape(shape_), part(r, node, 0), part(r, node, 1),
                            part(r, node, 2), rowsOf(r, {node.inputs[3]}), rowsOf(r, {node.inputs[4]}),
                            r.slice(node.inputs[5]), gradient(0), gradient(1), gradient(2));
  }
};

// Inputs q, k, v; outputs o and lse.
class Attention : public AttentionNode {
public:
  using AttentionNode::AttentionNode;
  const char* name() const override { return "attention"; }
  void differentiate(Graph& graph, const Node& node, Gradients& gradients) const override {
    const Tensor q = node.inputs[0], k = node.inputs[1], v = node.inputs[2];
    const QueryKeyValue input{{q, first_[0]}, {k, first_[1]}, {v, first_[2]}};
    const bool together = q == k && k == v;
    std::vector<Shape> shapes{graph.shape(q)};
    if (!together) shapes.insert(shapes.end(), {graph.shape(k), graph.shape(v)});
    const auto made = graph.add(std::make_unique<AttentionGradient>(input, shape_),
                                {q, k, v, node.outputs[0], gradients.of(node.outputs[0]), node.outputs[1]}, shapes);
    gradients.add(q, made[0]);
    if (together) return;
    gradients.add(k, made[1]);
    gradients.add(v, made[2]);
  }
  void record(Recorder& r, const Node& node) const override {
    recordAttention(r.device(), r.recording(), kernelShape(shape_), part(r, node, 0), part(r, node, 1),
                    part(r, node, 2), rowsOf(r, {node.outputs[0]}), r.slice(node.outputs[1]));
  }
};

// Inputs q, k, v.
class Probabilities : public AttentionNode {
public:
  using AttentionNode::AttentionNode;
  const char* name() const override { return "attention.probabilities"; }
  void record(Recorder& r, const Node& node) const override {
    recordAttentionLook(r.device(), r.recording(), kernelShape(shape_), part(r, node, 0), part(r, node, 1),
                        {0, 0, uint32_t(shape_.heads)}, r.slice(node.outputs[0]));
  }
};

// Inputs q, k, v, key cache, value cache, slots, positions; writes the caches.
class CachedAttention : public AttentionNode {
public:
  CachedAttention(const QueryKeyValue& input, const HeadShape& shape, bool oneEach)
      : AttentionNode(input, shape)
      , oneEach_(oneEach) {}
  const char* name() const override { return "attention.cached"; }
  void record(Recorder& r, const Node& node) const override {
    const Shape& cache = r.graph().shape(node.inputs[3]);
    CachedShape s;
    s.tokens = uint32_t(shape_.length);
    s.slots = uint32_t(cache[0]);
    s.context = uint32_t(cache[1]);
    s.heads = uint32_t(shape_.heads);
    s.kvHeads = uint32_t(shape_.kvHeads);
    s.headSize = uint32_t(shape_.headDim);
    s.scale = scaleOf(shape_);
    s.slot = r.slice(node.inputs[5]);
    s.position = r.slice(node.inputs[6]);
    const vulkan::Slice keys = r.slice(node.inputs[3]), values = r.slice(node.inputs[4]);
    if (oneEach_) {
      recordDecodingAttention(r.device(), r.recording(), s, part(r, node, 0), part(r, node, 1), part(r, node, 2), keys,
                              values, rowsOf(r, {node.outputs[0]}));
      return;
    }
    recordCacheWrite(r.device(), r.recording(), s, part(r, node, 1), part(r, node, 2), keys, values);
    recordCachedAttention(r.device(), r.recording(), s, part(r, node, 0), keys, values, rowsOf(r, {node.outputs[0]}));
  }

private:
  bool oneEach_;
};

Shape outputShape(const HeadShape& shape) { return {shape.batch * shape.length, shape.heads * shape.headDim}; }

} // namespace

Tensor attention(Graph& graph, const QueryKeyValue& input, const HeadShape& shape) {
  return graph.add(std::make_unique<Attention>(input, shape), {input.q.tensor, input.k.tensor, input.v.tensor},
                   {outputShape(shape), {shape.batch, shape.heads, shape.length}})[0];
}

Tensor attentionProbabilities(Graph& graph, const QueryKeyValue& input, const HeadShape& shape) {
  return graph.addOne(std::make_unique<Probabilities>(input, shape), {input.q.tensor, input.k.tensor, input.v.tensor},
                      {shape.heads, shape.length, shape.length});
}

Tensor cachedAttention(Graph& graph, const QueryKeyValue& input, Tensor keyCache, Tensor valueCache, Tensor slots,
                       Tensor positions, const HeadShape& shape, bool oneEach) {
  return graph.addOne(std::make_unique<CachedAttention>(input, shape, oneEach),
                      {input.q.tensor, input.k.tensor, input.v.tensor, keyCache, valueCache, slots, positions},
                      outputShape(shape));
}

} // namespace attune
