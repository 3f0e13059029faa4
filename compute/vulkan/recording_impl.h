// The command buffers behind vulkan/recording.h.
//
// Commands are checked when they come and written to the command buffers at the end, once all their programs are known
// and compiled together.
//
// A recording is cut into chunks of a few commands, one command buffer each. The first replay submits every chunk by
// itself and has it timed by the device; later replays submit as many together as stay well below a watchdog's limit.
#pragma once

#include "vulkan/device_impl.h"
#include "vulkan/hazards.h"
#include "vulkan/recording.h"

#include <functional>
#include <map>

namespace attune::vulkan {

class RecordingImpl final : public Recording {
public:
  explicit RecordingImpl(std::shared_ptr<DeviceImpl> device);
  ~RecordingImpl() override;
  void dispatch(Program& program, std::span<const Slice> bindings, std::span<const std::byte> push,
                Groups groups) override;
  void fill(Slice slice, uint32_t value) override;
  void copy(Slice from, Slice to) override;
  Slice scratch(uint64_t bytes) override;
  void finish() override;
  int dispatches() const override { return dispatches_; }
  int barriers() const override { return barriers_; }
  int submissions() const override { return int(groups_.size()); }

  const DeviceImpl& device() const { return *device_; }
  void submit();    // by the device
  void completed(); // all submitted work is done: read the times and regroup

private:
  struct Chunk {
    VkCommandBuffer commands = VK_NULL_HANDLE;
    int size = 0; // commands in it
  };
  struct Group { // chunks that are submitted together
    uint32_t first = 0, count = 0;
  };
  struct View {
    const Buffer* buffer;
    uint64_t offset, size;
    TexelType type;
    auto operator<=>(const View&) const = default;
  };

  // A command that touches this memory; `write` puts it into the open chunk.
  void later(ProgramImpl* program, std::span<const Access> accesses, std::function<void()> write);
  VkCommandBuffer commands();    // of the open chunk
  void before(bool withBarrier); // a command is written: a chunk for it
  void openChunk();
  void closeChunk();
  void startTiming(VkCommandBuffer first);
  VkDescriptorSet set(const ProgramImpl& program, std::span<const Slice> bindings);
  uint64_t texelRange(const Slice& slice, TexelType type) const;
  VkBufferView view(const Slice& slice, TexelType type);
  VkDescriptorSet allocateSet(VkDescriptorSetLayout layout);
  void checkSlice(const ProgramImpl& program, size_t index, const Slice& slice) const;
  void mustBeOpen() const;

  std::shared_ptr<DeviceImpl> device_;
  VkCommandPool commandPool_ = VK_NULL_HANDLE;
  std::vector<VkDescriptorPool> descriptorPools_;
  std::map<View, VkBufferView> views_;
  std::vector<ProgramImpl*> programs_; // of the commands to come
  std::vector<std::function<void()>> pending_;
  std::vector<Chunk> chunks_;
  std::vector<Group> groups_;
  VkQueryPool times_ = VK_NULL_HANDLE; // one timestamp at the start and one after each chunk
  std::vector<std::shared_ptr<Buffer>> scratch_; // the last one serves; commands use the others
  Hazards hazards_;
  const ProgramImpl* bound_ = nullptr; // pipeline of the open chunk
  bool open_ = false, finished_ = false;
  int dispatches_ = 0, barriers_ = 0;
  int chunkCommands_ = 16;
  int64_t replays_ = 0;
};

} // namespace attune::vulkan
