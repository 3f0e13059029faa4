// A model on a device: configuration and weights.
#pragma once

#include "model/parameters.h"
#include "model/transformer.h"

#include <filesystem>

namespace attune {

class Model {
public:
  // Zero weights.
  Model(std::shared_ptr<vulkan::Device> device, ModelConfig config);
  // A model folder, checkpoint or run (CONTRACT: --model). Throws Error naming file and tensor.
  static std::shared_ptr<Model> load(std::shared_ptr<vulkan::Device> device, const std::filesystem::path& path);

  const ModelConfig& config() const { return config_; }
  vulkan::Device& device() const { return *device_; }
  const std::shared_ptr<vulkan::Device>& sharedDevice() const { return device_; }
  ParameterBlock& weights() { return weights_; }
  const std::shared_ptr<const ParameterLayout>& layout() const { return layout_; }

  // The weights and constants (rotary table) that a graph of this model binds.
  Bindings bindings() const;

private:
  std::shared_ptr<vulkan::Device> device_;
  ModelConfig config_;
  std::shared_ptr<const ParameterLayout> layout_;
  ParameterBlock weights_;
  std::unique_ptr<vulkan::Buffer> rotary_;
};

} // namespace attune
