#include "vulkan/program_impl.h"

#include "error.h"
#include "vulkan/device_impl.h"

namespace attune::vulkan {

// The table that shaders/CMakeLists.txt writes.
struct EmbeddedShader {
  const char* name;
  const unsigned* words;
  unsigned count;
};
extern const EmbeddedShader embeddedShaders[];
extern const unsigned embeddedShaderCount;

namespace {

std::span<const uint32_t> embedded(std::string_view name) {
  for (unsigned i = 0; i < embeddedShaderCount; i++)
    if (embeddedShaders[i].name == name) return {embeddedShaders[i].words, embeddedShaders[i].count};
  throw Error("There is no shader called " + std::string(name) + " in this build.");
}

} // namespace

VkDescriptorType descriptorType(BindingKind kind) {
  switch (kind) {
  case BindingKind::StorageBuffer:
    return VK_DESCRIPTOR_TYPE_STORAGE_BUFFER;
  case BindingKind::UniformTexelBuffer:
    return VK_DESCRIPTOR_TYPE_UNIFORM_TEXEL_BUFFER;
  case BindingKind::UniformBuffer:
    return VK_DESCRIPTOR_TYPE_UNIFORM_BUFFER;
  }
  return VK_DESCRIPTOR_TYPE_MAX_ENUM;
}

ProgramImpl::ProgramImpl(const DeviceImpl& device, std::string_view name, std::span<const uint32_t> specialization)
    : device_(device.handle())
    , name_(name) {
  const std::span<const uint32_t> words = embedded(name);
  interface_ = readShader(name, words, specialization);
  const Limits& limits = device.limits();
  const uint32_t* local = interface_.localSize;
  if (uint64_t(local[0]) * local[1] * local[2] > limits.maxWorkgroupSize || local[0] * local[1] * local[2] == 0)
    throw Error("Shader " + name_ + " has workgroups of " + std::to_string(local[0]) + " x " +
                std::to_string(local[1]) + " x " + std::to_string(local[2]) + ", and " + device.info().name +
                " runs at most " + std::to_string(limits.maxWorkgroupSize) + " invocations.");
  if (interface_.pushConstantBytes > limits.maxPushConstants)
    throw Error("Shader " + name_ + " takes " + std::to_string(interface_.pushConstantBytes) +
                " bytes of push constants, and " + device.info().name + " has " +
                std::to_string(limits.maxPushConstants) + ".");
  try {
    make(device, words, specialization);
  } catch (...) {
    release();
    throw;
  }
}

void ProgramImpl::make(const DeviceImpl& device, std::span<const uint32_t> words,
                       std::span<const uint32_t> specialization) {
  std::vector<VkDescriptorSetLayoutBinding> bindings;
  for (const Binding& b : interface_.bindings)
    bindings.push_back({b.number, descriptorType(b.kind), 1, VK_SHADER_STAGE_COMPUTE_BIT, nullptr});
  VkDescriptorSetLayoutCreateInfo setInfo = {VK_STRUCTURE_TYPE_DESCRIPTOR_SET_LAYOUT_CREATE_INFO};
  setInfo.bindingCount = uint32_t(bindings.size());
  setInfo.pBindings = bindings.data();
  check(vkCreateDescriptorSetLayout(device_, &setInfo, nullptr, &setLayout_), "Making a descriptor layout");

  const VkPushConstantRange push = {VK_SHADER_STAGE_COMPUTE_BIT, 0, interface_.pushConstantBytes};
  VkPipelineLayoutCreateInfo layoutInfo = {VK_STRUCTURE_TYPE_PIPELINE_LAYOUT_CREATE_INFO};
  layoutInfo.setLayoutCount = 1;
  layoutInfo.pSetLayouts = &setLayout_;
  layoutInfo.pushConstantRangeCount = push.size > 0;
  layoutInfo.pPushConstantRanges = &push;
  check(vkCreatePipelineLayout(device_, &layoutInfo, nullptr, &layout_), "Making a pipeline layout");

  VkShaderModuleCreateInfo moduleInfo = {VK_STRUCTURE_TYPE_SHADER_MODULE_CREATE_INFO};
  moduleInfo.codeSize = words.size_bytes();
  moduleInfo.pCode = words.data();
  VkShaderModule module = VK_NULL_HANDLE;
  check(vkCreateShaderModule(device_, &moduleInfo, nullptr, &module), "Reading a shader");

  std::vector<VkSpecializationMapEntry> entries;
  for (uint32_t i = 0; i < specialization.size(); i++) entries.push_back({i, i * 4, 4});
  const VkSpecializationInfo constants = {uint32_t(entries.size()), entries.data(), specialization.size_bytes(),
                                          specialization.data()};
  VkComputePipelineCreateInfo info = {VK_STRUCTURE_TYPE_COMPUTE_PIPELINE_CREATE_INFO};
  info.stage = {VK_STRUCTURE_TYPE_PIPELINE_SHADER_STAGE_CREATE_INFO};
  info.stage.stage = VK_SHADER_STAGE_COMPUTE_BIT;
  info.stage.module = module;
  info.stage.pName = "main";
  info.stage.pSpecializationInfo = entries.empty() ? nullptr : &constants;
  info.layout = layout_;

  // Where a driver may choose between subgroup sizes, hold it to the one that limits() tells.
  VkPipelineShaderStageRequiredSubgroupSizeCreateInfoEXT required = {
      VK_STRUCTURE_TYPE_PIPELINE_SHADER_STAGE_REQUIRED_SUBGROUP_SIZE_CREATE_INFO_EXT};
  required.requiredSubgroupSize = device.limits().subgroupSize;
  const uint64_t invocations = uint64_t(interface_.localSize[0]) * interface_.localSize[1] * interface_.localSize[2];
  if (device.physical().subgroupSizeControl && interface_.localSize[0] % required.requiredSubgroupSize == 0 &&
      invocations <= uint64_t(required.requiredSubgroupSize) * device.physical().maxSubgroups) {
    info.stage.pNext = &required;
    info.stage.flags = VK_PIPELINE_SHADER_STAGE_CREATE_REQUIRE_FULL_SUBGROUPS_BIT_EXT;
  }
  const VkResult result = vkCreateComputePipelines(device_, device.pipelineCache(), 1, &info, nullptr, &pipeline_);
  vkDestroyShaderModule(device_, module, nullptr);
  check(result, ("Compiling shader " + name_).c_str());
}

void ProgramImpl::release() {
  vkDestroyPipeline(device_, pipeline_, nullptr);
  vkDestroyPipelineLayout(device_, layout_, nullptr);
  vkDestroyDescriptorSetLayout(device_, setLayout_, nullptr);
}

ProgramImpl::~ProgramImpl() { release(); }

} // namespace attune::vulkan
