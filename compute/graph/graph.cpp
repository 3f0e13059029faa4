#include "graph/graph.h"

#include "error.h"

#include <algorithm>

namespace attune {

int64_t elementCount(const Shape& shape) {
  int64_t count = 1;
  for (int64_t dimension : shape) count *= dimension;
  return count;
}

std::string toString(const Shape& shape) {
  std::string text = "[";
  for (size_t i = 0; i < shape.size(); ++i) text += (i ? ", " : "") + std::to_string(shape[i]);
  return text + "]";
}

void Operation::differentiate(Graph&, const Node&, Gradients&) const {
  throw Error(std::string("the operation '") + name() + "' has no gradient");
}

Tensor Graph::external(std::string name, Shape shape) {
  tensors_.push_back({std::move(name), std::move(shape), Storage::External});
  return {int(tensors_.size()) - 1};
}

std::vector<Tensor> Graph::add(std::unique_ptr<Operation> operation, std::vector<Tensor> inputs, std::vector<Shape> outputs) {
  std::vector<Tensor> made;
  for (Shape& shape : outputs) {
    tensors_.push_back({operation->name(), std::move(shape), Storage::Planned, false, int(nodes_.size())});
    made.push_back({int(tensors_.size()) - 1});
  }
  nodes_.push_back({std::move(operation), {std::move(inputs), made}});
  return made;
}

Tensor Graph::addOne(std::unique_ptr<Operation> operation, std::vector<Tensor> inputs, Shape output) {
  return add(std::move(operation), std::move(inputs), {std::move(output)})[0];
}

int64_t Graph::rows(Tensor tensor) const {
  const Shape& s = shape(tensor);
  return s.empty() ? 1 : elementCount(s) / std::max<int64_t>(1, s.back());
}

int64_t Graph::columns(Tensor tensor) const {
  const Shape& s = shape(tensor);
  return s.empty() ? 1 : s.back();
}

bool Graph::isRead(Tensor tensor) const {
  return std::any_of(nodes_.begin() + tensors_[tensor.id].producer, nodes_.end(), [&](const Entry& entry) {
    return std::find(entry.node.inputs.begin(), entry.node.inputs.end(), tensor) != entry.node.inputs.end();
  });
}

} // namespace attune
