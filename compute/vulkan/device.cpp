#include "vulkan/device_impl.h"

#include "error.h"
#include "vulkan/buffer_impl.h"
#include "vulkan/device_choice.h"
#include "vulkan/lavapipe.h"
#include "vulkan/recording_impl.h"

#include <algorithm>
#include <cstring>

namespace attune::vulkan {
namespace {

constexpr uint64_t stagingBytes = 16 << 20;

} // namespace

std::shared_ptr<Device> Device::open(std::string_view selector) {
  std::shared_ptr<Instance> instance = Instance::get();
  std::vector<PhysicalDevice> all;
  if (instance)
    for (VkPhysicalDevice handle : instance->physicalDevices()) all.push_back(describe(handle, int(all.size())));
  std::vector<DeviceInfo> infos;
  for (const PhysicalDevice& device : all) infos.push_back(device.info);
  return std::make_shared<DeviceImpl>(instance, all[size_t(chooseDevice(infos, selector).index)]);
}

Limits limitsOf(const DeviceInfo& device) {
  const std::shared_ptr<Instance> instance = Instance::any();
  if (!instance || size_t(device.index) >= instance->physicalDevices().size())
    throw Error(device.name + " is not there any more; choose another device.");
  return describe(instance->physicalDevices()[size_t(device.index)], device.index).limits;
}

DeviceImpl::DeviceImpl(std::shared_ptr<Instance> instance, const PhysicalDevice& physical)
    : instance_(std::move(instance))
    , physical_(physical) {
  const float priority = 1;
  VkDeviceQueueCreateInfo queue = {VK_STRUCTURE_TYPE_DEVICE_QUEUE_CREATE_INFO};
  queue.queueFamilyIndex = physical.queueFamily;
  queue.queueCount = 1;
  queue.pQueuePriorities = &priority;
  std::vector<const char*> extensions;
  VkPhysicalDevice16BitStorageFeatures storage16 = {VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_16BIT_STORAGE_FEATURES};
  storage16.storageBuffer16BitAccess = physical.limits.float16Storage;
  VkPhysicalDeviceShaderFloat16Int8FeaturesKHR float16 = {
      VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SHADER_FLOAT16_INT8_FEATURES_KHR};
  float16.shaderFloat16 = VK_TRUE;
  VkPhysicalDeviceSubgroupSizeControlFeaturesEXT control = {
      VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SUBGROUP_SIZE_CONTROL_FEATURES_EXT};
  control.subgroupSizeControl = VK_TRUE;
  control.computeFullSubgroups = VK_TRUE;
  void** next = &storage16.pNext;
  if (physical.float16Extension) {
    extensions.push_back(VK_KHR_SHADER_FLOAT16_INT8_EXTENSION_NAME);
    *next = &float16, next = &float16.pNext;
  }
  if (physical.subgroupSizeControl) {
    extensions.push_back(VK_EXT_SUBGROUP_SIZE_CONTROL_EXTENSION_NAME);
    *next = &control;
  }
  VkDeviceCreateInfo info = {VK_STRUCTURE_TYPE_DEVICE_CREATE_INFO, &storage16};
  VkPhysicalDeviceFeatures features = {};
  features.shaderInt64 = physical.limits.isCpu; // shaders/straight.glsl
  info.pEnabledFeatures = &features;
  info.queueCreateInfoCount = 1;
  info.pQueueCreateInfos = &queue;
  info.enabledExtensionCount = uint32_t(extensions.size());
  info.ppEnabledExtensionNames = extensions.data();
  check(vkCreateDevice(physical.handle, &info, nullptr, &handle_), ("Opening " + physical.info.name).c_str());
  vkGetDeviceQueue(handle_, physical.queueFamily, 0, &queue_);
  commandPool_ = makeCommandPool();
  readPipelineCache();
}

DeviceImpl::~DeviceImpl() {
  vkDeviceWaitIdle(handle_);
  writePipelineCache();
  programs_.clear();
  vkDestroyPipelineCache(handle_, pipelineCache_, nullptr);
  vkDestroyCommandPool(handle_, commandPool_, nullptr);
  vkDestroyDevice(handle_, nullptr);
}

VkCommandPool DeviceImpl::makeCommandPool() {
  VkCommandPoolCreateInfo info = {VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO};
  info.queueFamilyIndex = physical_.queueFamily;
  VkCommandPool pool = VK_NULL_HANDLE;
  check(vkCreateCommandPool(handle_, &info, nullptr, &pool), "Making a command pool");
  return pool;
}

Program& DeviceImpl::program(std::string_view name, std::span<const uint32_t> specialization) {
  auto key = std::make_pair(std::string(name), std::vector<uint32_t>(specialization.begin(), specialization.end()));
  auto found = programs_.find(key);
  if (found == programs_.end())
    found = programs_.emplace(std::move(key), std::make_unique<ProgramImpl>(*this, name, specialization)).first;
  return *found->second;
}

// Records commands into a throw-away command buffer, runs it and waits.
void DeviceImpl::runOnce(const auto& record) {
  wait();
  check(vkResetCommandPool(handle_, commandPool_, VK_COMMAND_POOL_RESET_RELEASE_RESOURCES_BIT), "Resetting commands");
  VkCommandBufferAllocateInfo allocation = {VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO};
  allocation.commandPool = commandPool_;
  allocation.level = VK_COMMAND_BUFFER_LEVEL_PRIMARY;
  allocation.commandBufferCount = 1;
  VkCommandBuffer commands = VK_NULL_HANDLE;
  check(vkAllocateCommandBuffers(handle_, &allocation, &commands), "Making a command buffer");
  VkCommandBufferBeginInfo begin = {VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO};
  begin.flags = VK_COMMAND_BUFFER_USAGE_ONE_TIME_SUBMIT_BIT;
  VkResult result = vkBeginCommandBuffer(commands, &begin);
  VkMemoryBarrier barrier = {VK_STRUCTURE_TYPE_MEMORY_BARRIER};
  barrier.srcAccessMask = VK_ACCESS_MEMORY_WRITE_BIT;
  barrier.dstAccessMask = VK_ACCESS_MEMORY_READ_BIT | VK_ACCESS_MEMORY_WRITE_BIT;
  const auto all = [&] {
    vkCmdPipelineBarrier(commands, VK_PIPELINE_STAGE_ALL_COMMANDS_BIT,
                         VK_PIPELINE_STAGE_ALL_COMMANDS_BIT | VK_PIPELINE_STAGE_HOST_BIT, 0, 1, &barrier, 0, nullptr, 0,
                         nullptr);
  };
  all();
  record(commands);
  all();
  if (result == VK_SUCCESS) result = vkEndCommandBuffer(commands);
  VkSubmitInfo submission = {VK_STRUCTURE_TYPE_SUBMIT_INFO};
  submission.commandBufferCount = 1;
  submission.pCommandBuffers = &commands;
  if (result == VK_SUCCESS) result = vkQueueSubmit(queue_, 1, &submission, VK_NULL_HANDLE);
  check(result, "Copying");
  check(vkQueueWaitIdle(queue_), "Copying");
  vkFreeCommandBuffers(handle_, commandPool_, 1, &commands);
}

std::unique_ptr<Buffer> DeviceImpl::allocate(uint64_t bytes, Memory memory, std::string_view purpose) {
  auto buffer = std::make_unique<BufferImpl>(shared_from_this(), bytes, memory, purpose);
  memoryInUse_ += buffer->allocated();
  if (!buffer->isMapped()) {
    runOnce([&](VkCommandBuffer commands) { vkCmdFillBuffer(commands, buffer->handle(), 0, VK_WHOLE_SIZE, 0); });
    return buffer;
  }
  if (!limits().isCpu) {
    std::memset(buffer->mapped_, 0, buffer->allocated());
    return buffer;
  }
  buffer->zeroed_ = false;
  const std::lock_guard lock(untouchedMutex_);
  untouched_.push_back(buffer.get());
  return buffer;
}

void DeviceImpl::zero(const BufferImpl& buffer) {
  std::memset(buffer.mapped_, 0, buffer.allocated());
  buffer.zeroed_ = true;
  const std::lock_guard lock(untouchedMutex_);
  std::erase(untouched_, &buffer);
}

// Under the lock, so that none of them is freed meanwhile.
void DeviceImpl::zeroUntouched() {
  const std::lock_guard lock(untouchedMutex_);
  for (const BufferImpl* buffer : untouched_) {
    std::memset(buffer->mapped_, 0, buffer->allocated());
    buffer->zeroed_ = true;
  }
  untouched_.clear();
}

uint64_t DeviceImpl::untouchedMemory() const {
  const std::lock_guard lock(untouchedMutex_);
  uint64_t bytes = 0;
  for (const BufferImpl* buffer : untouched_) bytes += buffer->allocated();
  return bytes;
}

void DeviceImpl::memoryReturned(const BufferImpl& buffer) {
  memoryInUse_ -= buffer.allocated();
  const std::lock_guard lock(untouchedMutex_);
  std::erase(untouched_, &buffer);
}

std::shared_ptr<Buffer> DeviceImpl::scratch(uint64_t bytes) {
  std::shared_ptr<Buffer> shared = scratch_.lock();
  if (!shared || shared->size() < bytes) scratch_ = shared = allocate(bytes, Memory::Device, "scratch");
  return shared;
}

void DeviceImpl::upload(Slice to, std::span<const std::byte> from) { stage(to, from, {}); }
void DeviceImpl::download(Slice from, std::span<std::byte> to) { stage(from, {}, to); }

// Copies `from` into the slice or the slice into `to`, whichever is not empty.
void DeviceImpl::stage(Slice slice, std::span<const std::byte> from, std::span<std::byte> to) {
  const size_t bytes = from.size() + to.size();
  if (bytes == 0) return;
  if (!slice.buffer || bytes > slice.size || slice.offset > slice.buffer->size() ||
      bytes > slice.buffer->size() - slice.offset)
    throw Error("A copy of " + std::to_string(bytes) + " bytes does not fit its place in device memory.");
  const bool uploading = to.empty();
  if (std::byte* mapped = slice.buffer->mapped()) {
    wait();
    if (uploading)
      std::memcpy(mapped + slice.offset, from.data(), bytes);
    else
      std::memcpy(to.data(), mapped + slice.offset, bytes);
    return;
  }

  const std::unique_ptr<Buffer> staging =
      allocate(std::min<uint64_t>(bytes, stagingBytes), uploading ? Memory::Upload : Memory::Download, "copies");
  const VkBuffer there = static_cast<BufferImpl*>(slice.buffer)->handle();
  const VkBuffer here = static_cast<BufferImpl*>(staging.get())->handle();
  for (uint64_t done = 0; done < bytes;) {
    const uint64_t part = std::min<uint64_t>(bytes - done, stagingBytes);
    if (uploading) std::memcpy(staging->mapped(), from.data() + done, part);
    const VkBufferCopy region = {uploading ? 0 : slice.offset + done, uploading ? slice.offset + done : 0, part};
    runOnce([&](VkCommandBuffer commands) {
      vkCmdCopyBuffer(commands, uploading ? here : there, uploading ? there : here, 1, &region);
    });
    if (!uploading) std::memcpy(to.data() + done, staging->mapped(), part);
    done += part;
  }
}

void DeviceImpl::submit(Recording& recording) {
  auto& mine = static_cast<RecordingImpl&>(recording);
  if (&mine.device() != this) throw Error("A recording was submitted to another device than it was made for.");
  zeroUntouched();
  mine.submit();
  if (std::find(running_.begin(), running_.end(), &mine) == running_.end()) running_.push_back(&mine);
}

void DeviceImpl::wait() {
  if (running_.empty()) return;
  check(vkQueueWaitIdle(queue_), "Computing");
  for (RecordingImpl* recording : running_) recording->completed();
  running_.clear();
}

void DeviceImpl::forget(RecordingImpl* recording) {
  const auto found = std::find(running_.begin(), running_.end(), recording);
  if (found == running_.end()) return;
  vkQueueWaitIdle(queue_);
  running_.erase(found);
}

} // namespace attune::vulkan
