// A device that computes nothing and counts. The code that trains or decodes prepares itself on it as it would on a
// real one, and afterwards stands here what that would have taken: a run's memory is told before Start without a second
// description of what a run allocates.
#pragma once

#include "vulkan/device.h"

#include <map>

namespace attune::vulkan {

class PaperDevice final : public Device {
public:
  // Of the same limits as the device it stands for.
  explicit PaperDevice(const Limits& limits);
  ~PaperDevice() override;

  uint64_t mostMemory() const { return most_; } // bytes of buffers alive at the same time
  // The most that was alive for one purpose ("weights", "activations").
  uint64_t mostMemory(std::string_view purpose) const;
  uint64_t dispatches() const { return dispatches_; } // of all recordings so far
  uint64_t submitted() const { return submitted_; }   // dispatches of all recordings that were submitted
  // What the driver keeps in the process for the programs asked for, compiled. 0 but on CPU devices.
  uint64_t programMemory() const;

  const DeviceInfo& info() const override { return info_; }
  const Limits& limits() const override { return limits_; }
  std::unique_ptr<Buffer> allocate(uint64_t bytes, Memory memory, std::string_view purpose) override;
  uint64_t memoryInUse() const override { return inUse_; }
  Program& program(std::string_view name, std::span<const uint32_t> specialization) override;
  std::unique_ptr<Recording> newRecording() override;
  void upload(Slice, std::span<const std::byte>) override {}
  void download(Slice, std::span<std::byte> to) override; // zeros
  void submit(Recording& recording) override;
  void wait() override {}

private:
  class PaperBuffer;
  class PaperProgram;
  class PaperRecording;
  struct Use {
    uint64_t now = 0, most = 0;
  };

  DeviceInfo info_;
  Limits limits_;
  uint64_t inUse_ = 0, most_ = 0, dispatches_ = 0, submitted_ = 0;
  std::weak_ptr<Buffer> scratch_; // as in DeviceImpl
  std::map<std::string, Use, std::less<>> uses_;
  std::map<std::pair<std::string, std::vector<uint32_t>>, std::unique_ptr<PaperProgram>> programs_;
};

} // namespace attune::vulkan
