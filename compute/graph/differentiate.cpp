#include "graph/differentiate.h"

#include "error.h"
#include "ops/add.h"

namespace attune {

Gradients::Gradients(Graph& graph, const Accumulators& accumulators)
    : graph_(graph), accumulators_(accumulators), wanted_(graph.tensorCount(), false) {
  for (int id = 0; id < graph.tensorCount(); ++id) wanted_[id] = bool(accumulator({id}));
  for (const Graph::Entry& entry : graph.nodes()) {
    bool any = false;
    for (Tensor input : entry.node.inputs) any = any || wanted(input);
    for (Tensor output : entry.node.outputs) wanted_[output.id] = any;
  }
}

bool Gradients::wanted(Tensor tensor) const { return tensor && tensor.id < int(wanted_.size()) && wanted_[tensor.id]; }

Tensor Gradients::of(Tensor tensor) const {
  const auto found = parts_.find(tensor.id);
  return found == parts_.end() ? Tensor{} : found->second;
}

Tensor Gradients::take(Tensor tensor) {
  const Tensor part = of(tensor);
  parts_.erase(tensor.id);
  return part;
}

void Gradients::put(Tensor tensor, Tensor gradient) { parts_[tensor.id] = gradient; }

void Gradients::add(Tensor tensor, Tensor gradient) {
  if (!wanted(tensor)) return;
  const Tensor part = of(tensor);
  put(tensor, part ? attune::add(graph_, part, gradient) : gradient);
}

Tensor Gradients::accumulator(Tensor parameter) const {
  const GraphTensor& info = graph_.info(parameter);
  if (info.storage != Storage::External) return {};
  const auto found = accumulators_.find(info.name);
  return found == accumulators_.end() ? Tensor{} : found->second;
}

void differentiate(Graph& graph, Tensor loss, const Accumulators& accumulators) {
  Gradients gradients(graph, accumulators);
  if (!gradients.wanted(loss)) throw Error("the loss depends on none of the tensors to differentiate for");
  for (int i = int(graph.nodes().size()) - 1; i >= 0; --i) {
    const Operation::Node node = graph.nodes()[i].node; // a copy: nodes are appended meanwhile
    bool reached = false;
    for (Tensor output : node.outputs)
      reached = reached || (gradients.wanted(output) && (output == loss || gradients.of(output)));
    if (reached) graph.nodes()[i].operation->differentiate(graph, node, gradients);
  }
  // What reached an external tensor as an ordinary gradient (most operations add to accumulators themselves).
  for (const auto& [id, gradient] : gradients.parts_)
    if (const Tensor sum = gradients.accumulator({id})) accumulate(graph, gradient, sum);
}

} // namespace attune
