// Reverse-mode differentiation: walks the nodes backwards and lets each append the nodes of its gradient.
#pragma once

#include "graph/graph.h"

#include <map>
#include <string>

namespace attune {

// External tensors to differentiate for, by name, and the external tensors that their gradients are added to.
using Accumulators = std::map<std::string, Tensor>;

// The gradients known so far while the walk goes backwards. An operation takes the part that a tensor already has
// (`take`), adds its own in the same kernel where it can, and puts the sum back; or it calls `add`, which appends a sum.
class Gradients {
public:
  // Whether anything that is differentiated for depends on this tensor.
  bool wanted(Tensor tensor) const;
  // Gradient of an output that the walk has completed; Tensor{} when nothing depends on it.
  Tensor of(Tensor tensor) const;
  Tensor take(Tensor tensor);               // the part so far, to be folded into the next `put`; Tensor{} if none
  void put(Tensor tensor, Tensor gradient); // replaces
  void add(Tensor tensor, Tensor gradient);
  // The external tensor that an external tensor's gradient is added to in place; Tensor{} if not wanted.
  Tensor accumulator(Tensor parameter) const;

private:
  friend void differentiate(Graph&, Tensor, const Accumulators&);
  Gradients(Graph& graph, const Accumulators& accumulators);

  Graph& graph_;
  const Accumulators& accumulators_;
  std::map<int, Tensor> parts_;
  std::vector<bool> wanted_; // by tensor
};

// Appends the backward pass of the scalar `loss`, whose own gradient is 1 (the operation that makes a loss knows).
void differentiate(Graph& graph, Tensor loss, const Accumulators& accumulators);

} // namespace attune
