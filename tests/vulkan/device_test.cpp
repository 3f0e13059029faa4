#include "catch.h"
#include "vulkan/device.h"
#include "vulkan/lavapipe.h"
#include "vulkan/program.h"
#include "vulkan/recording.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sys/resource.h>
#include <thread>
#include <unistd.h>

using namespace attune;
using namespace attune::vulkan;

namespace {

// Resident memory of this process in bytes.
uint64_t resident() {
  std::ifstream file("/proc/self/statm");
  uint64_t all = 0, used = 0;
  file >> all >> used;
  return used * uint64_t(sysconf(_SC_PAGESIZE));
}

// How many threads of this process stand `nice` steps back.
int threadsAt(int nice) {
  int found = 0;
  for (const auto& task : std::filesystem::directory_iterator("/proc/self/task")) {
    const int id = std::atoi(task.path().filename().c_str());
    errno = 0;
    const int priority = getpriority(PRIO_PROCESS, id_t(id)); // of one thread, on Linux
    found += errno == 0 && priority == nice;
  }
  return found;
}

} // namespace

TEST_CASE("the devices of the machine are listed and one opens") {
  const std::vector<DeviceInfo> devices = listDevices();
  REQUIRE_FALSE(devices.empty());
  const auto device = Device::open();
  const Limits& limits = device->limits();
  CHECK_FALSE(device->info().name.empty());
  CHECK(device->info().refusal.empty());
  CHECK(limits.subgroupSize >= 4);
  CHECK(limits.maxStorageRange >= (1u << 27));
  CHECK(limits.maxPushConstants >= 128);
  CHECK(Device::open(std::to_string(device->info().index))->info().name == device->info().name);
  CHECK_THROWS_AS(Device::open("no such device"), Error);
}

TEST_CASE("new memory is zero, is counted, and goes back") {
  const auto device = Device::open();
  CHECK(device->memoryInUse() == 0);
  for (Memory memory : {Memory::Device, Memory::Upload, Memory::Download}) {
    const auto buffer = device->allocate(1001, memory, "a test");
    CHECK(buffer->size() == 1001);
    CHECK(device->memoryInUse() >= 1001);
    std::vector<std::byte> bytes(1001, std::byte(1));
    device->download({buffer.get(), 0, 1001}, bytes);
    CHECK(bytes == std::vector<std::byte>(1001));
    if (memory != Memory::Device) CHECK(buffer->mapped());
  }
  CHECK(device->memoryInUse() == 0);
}

TEST_CASE("a processor's memory takes room when it is first used, and is zero then") {
  const auto device = Device::open();
  if (!device->limits().isCpu) return;
  constexpr uint64_t size = 64 << 20;
  { // malloc gives such memory again, with what was in it
    const auto used = device->allocate(size, Memory::Device, "a test");
    const std::vector<std::byte> ones(size, std::byte(1));
    device->upload({used.get(), 0, size}, ones);
  }
  const uint64_t before = resident();
  const auto buffer = device->allocate(size, Memory::Device, "a test"),
             other = device->allocate(size, Memory::Device, "a test");
  CHECK(resident() < before + size / 2);
  std::vector<std::byte> bytes(size, std::byte(1));
  device->download({buffer.get(), 0, size}, bytes);
  CHECK(bytes == std::vector<std::byte>(size));
  // Also where a recording is the first to use it.
  const auto target = device->allocate(size, Memory::Device, "a test");
  const auto recording = Recording::begin(*device);
  recording->copy({other.get(), 0, size}, {target.get(), 0, size});
  recording->finish();
  device->submit(*recording);
  device->wait();
  bytes.assign(size, std::byte(1));
  device->download({target.get(), 0, size}, bytes);
  CHECK(bytes == std::vector<std::byte>(size));
}

TEST_CASE("a processor's freed memory returns to the system") {
  const auto device = Device::open();
  if (!device->limits().isCpu) return;
  for (uint64_t bytes : {uint64_t(3) << 20, uint64_t(20) << 20, uint64_t(200) << 20}) {
    device->allocate(bytes, Memory::Device, "a first time");
    const uint64_t before = resident();
    auto buffer = device->allocate(bytes, Memory::Device, "a test");
    REQUIRE(buffer->mapped()); // made zero
    CHECK(resident() > before + bytes / 2);
    buffer.reset();
    CHECK(resident() < before + bytes / 4);
  }
}

TEST_CASE("memory that cannot be had is an error that names its purpose and size") {
  const auto device = Device::open();
  CHECK_THROWS_WITH(device->allocate(uint64_t(1) << 50, Memory::Device, "the weights"),
                    Contains("the weights") && Contains("GB"));
  CHECK_THROWS_AS(device->allocate(0, Memory::Device, "nothing"), Error);
  CHECK(device->memoryInUse() == 0);
}

TEST_CASE("uploads and downloads keep every byte, and stay inside") {
  const auto device = Device::open();
  const auto buffer = device->allocate(5000, Memory::Device, "a test");
  std::vector<std::byte> bytes(3000), back(3000);
  for (size_t i = 0; i < bytes.size(); i++) bytes[i] = std::byte(i * 7);
  device->upload({buffer.get(), 1000, 3000}, bytes);
  device->download({buffer.get(), 1000, 3000}, back);
  CHECK(back == bytes);
  CHECK_THROWS_AS(device->upload({buffer.get(), 3000, 3000}, bytes), Error);
  CHECK_THROWS_AS(device->download({buffer.get(), 0, 2999}, back), Error);
  CHECK_THROWS_AS(device->download({nullptr, 0, 3000}, back), Error);
}

TEST_CASE("two devices live side by side, and a buffer may outlive its device's owner") {
  auto one = Device::open(), two = Device::open();
  auto buffer = one->allocate(64, Memory::Device, "a test");
  one.reset();
  two.reset();
  CHECK(buffer->size() == 64);
}

TEST_CASE("buffers are freed by one thread while another makes and uses its own") {
  const auto device = Device::open();
  const auto some = [&] {
    std::vector<std::unique_ptr<Buffer>> made;
    for (int i = 0; i < 64; i++) made.push_back(device->allocate(1000, Memory::Device, "a test"));
    return made;
  };
  const auto target = device->allocate(64000, Memory::Device, "a test");
  for (int round = 0; round < 20; round++) {
    std::thread other([unused = some()]() mutable { unused.clear(); });
    const auto mine = some();
    const auto recording = Recording::begin(*device);
    for (uint64_t i = 0; i < mine.size(); i++)
      recording->copy({mine[i].get(), 0, 1000}, {target.get(), i * 1000, 1000});
    recording->finish();
    device->submit(*recording);
    device->wait();
    other.join();
  }
  std::vector<std::byte> bytes(64000, std::byte(1));
  device->download({target.get(), 0, 64000}, bytes);
  CHECK(bytes == std::vector<std::byte>(64000));
}

TEST_CASE("a processor computes with the priority of the thread that opened the device, whatever else is open") {
  const auto first = Device::open();
  if (!first->limits().isCpu) return;
  const int nice = getpriority(PRIO_PROCESS, 0) + 3;
  REQUIRE(threadsAt(nice) == 0);
  std::thread other([&] {
    setpriority(PRIO_PROCESS, 0, nice);
    const auto second = Device::open();
    CHECK(threadsAt(nice) >= 1 + int(std::thread::hardware_concurrency()));
  });
  other.join();
}

TEST_CASE("sizes are of one kind for lavapipe's compiler") {
  for (uint64_t bytes : {1, 255, 256, 257, 3840, 4096, 65536 - 256, 65536, 1 << 20, 1000000}) {
    CAPTURE(bytes);
    const uint64_t size = evenBufferSize(bytes), range = evenTexelRange(bytes);
    CHECK((size & (size - 1)) != 0);
    CHECK(range >= bytes);
    CHECK((range >> 8 & 0xff) != 0);
    CHECK(size >= range);
  }
}
