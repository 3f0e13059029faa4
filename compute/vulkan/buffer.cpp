#include "vulkan/buffer_impl.h"

#include "error.h"
#include "vulkan/lavapipe.h"

#include <cstdio>
#include <cstring>

#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace attune::vulkan {
namespace {

std::string sizeText(uint64_t bytes) {
  char text[32];
  if (bytes < 10000)
    std::snprintf(text, sizeof text, "%u bytes", unsigned(bytes));
  else if (bytes < 10000000)
    std::snprintf(text, sizeof text, "%.0f KB", double(bytes) / 1e3);
  else if (bytes < 10000000000)
    std::snprintf(text, sizeof text, "%.0f MB", double(bytes) / 1e6);
  else
    std::snprintf(text, sizeof text, "%.1f GB", double(bytes) / 1e9);
  return text;
}

// Flag sets from the most to the least wanted; the first that some allowed memory type has is taken.
std::vector<VkMemoryPropertyFlags> wishes(Memory memory, DeviceKind kind) {
  constexpr VkMemoryPropertyFlags local = VK_MEMORY_PROPERTY_DEVICE_LOCAL_BIT,
                                  seen = VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT,
                                  coherent = VK_MEMORY_PROPERTY_HOST_COHERENT_BIT,
                                  cached = VK_MEMORY_PROPERTY_HOST_CACHED_BIT;
  switch (memory) {
  case Memory::Device:
    if (kind == DeviceKind::Cpu || kind == DeviceKind::Integrated)
      return {local | seen | coherent | cached, local | seen | coherent, local, 0};
    return {local, 0};
  case Memory::Upload:
    return {seen | coherent};
  case Memory::Download:
    return {seen | coherent | cached, seen | coherent};
  }
  return {};
}

int memoryType(const VkPhysicalDeviceMemoryProperties& types, uint32_t allowed, Memory memory, DeviceKind kind) {
  for (VkMemoryPropertyFlags wish : wishes(memory, kind))
    for (uint32_t i = 0; i < types.memoryTypeCount; i++)
      if ((allowed >> i & 1) && (types.memoryTypes[i].propertyFlags & wish) == wish) return int(i);
  return -1;
}

} // namespace

BufferImpl::BufferImpl(std::shared_ptr<DeviceImpl> device, uint64_t bytes, Memory memory, std::string_view purpose)
    : device_(std::move(device))
    , size_(bytes)
    , allocated_(evenBufferSize(bytes)) {
  const std::string what = sizeText(bytes) + " of device memory for " + std::string(purpose);
  const PhysicalDevice& physical = device_->physical();
  if (bytes == 0) throw Error("Asked for no memory at all for " + std::string(purpose) + ".");
  if (allocated_ > physical.maxAllocation)
    throw Error(what + " cannot be had: " + physical.info.name + " gives at most " + sizeText(physical.maxAllocation) +
                " in one piece. Take a smaller batch, context or model.");
  if (device_->limits().isCpu && allocated_ >= uint64_t(64) << 20 &&
      allocated_ + device_->untouchedMemory() > memoryAvailable())
    throw Error("Out of memory: " + what + " is more than the machine's " + sizeText(memoryAvailable()) +
                " to spare (" + sizeText(device_->memoryInUse()) +
                " in use by this job). Close other programs, or take a smaller batch, context or model.");
  VkBufferCreateInfo info = {VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO};
  info.size = allocated_;
  info.usage = VK_BUFFER_USAGE_STORAGE_BUFFER_BIT | VK_BUFFER_USAGE_UNIFORM_TEXEL_BUFFER_BIT |
               VK_BUFFER_USAGE_STORAGE_TEXEL_BUFFER_BIT | VK_BUFFER_USAGE_UNIFORM_BUFFER_BIT |
               VK_BUFFER_USAGE_TRANSFER_SRC_BIT | VK_BUFFER_USAGE_TRANSFER_DST_BIT;
  const auto outOfMemory = [&](VkResult result) {
    if (result != VK_ERROR_OUT_OF_DEVICE_MEMORY && result != VK_ERROR_OUT_OF_HOST_MEMORY) return;
    release();
    throw Error("Out of memory: " + what + " is not there on " + physical.info.name + " (" +
                sizeText(device_->memoryInUse()) + " in use by this job). Take a smaller batch, context or model.");
  };
  VkResult result = vkCreateBuffer(device_->handle(), &info, nullptr, &handle_);
  outOfMemory(result);
  check(result, "Making a buffer");
  VkMemoryRequirements needs;
  vkGetBufferMemoryRequirements(device_->handle(), handle_, &needs);
  VkMemoryAllocateInfo allocation = {VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_INFO};
  allocation.allocationSize = needs.size;
  const int type = memoryType(physical.memory, needs.memoryTypeBits, memory, physical.info.kind);
  if (type < 0) {
    release();
    throw Error(physical.info.name + " has no kind of memory for " + std::string(purpose) + ".");
  }
  allocation.memoryTypeIndex = uint32_t(type);
  result = vkAllocateMemory(device_->handle(), &allocation, nullptr, &memory_);
  outOfMemory(result);
  if (result != VK_SUCCESS) release();
  check(result, "Allocating device memory");
  result = vkBindBufferMemory(device_->handle(), handle_, memory_, 0);
  const VkMemoryPropertyFlags flags = physical.memory.memoryTypes[type].propertyFlags;
  const bool visible = (flags & VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT) && (flags & VK_MEMORY_PROPERTY_HOST_COHERENT_BIT);
  void* address = nullptr;
  if (result == VK_SUCCESS && visible) result = vkMapMemory(device_->handle(), memory_, 0, VK_WHOLE_SIZE, 0, &address);
  if (result != VK_SUCCESS) release();
  check(result, "Binding device memory");
  mapped_ = static_cast<std::byte*>(address);
  if (mapped_ && device_->limits().isCpu) preferLargePages(mapped_, size_);
}

void BufferImpl::release() {
  vkDestroyBuffer(device_->handle(), handle_, nullptr);
  vkFreeMemory(device_->handle(), memory_, nullptr);
  handle_ = VK_NULL_HANDLE;
  memory_ = VK_NULL_HANDLE;
}

BufferImpl::~BufferImpl() {
  device_->memoryReturned(*this); // first: until then the device may make it zero
  release();
#ifdef __GLIBC__
  // Lavapipe's memory is malloc's, which would keep it for itself.
  if (device_->limits().isCpu && allocated_ >= (1 << 20)) malloc_trim(0);
#endif
}

} // namespace attune::vulkan
