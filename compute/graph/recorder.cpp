#include "graph/recorder.h"

#include "error.h"

namespace attune {

Recorder::Recorder(vulkan::Device& device, vulkan::Recording& recording, const Graph& graph, const Plan& plan,
                   vulkan::Buffer* arena, const Bindings& bindings)
    : device_(device), recording_(recording), graph_(graph), plan_(plan), arena_(arena), bindings_(bindings) {}

vulkan::Slice Recorder::slice(Tensor tensor) const {
  if (!tensor) return {};
  const GraphTensor& info = graph_.info(tensor);
  // Whole texels of 16 bytes: kernels read vec4, and all memory is aligned to more than that.
  const uint64_t bytes = (uint64_t(elementCount(info.shape)) * 4 + 15) / 16 * 16;
  if (info.storage == Storage::Planned) return {arena_, plan_.offset(tensor), bytes};
  const auto found = bindings_.find(info.name);
  if (found == bindings_.end()) throw Error("no memory is bound to the tensor '" + info.name + "'");
  if (found->second.size < bytes)
    throw Error("the memory bound to '" + info.name + "' has " + std::to_string(found->second.size) + " bytes, its shape " +
                toString(info.shape) + " needs " + std::to_string(bytes));
  return {found->second.buffer, found->second.offset, bytes};
}

void Recorder::recordAll() {
  for (int index : plan_.order()) graph_.nodes()[index].operation->record(*this, graph_.nodes()[index].node);
}

Executable::Executable(vulkan::Device& device, Graph graph, const Bindings& bindings, std::shared_ptr<vulkan::Buffer>& arena)
    : device_(device), graph_(std::move(graph)), plan_(graph_), bindings_(bindings), recording_(vulkan::Recording::begin(device)) {
  if (!arena || arena->size() < plan_.bytes()) {
    arena.reset(); // frees before it takes, where nobody else keeps it
    arena = device.allocate(std::max<uint64_t>(plan_.bytes(), Plan::alignment), vulkan::Memory::Device, "activations");
  }
  arena_ = arena;
  Recorder(device, *recording_, graph_, plan_, arena_.get(), bindings_).recordAll();
  recording_->finish();
}

vulkan::Slice Executable::slice(Tensor tensor) const {
  if (graph_.info(tensor).storage == Storage::External) return bindings_.at(graph_.info(tensor).name);
  return {arena_.get(), plan_.offset(tensor), uint64_t(elementCount(graph_.shape(tensor))) * 4};
}

std::vector<float> Executable::read(Tensor tensor) const {
  std::vector<float> values(elementCount(graph_.shape(tensor)));
  device_.wait();
  const vulkan::Slice from = slice(tensor);
  device_.download({from.buffer, from.offset, values.size() * 4}, std::as_writable_bytes(std::span(values)));
  return values;
}

} // namespace attune
