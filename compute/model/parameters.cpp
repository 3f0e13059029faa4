#include "model/parameters.h"

#include "error.h"

namespace attune {

ParameterLayout::ParameterLayout(const ModelConfig& config) {
  const std::vector<TensorEntry> table = tensorTable(config);
  for (bool decay : {true, false}) {
    for (const TensorEntry& entry : table) {
      if (entry.decay != decay) continue;
      places_[entry.name] = {entry, floats_};
      floats_ += (uint64_t(entry.elements()) + 63) / 64 * 64;
    }
    if (decay) decayed_ = floats_;
  }
}

ParameterBlock::ParameterBlock(vulkan::Device& device, std::shared_ptr<const ParameterLayout> layout, std::string_view purpose)
    : device_(device), layout_(std::move(layout)), buffer_(device.allocate(layout_->floats() * 4, vulkan::Memory::Device, purpose)) {}

vulkan::Slice ParameterBlock::slice(const std::string& name) const {
  const auto found = layout_->places().find(name);
  if (found == layout_->places().end()) throw Error("the model has no tensor '" + name + "'");
  // To the end of its padding: kernels read whole texels.
  const uint64_t floats = (uint64_t(found->second.entry.elements()) + 63) / 64 * 64;
  return {buffer_.get(), found->second.first * 4, floats * 4};
}

void ParameterBlock::upload(const std::string& name, std::span<const float> values) {
  vulkan::Slice to = slice(name);
  const int64_t expected = layout_->places().at(name).entry.elements();
  if (int64_t(values.size()) != expected)
    throw Error("the tensor '" + name + "' needs " + std::to_string(expected) + " numbers, not " + std::to_string(values.size()));
  to.size = values.size_bytes();
  device_.upload(to, std::as_bytes(values));
}

std::vector<float> ParameterBlock::download(const std::string& name) const {
  std::vector<float> values(layout_->places().at(name).entry.elements());
  vulkan::Slice from = slice(name);
  from.size = values.size() * 4;
  device_.download(from, std::as_writable_bytes(std::span(values)));
  return values;
}

void ParameterBlock::download(const std::string& name, int64_t first, std::span<float> values) const {
  vulkan::Slice from = slice(name);
  from.offset += uint64_t(first) * 4;
  from.size = values.size_bytes();
  device_.download(from, std::as_writable_bytes(values));
}

void ParameterBlock::bind(Bindings& bindings, const std::string& suffix) const {
  for (const auto& [name, place] : layout_->places()) bindings[name + suffix] = slice(name);
}

} // namespace attune
