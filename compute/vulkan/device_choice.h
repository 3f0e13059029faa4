// Which devices Attune can use, and which it takes when nobody chooses. Pure functions of plain numbers, so that every
// refusal can be tested without the device that would earn it.
#pragma once

#include "vulkan/device.h"

namespace attune::vulkan {

// What a refusal depends on.
struct DeviceProperties {
  uint32_t apiVersion = 0; // as Vulkan packs it
  bool computeQueue = false;
  bool subgroupBasic = false;   // in compute shaders
  bool subgroupShuffle = false; // in compute shaders
  uint32_t subgroupSize = 1;
  uint32_t maxPushConstants = 128;
  uint32_t maxSharedMemory = 0;  // bytes a workgroup
  uint32_t maxWorkgroupSize = 0; // invocations
};

// Why a device of these properties cannot be used, as the end of a sentence ("has no compute queue"); empty: it can.
std::string refusalOf(const DeviceProperties& properties);

// Smaller is better: discrete, integrated, virtual, other, CPU.
int rankOf(DeviceKind kind);

} // namespace attune::vulkan
