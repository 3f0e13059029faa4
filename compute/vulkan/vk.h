// What the files of this folder share of the Vulkan API itself. Not to be included from elsewhere.
#pragma once

#include "vulkan/device.h"

#include <vulkan/vulkan.h>

#include <memory>

namespace attune::vulkan {

// Throws Error (DeviceLost for a lost device) that says what failed and Vulkan's name of the reason.
void check(VkResult result, const char* what);
const char* resultName(VkResult result);

// A VkInstance with its validation messenger; alive as long as someone holds it.
//
// Threads of one priority share theirs. Lavapipe computes in threads of the instance, which have the priority of
// whoever opened the first device of it: a training that steps back must not compute in the threads of what goes first,
// nor the other way round.
class Instance {
public:
  static std::shared_ptr<Instance> get(); // null where there is no Vulkan driver at all
  static std::shared_ptr<Instance> any(); // to look at devices without opening one: whichever is there already
  ~Instance();
  VkInstance handle = VK_NULL_HANDLE;
  VkDebugUtilsMessengerEXT messenger = VK_NULL_HANDLE;
  std::vector<VkPhysicalDevice> physicalDevices() const;

private:
  static std::shared_ptr<Instance> make();
};

// What Vulkan says of one device: to be listed, chosen and opened.
struct PhysicalDevice {
  VkPhysicalDevice handle = VK_NULL_HANDLE;
  DeviceInfo info;
  Limits limits;
  uint32_t queueFamily = 0;
  bool timestamps = false;          // the compute queue can write them
  double secondsPerTick = 0;        // of a timestamp
  bool driverProperties = false;    // VK_KHR_driver_properties
  bool float16Extension = false;    // VK_KHR_shader_float16_int8
  bool subgroupSizeControl = false; // VK_EXT_subgroup_size_control: full subgroups of a required size in compute
  uint32_t maxSubgroups = 0;        // of a required size in one workgroup
  uint32_t maxUniformRange = 0;
  uint64_t maxAllocation = 0; // bytes of one piece of memory
  uint8_t cacheId[VK_UUID_SIZE] = {};
  VkPhysicalDeviceMemoryProperties memory = {};
};

PhysicalDevice describe(VkPhysicalDevice handle, int index);

} // namespace attune::vulkan
