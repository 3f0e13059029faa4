#include "train/passes.h"

#include "error.h"

namespace attune {

Pass::Pass(vulkan::Device& device, PassGraph made, Bindings bindings, std::shared_ptr<vulkan::Buffer>& arena)
    : outputs_(std::move(made.outputs)) {
  uint64_t bytes = 0;
  for (int id = 0; id < made.graph.tensorCount(); ++id) {
    const GraphTensor& info = made.graph.info({id});
    if (info.storage != Storage::External || bindings.contains(info.name)) continue;
    const uint64_t count = uint64_t(elementCount(info.shape));
    places_[info.name] = {bytes, count};
    bytes += (count * 4 + Plan::alignment - 1) / Plan::alignment * Plan::alignment;
  }
  inputs_ = device.allocate(std::max<uint64_t>(bytes, Plan::alignment), vulkan::Memory::Upload, "batch");
  for (const auto& [name, place] : places_)
    bindings[name] = {inputs_.get(), place.offset,
                      (place.count * 4 + Plan::alignment - 1) / Plan::alignment * Plan::alignment};
  for (const auto& [name, tensor] : outputs_) made.graph.keep(tensor);
  executable_ = std::make_unique<Executable>(device, std::move(made.graph), bindings, arena);
}

std::span<float> Pass::numbers(const std::string& name) const {
  const auto found = places_.find(name);
  if (found == places_.end()) throw Error("the pass has no input '" + name + "'");
  return {reinterpret_cast<float*>(inputs_->mapped() + found->second.offset), found->second.count};
}

std::span<int32_t> Pass::integers(const std::string& name) const {
  const std::span<float> memory = numbers(name);
  return {reinterpret_cast<int32_t*>(memory.data()), memory.size()};
}

Passes::Passes(std::shared_ptr<Model> model, ParameterBlock* gradients)
    : model_(std::move(model))
    , gradients_(gradients) {}

Pass& Passes::get(const std::vector<int64_t>& key, const std::function<PassGraph()>& build) {
  if (const auto found = passes_.find(key); found != passes_.end()) return *found->second;
  PassGraph made = build();
  for (const auto& [name, tensor] : made.outputs) made.graph.keep(tensor);
  Bindings bindings = model_->bindings();
  if (gradients_) gradients_->bind(bindings, ".gradient");
  // A larger arena: the other passes would keep the smaller one alive; each is recorded again when it is needed.
  if (arena_ && arena_->size() < Plan(made.graph).bytes()) passes_.clear();
  return *(passes_[key] = std::make_shared<Pass>(model_->device(), std::move(made), bindings, arena_));
}

} // namespace attune
