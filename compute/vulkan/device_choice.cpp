#include "vulkan/device_choice.h"

#include "error.h"

#include <algorithm>
#include <cctype>

namespace attune::vulkan {
namespace {

constexpr uint32_t packedVersion(uint32_t major, uint32_t minor) { return major << 22 | minor << 12; }

std::string versionText(uint32_t version) {
  return std::to_string(version >> 22 & 0x7f) + "." + std::to_string(version >> 12 & 0x3ff);
}

std::string lower(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(), [](unsigned char c) { return char(std::tolower(c)); });
  return result;
}

bool isNumber(std::string_view text) {
  return !text.empty() && text.size() <= 6 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool better(const DeviceInfo& a, const DeviceInfo& b) {
  if (rankOf(a.kind) != rankOf(b.kind)) return rankOf(a.kind) < rankOf(b.kind);
  return a.memory > b.memory;
}

// Whether the name has the wanted text in it; a number must stand there as a whole ("90" does not name an RTX 4090).
bool names(const std::string& name, const std::string& wanted) {
  const auto digit = [&](size_t at) { return at < name.size() && name[at] >= '0' && name[at] <= '9'; };
  for (size_t at = name.find(wanted); at != std::string::npos; at = name.find(wanted, at + 1))
    if (!isNumber(wanted) || (!digit(at - 1) && !digit(at + wanted.size()))) return true;
  return false;
}

std::string numbered(const DeviceInfo& device) { return std::to_string(device.index) + " (" + device.name + ")"; }

std::string listOf(const std::vector<DeviceInfo>& devices) {
  std::string result;
  for (const DeviceInfo& device : devices) result += (result.empty() ? "" : ", ") + numbered(device);
  return result;
}

const DeviceInfo& usable(const DeviceInfo& device) {
  if (!device.refusal.empty())
    throw Error("Device " + numbered(device) + " cannot be used: it " + device.refusal +
                ". Choose another with --device, or update its driver.");
  return device;
}

} // namespace

std::string refusalOf(const DeviceProperties& p) {
  if (p.apiVersion < packedVersion(1, 1)) return "offers Vulkan " + versionText(p.apiVersion) + ", and 1.1 is needed";
  if (!p.computeQueue) return "has no compute queue";
  if (!p.subgroupBasic) return "has no subgroup operations in compute shaders";
  if (!p.subgroupShuffle) return "has no subgroup shuffle in compute shaders";
  if (p.subgroupSize < 4 || p.subgroupSize > 128 || (p.subgroupSize & (p.subgroupSize - 1)) != 0)
    return "has subgroups of " + std::to_string(p.subgroupSize) + " lanes, and a power of two from 4 to 128 is needed";
  if (p.maxPushConstants < 128)
    return "takes " + std::to_string(p.maxPushConstants) + " bytes of push constants, and 128 are needed";
  if (p.maxSharedMemory < 16384)
    return "has " + std::to_string(p.maxSharedMemory) + " bytes of shared memory, and 16384 are needed";
  if (p.maxWorkgroupSize < 128)
    return "runs workgroups of " + std::to_string(p.maxWorkgroupSize) + " invocations, and 128 are needed";
  return {};
}

int rankOf(DeviceKind kind) {
  switch (kind) {
  case DeviceKind::Discrete:
    return 0;
  case DeviceKind::Integrated:
    return 1;
  case DeviceKind::Virtual:
    return 2;
  case DeviceKind::Other:
    return 3;
  case DeviceKind::Cpu:
    return 4;
  }
  return 5;
}

const DeviceInfo& chooseDevice(const std::vector<DeviceInfo>& devices, std::string_view selector) {
  if (devices.empty())
    throw Error(
        "No Vulkan device was found. Install your GPU's Vulkan driver, or mesa-vulkan-drivers to compute on the "
        "processor.");
  if (isNumber(selector))
    for (const DeviceInfo& device : devices)
      if (std::to_string(device.index) == selector) return usable(device);

  const std::string wanted = lower(selector);
  const DeviceInfo* best = nullptr;
  const DeviceInfo* refused = nullptr;
  for (const DeviceInfo& device : devices) {
    if (!names(lower(device.name), wanted)) continue;
    if (!device.refusal.empty())
      refused = refused ? refused : &device;
    else if (!best || better(device, *best))
      best = &device;
  }
  if (best) return *best;
  if (refused) return usable(*refused);
  throw Error("No Vulkan device is called \"" + std::string(selector) + "\". There are: " + listOf(devices) + ".");
}

} // namespace attune::vulkan
