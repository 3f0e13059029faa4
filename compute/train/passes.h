// Graphs of one model, recorded once a shape and replayed, with their inputs in memory that the host writes.
#pragma once

#include "model/model.h"

#include <functional>
#include <map>

namespace attune {

// What a pass computes: a graph and the tensors to be read afterwards, by name (they are kept).
struct PassGraph {
  Graph graph;
  std::map<std::string, Tensor> outputs;
};

class Pass {
public:
  // Every external tensor that has no binding is an input of the pass.
  Pass(vulkan::Device& device, PassGraph made, Bindings bindings, std::shared_ptr<vulkan::Buffer>& arena);

  // An input's memory, to be filled before `submit`. Throws Error for a name that the graph does not have.
  std::span<float> numbers(const std::string& name) const;
  std::span<int32_t> integers(const std::string& name) const;
  bool has(const std::string& name) const { return places_.contains(name); }

  void submit() { executable_->submit(); }
  std::vector<float> read(const std::string& output) const { return executable_->read(outputs_.at(output)); } // waits

private:
  struct Place {
    uint64_t offset = 0, count = 0;
  };
  std::map<std::string, Place> places_;
  std::map<std::string, Tensor> outputs_;
  std::unique_ptr<vulkan::Buffer> inputs_;
  std::unique_ptr<Executable> executable_;
};

class Passes {
public:
  // Without `gradients` only forward passes can be made.
  Passes(std::shared_ptr<Model> model, ParameterBlock* gradients);

  // The pass of this key, made by `build` the first time. Valid until the next call.
  Pass& get(const std::vector<int64_t>& key, const std::function<PassGraph()>& build);
  Model& model() const { return *model_; }

private:
  std::shared_ptr<Model> model_;
  ParameterBlock* gradients_;
  std::shared_ptr<vulkan::Buffer> arena_;
  std::map<std::vector<int64_t>, std::shared_ptr<Pass>> passes_;
};

} // namespace attune
