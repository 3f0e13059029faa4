// One Vulkan compute device: chosen by name or number, with its limits, its memory and its programs.
//
// The rest of Attune sees no Vk* name. A Device allocates Buffers, makes Programs from the embedded shaders and runs
// Recordings. Choosing is separate from opening, so that refusals can be tested without a GPU (device_choice.h).
#pragma once

#include "error.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace attune::vulkan {

class Program;
class Recording;

enum class DeviceKind { Discrete, Integrated, Virtual, Cpu, Other };

// What choosing needs to know of a physical device.
struct DeviceInfo {
  int index = 0; // its number for --device
  std::string name;
  std::string driver; // "Mesa 22.3.6 (LLVM 15.0.6)"
  DeviceKind kind = DeviceKind::Other;
  uint64_t memory = 0; // bytes of the largest device-local heap
  uint32_t apiVersion = 0;
  std::string refusal; // empty: usable; else why not, as a sentence ("has no compute queue")
};

struct Limits {
  uint32_t subgroupSize = 1;
  bool subgroupShuffle = false;
  bool float16Storage = false;    // shaders may read and write float16 in storage buffers
  bool float16Arithmetic = false; // and compute with it
  bool isCpu = false;             // lavapipe: texel-buffer kernels, see shaders/matmul_cpu*
  uint64_t maxStorageRange = 0;   // bytes one storage-buffer binding may cover (128 MiB on lavapipe)
  uint64_t maxTexelElements = 0;  // texels of 16 bytes one texel-buffer binding may cover
  uint64_t texelAlignment = 16;   // bytes; offsets of texel and storage bindings
  uint64_t storageAlignment = 16;
  uint32_t maxSharedMemory = 0; // bytes a workgroup
  uint32_t maxWorkgroupSize = 0;
  uint32_t maxGroups[3] = {}; // dispatch counts in x, y, z
  uint32_t maxPushConstants = 128;
};

// The GPU went away or its driver stopped it. What was computed since the last download is lost; the Device cannot be
// used any more.
class DeviceLost : public Error {
public:
  using Error::Error;
};

// Where memory lies and who writes it.
enum class Memory {
  Device,   // only kernels touch it (upload and download stage where it is not mapped)
  Upload,   // the host writes, kernels read: ids, positions, learning rate
  Download, // kernels write, the host reads: losses, logits
};

// A piece of device memory; freed with the object. `mapped()` is null where the host cannot see it.
class Buffer {
public:
  virtual ~Buffer() = default;
  virtual uint64_t size() const = 0;
  virtual std::byte* mapped() const = 0;
};

// A range of a buffer, in bytes: what a kernel's binding sees.
struct Slice {
  Buffer* buffer = nullptr;
  uint64_t offset = 0;
  uint64_t size = 0;
};

// Every device of the machine in the loader's order, the unusable ones with their refusal.
std::vector<DeviceInfo> listDevices();

// Its limits, as an open device of it would tell. Throws Error where it is not there any more.
Limits limitsOf(const DeviceInfo& device);

// The device that --device SELECTOR names (number, or a part of the name, case ignored); empty: the fastest usable
// (discrete, integrated, virtual, CPU; then memory). Throws Error with the reason.
const DeviceInfo& chooseDevice(const std::vector<DeviceInfo>& devices, std::string_view selector);

class Device {
public:
  static std::shared_ptr<Device> open(std::string_view selector = {});
  virtual ~Device() = default;

  virtual const DeviceInfo& info() const = 0;
  virtual const Limits& limits() const = 0;

  // Throws Error naming purpose and size where memory is short. New memory is zero.
  virtual std::unique_ptr<Buffer> allocate(uint64_t bytes, Memory memory, std::string_view purpose) = 0;
  virtual uint64_t memoryInUse() const = 0; // bytes of all live buffers

  // The compute pipeline of shaders/NAME.comp with specialization constants 0, 1, ...; made once and kept. It is compiled
  // when the first recording that uses it is finished.
  virtual Program& program(std::string_view name, std::span<const uint32_t> specialization = {}) = 0;

  // Told of each program before it is compiled, which can take a while on the first start: its name, and its number, from
  // 1, among those that a recording waits for. From any thread, one call at a time. May be empty.
  std::function<void(std::string_view name, int number, int of)> onProgram;

  // See vulkan/recording.h.
  virtual std::unique_ptr<Recording> newRecording() = 0;

  // Copies that wait until done (staged where needed).
  virtual void upload(Slice to, std::span<const std::byte> from) = 0;
  virtual void download(Slice from, std::span<std::byte> to) = 0;

  // Submits a finished recording; `wait` returns when all submitted work is done. A lost device throws DeviceLost.
  virtual void submit(Recording& recording) = 0;
  virtual void wait() = 0;
};

// How many validation messages this process has seen (counted when ATTUNE_VALIDATION=1; each is printed).
int validationMessages();

} // namespace attune::vulkan
