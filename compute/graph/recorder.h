// Turns a planned graph into a recording: binds memory to tensors and lets each node dispatch its programs.
#pragma once

#include "graph/graph.h"
#include "graph/plan.h"
#include "vulkan/recording.h"

#include <map>

namespace attune {

// Memory of the external tensors, by name.
using Bindings = std::map<std::string, vulkan::Slice>;

class Recorder {
public:
  Recorder(vulkan::Device& device, vulkan::Recording& recording, const Graph& graph, const Plan& plan, vulkan::Buffer* arena,
           const Bindings& bindings);

  vulkan::Device& device() { return device_; }
  vulkan::Recording& recording() { return recording_; }
  const Graph& graph() const { return graph_; }
  // The memory of a tensor; an empty slice for Tensor{}.
  vulkan::Slice slice(Tensor tensor) const;

  // Records every node of the plan. Throws Error naming an external tensor that has no binding, or one too small.
  void recordAll();

private:
  vulkan::Device& device_;
  vulkan::Recording& recording_;
  const Graph& graph_;
  const Plan& plan_;
  vulkan::Buffer* arena_;
  const Bindings& bindings_;
};

// A graph ready to run: its arena (shared with others that never run at the same time) and its recording.
class Executable {
public:
  // `arena` grows to what the plan needs; executables that were recorded on a smaller arena stay valid (they keep it).
  Executable(vulkan::Device& device, Graph graph, const Bindings& bindings, std::shared_ptr<vulkan::Buffer>& arena);

  void submit() { device_.submit(*recording_); }
  vulkan::Slice slice(Tensor tensor) const; // of a kept tensor
  std::vector<float> read(Tensor tensor) const; // waits, then copies a kept tensor to the host
  const Graph& graph() const { return graph_; }
  const Plan& plan() const { return plan_; }
  int dispatches() const { return recording_->dispatches(); }

private:
  vulkan::Device& device_;
  Graph graph_;
  Plan plan_;
  std::shared_ptr<vulkan::Buffer> arena_;
  Bindings bindings_;
  std::unique_ptr<vulkan::Recording> recording_;
};

} // namespace attune
