#include "ops/ranking_loss.h"

#include "error.h"
#include "graph/differentiate.h"
#include "ops/dispatch.h"

namespace attune {
namespace {

// Inputs pairs, slopes of the pairs.
class RankingLossGradient : public Operation {
public:
  const char* name() const override { return "ranking_loss.gradient"; }
  void record(Recorder& r, const Node& node) const override {
    struct {
      uint32_t scores, count;
    } push{uint32_t(elementCount(r.graph().shape(node.outputs[0]))), uint32_t(r.graph().rows(node.inputs[0]))};
    run(r, "ranking_loss_gradient", spreadFlat(r.device().limits(), push.scores),
        {r.slice(node.inputs[0]), r.slice(node.inputs[1]), r.slice(node.outputs[0])}, push);
  }
};

// Inputs scores, pairs, weights; outputs the loss and the slope of each pair's term.
class RankingLoss : public Operation {
public:
  explicit RankingLoss(RankingTerm term)
      : term_(term) {}
  const char* name() const override { return "ranking_loss"; }
  void differentiate(Graph& graph, const Node& node, Gradients& gradients) const override {
    if (gradients.of(node.outputs[0])) throw Error("a ranking loss is a loss: nothing may be computed from it");
    const Tensor scores = node.inputs[0];
    gradients.add(scores, graph.addOne(std::make_unique<RankingLossGradient>(), {node.inputs[1], node.outputs[1]},
                                       graph.shape(scores)));
  }
  void record(Recorder& r, const Node& node) const override {
    struct {
      uint32_t count;
    } push{uint32_t(r.graph().rows(node.inputs[1]))};
    run(r, "ranking_loss", spreadRows(r.device().limits(), 1, {term_ == RankingTerm::Hinge}),
        {r.slice(node.inputs[0]), r.slice(node.inputs[1]), r.slice(node.inputs[2]), r.slice(node.outputs[0]),
         r.slice(node.outputs[1])},
        push);
  }

private:
  RankingTerm term_;
};

} // namespace

Tensor rankingLoss(Graph& graph, Tensor scores, Tensor pairs, Tensor weights, RankingTerm term) {
  const int64_t count = graph.rows(pairs);
  if (graph.columns(pairs) != 2 || elementCount(graph.shape(weights)) != count)
    throw Error("rankingLoss: pairs must be [P, 2] and weights [P], found " + toString(graph.shape(pairs)) + " and " +
                toString(graph.shape(weights)));
  return graph.add(std::make_unique<RankingLoss>(term), {scores, pairs, weights}, {{1}, {count}})[0];
}

} // namespace attune
