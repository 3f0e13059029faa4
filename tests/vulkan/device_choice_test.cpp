#include "catch.h"
#include "error.h"
#include "vulkan/device_choice.h"

using namespace attune;
using namespace attune::vulkan;

namespace {

DeviceProperties good() {
  DeviceProperties p;
  p.apiVersion = 1u << 22 | 1u << 12;
  p.computeQueue = p.subgroupBasic = p.subgroupShuffle = true;
  p.subgroupSize = 32;
  p.maxPushConstants = 128;
  p.maxSharedMemory = 32768;
  p.maxWorkgroupSize = 1024;
  return p;
}

std::vector<DeviceInfo> machine() {
  std::vector<DeviceInfo> devices;
  const auto add = [&](const char* name, DeviceKind kind, uint64_t memory, const char* refusal = "") {
    devices.push_back({int(devices.size()), name, "", kind, memory, 0, refusal});
  };
  add("llvmpipe", DeviceKind::Cpu, 64ull << 30);
  add("Intel Iris", DeviceKind::Integrated, 16ull << 30);
  add("RTX 4090", DeviceKind::Discrete, 24ull << 30);
  add("RTX 4090", DeviceKind::Discrete, 24ull << 30);
  add("Old Card", DeviceKind::Discrete, 48ull << 30, "has no compute queue");
  return devices;
}

} // namespace

TEST_CASE("a device is refused with its reason") {
  CHECK(refusalOf(good()).empty());
  const auto refusal = [](auto change) {
    DeviceProperties p = good();
    change(p);
    return refusalOf(p);
  };
  CHECK(refusal([](auto& p) { p.apiVersion = 1u << 22; }) == "offers Vulkan 1.0, and 1.1 is needed");
  CHECK(refusal([](auto& p) { p.computeQueue = false; }) == "has no compute queue");
  CHECK(refusal([](auto& p) { p.subgroupBasic = false; }) == "has no subgroup operations in compute shaders");
  CHECK(refusal([](auto& p) { p.subgroupShuffle = false; }) == "has no subgroup shuffle in compute shaders");
  CHECK_FALSE(refusal([](auto& p) { p.subgroupSize = 1; }).empty());
  CHECK_FALSE(refusal([](auto& p) { p.subgroupSize = 12; }).empty());
  CHECK(refusal([](auto& p) { p.subgroupSize = 4; }).empty());
  CHECK_FALSE(refusal([](auto& p) { p.maxPushConstants = 64; }).empty());
  CHECK_FALSE(refusal([](auto& p) { p.maxSharedMemory = 8192; }).empty());
  CHECK_FALSE(refusal([](auto& p) { p.maxWorkgroupSize = 64; }).empty());
}

TEST_CASE("the fastest usable device is taken unless one is named") {
  std::vector<DeviceInfo> devices = machine();
  CHECK(chooseDevice(devices, "").index == 2);
  CHECK(chooseDevice(devices, "3").index == 3); // two share a name: the number tells them apart
  CHECK(chooseDevice(devices, "iris").index == 1);
  CHECK(chooseDevice(devices, "LLVM").index == 0);
  CHECK(chooseDevice(devices, "4090").index == 2); // no device has this number, two have it in the name
  devices[3].memory *= 2;
  CHECK(chooseDevice(devices, "rtx").index == 3);
  devices.erase(devices.begin() + 2, devices.begin() + 4);
  CHECK(chooseDevice(devices, "").index == 1);
}

TEST_CASE("a choice that cannot be met says why") {
  const std::vector<DeviceInfo> devices = machine();
  CHECK_THROWS_WITH(chooseDevice(devices, "4"), Contains("Old Card") && Contains("no compute queue"));
  CHECK_THROWS_WITH(chooseDevice(devices, "old"), Contains("no compute queue"));
  CHECK_THROWS_WITH(chooseDevice(devices, "9"), Contains("0 (llvmpipe)"));
  CHECK_THROWS_WITH(chooseDevice({}, ""), Contains("mesa-vulkan-drivers"));
  CHECK_THROWS_AS(chooseDevice(devices, "Voodoo"), Error);
}
