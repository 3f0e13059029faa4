// A model's parameters in device memory: one block, the decayed matrices first, so that the optimizer is one pass.
// Gradients and the optimizer's moments are blocks of the same layout.
#pragma once

#include "graph/recorder.h"
#include "model/tensor_table.h"
#include "vulkan/device.h"

#include <map>
#include <memory>
#include <span>
#include <string>

namespace attune {

// Where each tensor lies in a block, in floats. Each begins on a multiple of 64; the gaps are zero and stay so.
class ParameterLayout {
public:
  explicit ParameterLayout(const ModelConfig& config);

  struct Place {
    TensorEntry entry;
    uint64_t first = 0;
  };
  const std::map<std::string, Place>& places() const { return places_; }
  uint64_t floats() const { return floats_; }   // of the block
  uint64_t decayed() const { return decayed_; } // the first so many floats are matrices, which weight decay shrinks

private:
  std::map<std::string, Place> places_;
  uint64_t floats_ = 0, decayed_ = 0;
};

class ParameterBlock {
public:
  // Zeros. `purpose` names the block in messages ("weights", "gradients").
  ParameterBlock(vulkan::Device& device, std::shared_ptr<const ParameterLayout> layout, std::string_view purpose);

  const ParameterLayout& layout() const { return *layout_; }
  vulkan::Slice all() const { return {buffer_.get(), 0, layout_->floats() * 4}; }
  vulkan::Slice slice(const std::string& name) const;
  void upload(const std::string& name, std::span<const float> values);
  std::vector<float> download(const std::string& name) const;
  // A part of it, from element `first` on.
  void download(const std::string& name, int64_t first, std::span<float> values) const;
  // Binds every tensor under its name + suffix.
  void bind(Bindings& bindings, const std::string& suffix = "") const;

private:
  vulkan::Device& device_;
  std::shared_ptr<const ParameterLayout> layout_;
  std::unique_ptr<vulkan::Buffer> buffer_;
};

} // namespace attune
