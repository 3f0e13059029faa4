// A computation written down before it runs: tensors, and nodes that make tensors from tensors.
//
// A model reads as its formulas do (`x = add(attention(...), x)`); `differentiate` appends the backward nodes to the same
// graph (differentiate.h), a Plan gives every tensor its memory (plan.h), and a recording replays the nodes on a device.
// Tensors are written once, except the external ones that a node without outputs accumulates into (gradients of
// parameters, caches).
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace attune {

class Gradients;
class Recorder;
class Graph;

// Dense and row-major. Every element has four bytes.
using Shape = std::vector<int64_t>;
int64_t elementCount(const Shape& shape);
std::string toString(const Shape& shape); // "[12, 64, 128]"

// A tensor of one graph; a small handle.
struct Tensor {
  int id = -1;
  explicit operator bool() const { return id >= 0; }
  bool operator==(const Tensor&) const = default;
};

// Where a tensor's memory comes from.
enum class Storage {
  Planned,  // the plan's: shared with tensors that live at other times
  External, // bound by name from outside: parameters, gradients, inputs, caches
};

struct GraphTensor {
  std::string name; // of external tensors; for planned ones what made them, for messages
  Shape shape;
  Storage storage = Storage::Planned;
  bool keep = false; // a planned tensor that must still be there when the recording has run
  int producer = -1; // the node that makes it; -1 for external ones
};

// What a node does. One class an operation, in one file pair of ops/, which also holds its shapes, its backward nodes and
// the program that it runs.
class Operation {
public:
  struct Node {
    std::vector<Tensor> inputs; // an absent optional input is Tensor{}
    std::vector<Tensor> outputs;
  };
  virtual ~Operation() = default;
  virtual const char* name() const = 0;
  // Appends the nodes that carry the gradients of the outputs to the inputs. Operations that are themselves parts of a
  // backward pass have none: the default throws.
  virtual void differentiate(Graph& graph, const Node& node, Gradients& gradients) const;
  virtual void record(Recorder& recorder, const Node& node) const = 0;
};

class Graph {
public:
  Tensor external(std::string name, Shape shape);
  // Adds a node with outputs of these shapes and returns them.
  std::vector<Tensor> add(std::unique_ptr<Operation> operation, std::vector<Tensor> inputs, std::vector<Shape> outputs);
  Tensor addOne(std::unique_ptr<Operation> operation, std::vector<Tensor> inputs, Shape output);

  void keep(Tensor tensor) { tensors_[tensor.id].keep = true; }

  const GraphTensor& info(Tensor tensor) const { return tensors_[tensor.id]; }
  const Shape& shape(Tensor tensor) const { return tensors_[tensor.id].shape; }
  int64_t rows(Tensor tensor) const;    // product of all dimensions but the last
  int64_t columns(Tensor tensor) const; // the last dimension
  int tensorCount() const { return int(tensors_.size()); }

  struct Entry {
    std::unique_ptr<Operation> operation;
    Operation::Node node;
  };
  const std::vector<Entry>& nodes() const { return nodes_; }

  // The operation that makes a tensor, if it is a T and nothing reads the tensor yet: what comes next may still fold
  // itself into it (an activation's gradient into the product before it).
  template <class T>
  T* foldable(Tensor tensor) {
    const int producer = tensors_[tensor.id].producer;
    if (producer < 0 || tensors_[tensor.id].keep || isRead(tensor)) return nullptr;
    return dynamic_cast<T*>(nodes_[producer].operation.get());
  }
  // The node that makes `tensor`, to set an input in a fold.
  Operation::Node& producerOf(Tensor tensor) { return nodes_[tensors_[tensor.id].producer].node; }

private:
  bool isRead(Tensor tensor) const;

  std::vector<GraphTensor> tensors_;
  std::vector<Entry> nodes_;
};

} // namespace attune
