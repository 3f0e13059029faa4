// The device behind vulkan/device.h, for the files of this folder.
#pragma once

#include "vulkan/program_impl.h"
#include "vulkan/vk.h"

#include <atomic>
#include <map>
#include <mutex>

namespace attune::vulkan {

class BufferImpl;
class RecordingImpl;

// A device, its recordings and its buffers are used by one thread at a time; a buffer may be freed by any other
// meanwhile.
class DeviceImpl final : public Device, public std::enable_shared_from_this<DeviceImpl> {
public:
  DeviceImpl(std::shared_ptr<Instance> instance, const PhysicalDevice& physical);
  ~DeviceImpl() override;

  const DeviceInfo& info() const override { return physical_.info; }
  const Limits& limits() const override { return physical_.limits; }
  std::unique_ptr<Buffer> allocate(uint64_t bytes, Memory memory, std::string_view purpose) override;
  std::shared_ptr<Buffer> scratch(uint64_t bytes); // what recordings share (recording.h)
  uint64_t memoryInUse() const override { return memoryInUse_; }
  Program& program(std::string_view name, std::span<const uint32_t> specialization) override;
  std::unique_ptr<Recording> newRecording() override;
  void upload(Slice to, std::span<const std::byte> from) override;
  void download(Slice from, std::span<std::byte> to) override;
  void submit(Recording& recording) override;
  void wait() override;

  VkDevice handle() const { return handle_; }
  VkQueue queue() const { return queue_; }
  const PhysicalDevice& physical() const { return physical_; }
  VkPipelineCache pipelineCache() const { return pipelineCache_; }

  void memoryReturned(const BufferImpl& buffer); // it goes away, in whatever thread; its memory is still there
  // A processor's memory takes room once it is written. New memory is made zero when it is first used, so that programs
  // are compiled, which takes room too, before a pass's memory lies beside that.
  void zero(const BufferImpl& buffer);
  uint64_t untouchedMemory() const;      // bytes that were given out and take no room yet
  void forget(RecordingImpl* recording); // a recording goes away; waits when its work is still running
  VkCommandPool makeCommandPool();
  // How many commands a recording may put into one command buffer: less on devices where that took long.
  int chunkCommands = 16;

private:
  void zeroUntouched();
  void stage(Slice slice, std::span<const std::byte> from, std::span<std::byte> to);
  void runOnce(const auto& record);
  void readPipelineCache();
  void writePipelineCache() noexcept;
  std::string pipelineCacheFile() const;

  std::shared_ptr<Instance> instance_;
  PhysicalDevice physical_;
  VkDevice handle_ = VK_NULL_HANDLE;
  VkQueue queue_ = VK_NULL_HANDLE;
  VkCommandPool commandPool_ = VK_NULL_HANDLE; // for copies that wait
  VkPipelineCache pipelineCache_ = VK_NULL_HANDLE;
  std::map<std::pair<std::string, std::vector<uint32_t>>, std::unique_ptr<ProgramImpl>> programs_;
  std::weak_ptr<Buffer> scratch_;       // the largest that some recording still holds
  std::vector<RecordingImpl*> running_; // submitted since the last wait
  mutable std::mutex untouchedMutex_;
  std::vector<const BufferImpl*> untouched_; // not zero yet
  std::atomic<uint64_t> memoryInUse_ = 0;    // also read by who shows it
  size_t cacheBytesRead_ = 0;                // of the pipeline cache
};

} // namespace attune::vulkan
