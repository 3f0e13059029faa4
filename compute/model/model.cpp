#include "model/model.h"

#include "formats/model_folder.h"

namespace attune {

Model::Model(std::shared_ptr<vulkan::Device> device, ModelConfig config)
    : device_(std::move(device)), config_(std::move(config)), layout_(std::make_shared<ParameterLayout>(config_)),
      weights_(*device_, layout_, "weights") {
  if (config_.architecture != Architecture::Llama) return;
  const std::vector<float> table = rotaryTable(config_, config_.nCtx);
  rotary_ = device_->allocate((table.size() * 4 + 15) / 16 * 16, vulkan::Memory::Device, "rotary positions");
  device_->upload({rotary_.get(), 0, table.size() * 4}, std::as_bytes(std::span(table)));
}

std::shared_ptr<Model> Model::load(std::shared_ptr<vulkan::Device> device, const std::filesystem::path& path) {
  const ModelFolder folder(resolveModelPath(path));
  auto model = std::make_shared<Model>(std::move(device), folder.config());
  for (const TensorEntry& entry : folder.tensors()) model->weights_.upload(entry.name, folder.read(entry.name).data);
  return model;
}

Bindings Model::bindings() const {
  Bindings bindings;
  weights_.bind(bindings);
  if (rotary_) bindings["rotary"] = {rotary_.get(), 0, rotary_->size()};
  return bindings;
}

} // namespace attune
