#include "vulkan/device_choice.h"
#include "vulkan/vk.h"

#include <algorithm>
#include <cstring>

namespace attune::vulkan {
namespace {

DeviceKind kindOf(VkPhysicalDeviceType type) {
  switch (type) {
  case VK_PHYSICAL_DEVICE_TYPE_DISCRETE_GPU:
    return DeviceKind::Discrete;
  case VK_PHYSICAL_DEVICE_TYPE_INTEGRATED_GPU:
    return DeviceKind::Integrated;
  case VK_PHYSICAL_DEVICE_TYPE_VIRTUAL_GPU:
    return DeviceKind::Virtual;
  case VK_PHYSICAL_DEVICE_TYPE_CPU:
    return DeviceKind::Cpu;
  default:
    return DeviceKind::Other;
  }
}

// The queue family for compute: one without graphics where there is one, as it does not make the desktop wait.
int computeFamily(VkPhysicalDevice handle, uint32_t& timestampBits) {
  uint32_t count = 0;
  vkGetPhysicalDeviceQueueFamilyProperties(handle, &count, nullptr);
  std::vector<VkQueueFamilyProperties> families(count);
  vkGetPhysicalDeviceQueueFamilyProperties(handle, &count, families.data());
  int best = -1;
  for (int i = 0; i < int(count); i++) {
    if (!(families[i].queueFlags & VK_QUEUE_COMPUTE_BIT) || families[i].queueCount == 0) continue;
    if (best < 0 || !(families[i].queueFlags & VK_QUEUE_GRAPHICS_BIT)) {
      best = i;
      if (!(families[i].queueFlags & VK_QUEUE_GRAPHICS_BIT)) break;
    }
  }
  timestampBits = best < 0 ? 0 : families[best].timestampValidBits;
  return best;
}

bool hasExtension(const std::vector<VkExtensionProperties>& extensions, const char* name) {
  return std::any_of(extensions.begin(), extensions.end(),
                     [&](const VkExtensionProperties& e) { return std::strcmp(e.extensionName, name) == 0; });
}

void describeLimits(PhysicalDevice& device, const VkPhysicalDeviceLimits& limits) {
  Limits& l = device.limits;
  l.maxStorageRange = limits.maxStorageBufferRange;
  l.maxTexelElements = limits.maxTexelBufferElements;
  l.texelAlignment = std::max<uint64_t>(16, limits.minTexelBufferOffsetAlignment);
  l.storageAlignment =
      std::max<uint64_t>({16, limits.minStorageBufferOffsetAlignment, limits.minUniformBufferOffsetAlignment});
  l.maxSharedMemory = limits.maxComputeSharedMemorySize;
  l.maxWorkgroupSize = limits.maxComputeWorkGroupInvocations;
  std::copy_n(limits.maxComputeWorkGroupCount, 3, l.maxGroups);
  l.maxPushConstants = limits.maxPushConstantsSize;
  device.maxUniformRange = limits.maxUniformBufferRange;
}

} // namespace

PhysicalDevice describe(VkPhysicalDevice handle, int index) {
  PhysicalDevice device;
  device.handle = handle;
  device.info.index = index;
  VkPhysicalDeviceProperties basic;
  vkGetPhysicalDeviceProperties(handle, &basic);
  device.info.name = basic.deviceName;
  device.info.kind = kindOf(basic.deviceType);
  device.info.apiVersion = basic.apiVersion;
  device.info.driver = "driver " + std::to_string(basic.driverVersion);
  device.limits.isCpu = device.info.kind == DeviceKind::Cpu;
  std::copy_n(basic.pipelineCacheUUID, VK_UUID_SIZE, device.cacheId);
  describeLimits(device, basic.limits);

  vkGetPhysicalDeviceMemoryProperties(handle, &device.memory);
  for (uint32_t i = 0; i < device.memory.memoryHeapCount; i++)
    if (device.memory.memoryHeaps[i].flags & VK_MEMORY_HEAP_DEVICE_LOCAL_BIT)
      device.info.memory = std::max<uint64_t>(device.info.memory, device.memory.memoryHeaps[i].size);

  uint32_t timestampBits = 0;
  const int family = computeFamily(handle, timestampBits);
  device.queueFamily = uint32_t(std::max(family, 0));
  device.timestamps = timestampBits > 0 && basic.limits.timestampPeriod > 0;
  device.secondsPerTick = double(basic.limits.timestampPeriod) * 1e-9;

  DeviceProperties needs;
  needs.apiVersion = basic.apiVersion;
  needs.computeQueue = family >= 0;
  needs.maxPushConstants = basic.limits.maxPushConstantsSize;
  needs.maxSharedMemory = basic.limits.maxComputeSharedMemorySize;
  needs.maxWorkgroupSize = basic.limits.maxComputeWorkGroupInvocations;
  if (basic.apiVersion >= VK_API_VERSION_1_1) {
    uint32_t count = 0;
    vkEnumerateDeviceExtensionProperties(handle, nullptr, &count, nullptr);
    std::vector<VkExtensionProperties> extensions(count);
    vkEnumerateDeviceExtensionProperties(handle, nullptr, &count, extensions.data());
    device.driverProperties = hasExtension(extensions, VK_KHR_DRIVER_PROPERTIES_EXTENSION_NAME);
    const bool halfExtension = hasExtension(extensions, VK_KHR_SHADER_FLOAT16_INT8_EXTENSION_NAME);
    const bool sizeControl = hasExtension(extensions, VK_EXT_SUBGROUP_SIZE_CONTROL_EXTENSION_NAME);

    VkPhysicalDeviceSubgroupProperties subgroup = {VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SUBGROUP_PROPERTIES};
    VkPhysicalDeviceMaintenance3Properties allocation = {VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_MAINTENANCE_3_PROPERTIES};
    VkPhysicalDeviceDriverPropertiesKHR driver = {VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_DRIVER_PROPERTIES_KHR};
    VkPhysicalDeviceSubgroupSizeControlPropertiesEXT sizes = {
        VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SUBGROUP_SIZE_CONTROL_PROPERTIES_EXT};
    VkPhysicalDeviceProperties2 properties = {VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PROPERTIES_2, &subgroup};
    subgroup.pNext = &allocation;
    void** next = &allocation.pNext;
    if (device.driverProperties) *next = &driver, next = &driver.pNext;
    if (sizeControl) *next = &sizes;
    vkGetPhysicalDeviceProperties2(handle, &properties);

    VkPhysicalDevice16BitStorageFeatures storage16 = {VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_16BIT_STORAGE_FEATURES};
    VkPhysicalDeviceShaderFloat16Int8FeaturesKHR float16 = {
        VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SHADER_FLOAT16_INT8_FEATURES_KHR};
    VkPhysicalDeviceSubgroupSizeControlFeaturesEXT control = {
        VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SUBGROUP_SIZE_CONTROL_FEATURES_EXT};
    VkPhysicalDeviceFeatures2 features = {VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_FEATURES_2, &storage16};
    next = &storage16.pNext;
    if (halfExtension) *next = &float16, next = &float16.pNext;
    if (sizeControl) *next = &control;
    vkGetPhysicalDeviceFeatures2(handle, &features);

    if (device.driverProperties) device.info.driver = driver.driverInfo[0] ? driver.driverInfo : driver.driverName;
    device.maxAllocation = allocation.maxMemoryAllocationSize;
    device.limits.isCpu &= features.features.shaderInt64 == VK_TRUE; // its kernels use them; lavapipe has them
    device.limits.float16Storage = storage16.storageBuffer16BitAccess;
    device.float16Extension = halfExtension && float16.shaderFloat16;
    device.limits.float16Arithmetic = device.float16Extension;
    device.limits.subgroupSize = needs.subgroupSize = subgroup.subgroupSize;
    const bool inCompute = subgroup.supportedStages & VK_SHADER_STAGE_COMPUTE_BIT;
    needs.subgroupBasic = inCompute && (subgroup.supportedOperations & VK_SUBGROUP_FEATURE_BASIC_BIT);
    needs.subgroupShuffle = inCompute && (subgroup.supportedOperations & VK_SUBGROUP_FEATURE_SHUFFLE_BIT);
    device.limits.subgroupShuffle = needs.subgroupShuffle;
    device.maxSubgroups = sizes.maxComputeWorkgroupSubgroups;
    device.subgroupSizeControl = sizeControl && control.subgroupSizeControl && control.computeFullSubgroups &&
                                 (sizes.requiredSubgroupSizeStages & VK_SHADER_STAGE_COMPUTE_BIT) &&
                                 sizes.minSubgroupSize <= subgroup.subgroupSize &&
                                 subgroup.subgroupSize <= sizes.maxSubgroupSize;
  }
  device.info.refusal = refusalOf(needs);
  return device;
}

std::vector<DeviceInfo> listDevices() {
  const std::shared_ptr<Instance> instance = Instance::any();
  std::vector<DeviceInfo> devices;
  if (!instance) return devices;
  for (VkPhysicalDevice handle : instance->physicalDevices())
    devices.push_back(describe(handle, int(devices.size())).info);
  return devices;
}

} // namespace attune::vulkan
