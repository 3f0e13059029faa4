#include "vulkan/program_impl.h"

#include "error.h"
#include "vulkan/device_impl.h"
#include "vulkan/lavapipe.h"

#include <algorithm>
#include <exception>
#include <mutex>
#include <thread>

namespace attune::vulkan {

// The table that shaders/CMakeLists.txt writes.
struct EmbeddedShader {
  const char* name;
  const unsigned* words;
  unsigned count;
};
extern const EmbeddedShader embeddedShaders[];
extern const unsigned embeddedShaderCount;

std::span<const uint32_t> embeddedShader(std::string_view name) {
  for (unsigned i = 0; i < embeddedShaderCount; i++)
    if (embeddedShaders[i].name == name) return {embeddedShaders[i].words, embeddedShaders[i].count};
  throw Error("There is no shader called " + std::string(name) + " in this build.");
}

VkDescriptorType descriptorType(BindingKind kind) {
  switch (kind) {
  case BindingKind::StorageBuffer:
    return VK_DESCRIPTOR_TYPE_STORAGE_BUFFER;
  case BindingKind::UniformTexelBuffer:
    return VK_DESCRIPTOR_TYPE_UNIFORM_TEXEL_BUFFER;
  case BindingKind::UniformBuffer:
    return VK_DESCRIPTOR_TYPE_UNIFORM_BUFFER;
  case BindingKind::StorageTexelBuffer:
    return VK_DESCRIPTOR_TYPE_STORAGE_TEXEL_BUFFER;
  }
  return VK_DESCRIPTOR_TYPE_MAX_ENUM;
}

ProgramImpl::ProgramImpl(const DeviceImpl& device, std::string_view name, std::span<const uint32_t> specialization)
    : device_(device.handle())
    , name_(name)
    , words_(embeddedShader(name))
    , specialization_(specialization.begin(), specialization.end()) {
  interface_ = readShader(name, words_, specialization);
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
    makeLayouts();
  } catch (...) {
    release();
    throw;
  }
}

void ProgramImpl::makeLayouts() {
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
}

void ProgramImpl::compile(const DeviceImpl& device) {
  if (pipeline_) return;
  VkShaderModuleCreateInfo moduleInfo = {VK_STRUCTURE_TYPE_SHADER_MODULE_CREATE_INFO};
  moduleInfo.codeSize = words_.size_bytes();
  moduleInfo.pCode = words_.data();
  VkShaderModule module = VK_NULL_HANDLE;
  check(vkCreateShaderModule(device_, &moduleInfo, nullptr, &module), "Reading a shader");

  std::vector<VkSpecializationMapEntry> entries;
  for (uint32_t i = 0; i < specialization_.size(); i++) entries.push_back({i, i * 4, 4});
  const VkSpecializationInfo constants = {uint32_t(entries.size()), entries.data(), specialization_.size() * 4,
                                          specialization_.data()};
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

void compilePrograms(DeviceImpl& device, std::span<ProgramImpl* const> programs) {
  std::vector<ProgramImpl*> missing;
  for (ProgramImpl* program : programs)
    if (!program->pipeline() && std::find(missing.begin(), missing.end(), program) == missing.end())
      missing.push_back(program);
  std::mutex mutex;
  size_t next = 0;
  std::exception_ptr failure;
  const auto work = [&] {
    for (;;) {
      ProgramImpl* program = nullptr;
      {
        const std::lock_guard lock(mutex);
        if (next == missing.size() || failure) return;
        program = missing[next++];
        if (device.onProgram) device.onProgram(program->name(), int(next), int(missing.size()));
      }
      try {
        program->compile(device);
      } catch (...) {
        const std::lock_guard lock(mutex);
        if (!failure) failure = std::current_exception();
      }
    }
  };
  const size_t mostThreads = std::max(1u, std::min(8u, std::thread::hardware_concurrency()));
  std::vector<std::thread> others;
  for (size_t i = 1; i < std::min(mostThreads, missing.size()); i++) others.emplace_back(work);
  work();
  for (std::thread& other : others) other.join();
  if (failure) std::rethrow_exception(failure);
  // What the compiler freed must not lie there beside the memory that the programs are about to touch.
  if (device.limits().isCpu && !missing.empty()) giveBackFreedMemory();
}

} // namespace attune::vulkan
