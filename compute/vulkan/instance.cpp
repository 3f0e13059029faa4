#include "vulkan/vk.h"

#include "error.h"
#include "vulkan/lavapipe.h"

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <mutex>
#include <string>
#include <sys/resource.h>

namespace attune::vulkan {
namespace {

std::atomic<int> messages = 0;
std::mutex instancesMutex;
std::map<int, std::weak_ptr<Instance>> instances; // by the priority of the threads that use it
constexpr const char* validationLayer = "VK_LAYER_KHRONOS_validation";

VKAPI_ATTR VkBool32 VKAPI_CALL onMessage(VkDebugUtilsMessageSeverityFlagBitsEXT severity,
                                         VkDebugUtilsMessageTypeFlagsEXT type,
                                         const VkDebugUtilsMessengerCallbackDataEXT* data, void*) {
  // The loader's own talk about files and layers is no fault of ours.
  if ((type & (VK_DEBUG_UTILS_MESSAGE_TYPE_VALIDATION_BIT_EXT | VK_DEBUG_UTILS_MESSAGE_TYPE_PERFORMANCE_BIT_EXT)) == 0)
    return VK_FALSE;
  messages++;
  std::fprintf(stderr, "Vulkan validation %s: %s\n",
               severity & VK_DEBUG_UTILS_MESSAGE_SEVERITY_ERROR_BIT_EXT ? "error" : "warning", data->pMessage);
  return VK_FALSE;
}

bool wantsValidation() {
  const char* value = std::getenv("ATTUNE_VALIDATION");
  if (!value || std::strcmp(value, "1") != 0) return false;
  uint32_t count = 0;
  vkEnumerateInstanceLayerProperties(&count, nullptr);
  std::vector<VkLayerProperties> layers(count);
  vkEnumerateInstanceLayerProperties(&count, layers.data());
  for (const VkLayerProperties& layer : layers)
    if (std::strcmp(layer.layerName, validationLayer) == 0) return true;
  static std::once_flag told;
  std::call_once(told, [] {
    std::fprintf(stderr, "ATTUNE_VALIDATION=1, but %s is not installed (package vulkan-validationlayers)\n",
                 validationLayer);
  });
  return false;
}

} // namespace

int validationMessages() { return messages; }

std::shared_ptr<Instance> Instance::get() {
  const std::lock_guard lock(instancesMutex);
  std::weak_ptr<Instance>& current = instances[::getpriority(PRIO_PROCESS, 0)];
  if (auto instance = current.lock()) return instance;
  auto made = make();
  current = made;
  return made;
}

std::shared_ptr<Instance> Instance::any() {
  {
    const std::lock_guard lock(instancesMutex);
    for (const auto& [priority, one] : instances)
      if (auto instance = one.lock()) return instance;
  }
  return get();
}

std::shared_ptr<Instance> Instance::make() {
  separateShaderCache();
  VkApplicationInfo application = {VK_STRUCTURE_TYPE_APPLICATION_INFO};
  application.pApplicationName = "Attune";
  application.apiVersion = VK_API_VERSION_1_1;
  VkInstanceCreateInfo info = {VK_STRUCTURE_TYPE_INSTANCE_CREATE_INFO};
  info.pApplicationInfo = &application;

  const VkValidationFeatureEnableEXT enabled[] = {VK_VALIDATION_FEATURE_ENABLE_SYNCHRONIZATION_VALIDATION_EXT};
  VkValidationFeaturesEXT features = {VK_STRUCTURE_TYPE_VALIDATION_FEATURES_EXT};
  features.enabledValidationFeatureCount = 1;
  features.pEnabledValidationFeatures = enabled;
  VkDebugUtilsMessengerCreateInfoEXT messengerInfo = {VK_STRUCTURE_TYPE_DEBUG_UTILS_MESSENGER_CREATE_INFO_EXT};
  messengerInfo.messageSeverity =
      VK_DEBUG_UTILS_MESSAGE_SEVERITY_WARNING_BIT_EXT | VK_DEBUG_UTILS_MESSAGE_SEVERITY_ERROR_BIT_EXT;
  messengerInfo.messageType =
      VK_DEBUG_UTILS_MESSAGE_TYPE_VALIDATION_BIT_EXT | VK_DEBUG_UTILS_MESSAGE_TYPE_PERFORMANCE_BIT_EXT;
  messengerInfo.pfnUserCallback = onMessage;
  const char* layer = validationLayer;
  const char* extension = VK_EXT_DEBUG_UTILS_EXTENSION_NAME;
  const bool validate = wantsValidation();
  if (validate) {
    info.ppEnabledLayerNames = &layer;
    info.enabledLayerCount = 1;
    info.ppEnabledExtensionNames = &extension;
    info.enabledExtensionCount = 1;
    features.pNext = &messengerInfo;
    info.pNext = &features;
  }

  auto instance = std::make_shared<Instance>();
  const VkResult result = vkCreateInstance(&info, nullptr, &instance->handle);
  if (result == VK_ERROR_INCOMPATIBLE_DRIVER) {
    instance->handle = VK_NULL_HANDLE;
    return nullptr;
  }
  check(result, "Starting Vulkan");
  if (validate) {
    auto create =
        PFN_vkCreateDebugUtilsMessengerEXT(vkGetInstanceProcAddr(instance->handle, "vkCreateDebugUtilsMessengerEXT"));
    check(create(instance->handle, &messengerInfo, nullptr, &instance->messenger), "Starting Vulkan's validation");
  }
  return instance;
}

Instance::~Instance() {
  if (messenger)
    PFN_vkDestroyDebugUtilsMessengerEXT(vkGetInstanceProcAddr(handle, "vkDestroyDebugUtilsMessengerEXT"))(
        handle, messenger, nullptr);
  if (handle) vkDestroyInstance(handle, nullptr);
}

std::vector<VkPhysicalDevice> Instance::physicalDevices() const {
  uint32_t count = 0;
  check(vkEnumeratePhysicalDevices(handle, &count, nullptr), "Listing Vulkan devices");
  std::vector<VkPhysicalDevice> devices(count);
  check(vkEnumeratePhysicalDevices(handle, &count, devices.data()), "Listing Vulkan devices");
  devices.resize(count);
  return devices;
}

const char* resultName(VkResult result) {
  switch (result) {
  case VK_ERROR_OUT_OF_HOST_MEMORY:
    return "out of host memory";
  case VK_ERROR_OUT_OF_DEVICE_MEMORY:
    return "out of device memory";
  case VK_ERROR_INITIALIZATION_FAILED:
    return "initialization failed";
  case VK_ERROR_DEVICE_LOST:
    return "device lost";
  case VK_ERROR_MEMORY_MAP_FAILED:
    return "memory could not be mapped";
  case VK_ERROR_LAYER_NOT_PRESENT:
    return "layer not present";
  case VK_ERROR_EXTENSION_NOT_PRESENT:
    return "extension not present";
  case VK_ERROR_FEATURE_NOT_PRESENT:
    return "feature not present";
  case VK_ERROR_INCOMPATIBLE_DRIVER:
    return "incompatible driver";
  case VK_ERROR_TOO_MANY_OBJECTS:
    return "too many objects";
  case VK_ERROR_FRAGMENTED_POOL:
    return "fragmented pool";
  case VK_ERROR_OUT_OF_POOL_MEMORY:
    return "out of pool memory";
  case VK_ERROR_INVALID_SHADER_NV:
    return "invalid shader";
  default:
    return "unknown reason";
  }
}

void check(VkResult result, const char* what) {
  if (result >= VK_SUCCESS) return;
  if (result == VK_ERROR_DEVICE_LOST)
    throw DeviceLost(std::string(what) + " failed because the GPU was lost (its driver stopped it or it went away). "
                                         "Restart the job; it goes on from its last checkpoint.");
  throw Error(std::string(what) + " failed: " + resultName(result) + " (Vulkan's result " +
              std::to_string(int(result)) + ").");
}

} // namespace attune::vulkan
