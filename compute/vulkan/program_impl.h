// The pipeline behind vulkan/program.h, for the files of this folder.
#pragma once

#include "vulkan/spirv.h"
#include "vulkan/vk.h"

namespace attune::vulkan {

class DeviceImpl;

// The SPIR-V of shaders/NAME.comp. Throws Error where there is none.
std::span<const uint32_t> embeddedShader(std::string_view name);

// Made in two steps: the interface is read at once, since recordings are checked against it; the pipeline is compiled
// when a recording that needs it is finished (compilePrograms), several on as many threads.
class ProgramImpl final : public Program {
public:
  // Finds the embedded shader; Error when there is none of that name or the device cannot run it.
  ProgramImpl(const DeviceImpl& device, std::string_view name, std::span<const uint32_t> specialization);
  ~ProgramImpl() override;
  const std::string& name() const override { return name_; }
  const std::vector<Binding>& bindings() const override { return interface_.bindings; }
  uint32_t pushConstantBytes() const override { return interface_.pushConstantBytes; }
  const uint32_t* localSize() const override { return interface_.localSize; }

  TexelType texelType(size_t binding) const { return interface_.texelType[binding]; }
  VkPipeline pipeline() const { return pipeline_; } // null until it is compiled
  void compile(const DeviceImpl& device);           // any thread, but one program on one thread
  VkPipelineLayout layout() const { return layout_; }
  VkDescriptorSetLayout setLayout() const { return setLayout_; }

private:
  void makeLayouts();
  void release();

  VkDevice device_ = VK_NULL_HANDLE;
  std::string name_;
  std::span<const uint32_t> words_;
  std::vector<uint32_t> specialization_;
  ShaderInterface interface_;
  VkDescriptorSetLayout setLayout_ = VK_NULL_HANDLE;
  VkPipelineLayout layout_ = VK_NULL_HANDLE;
  VkPipeline pipeline_ = VK_NULL_HANDLE;
};

// Compiles those of the programs that have not been compiled yet, on several threads, and tells Device::onProgram of
// each. Throws the first Error.
void compilePrograms(DeviceImpl& device, std::span<ProgramImpl* const> programs);

VkDescriptorType descriptorType(BindingKind kind);

} // namespace attune::vulkan
