// Submitting a recording: in pieces of chunks that stay well below the limit of a GPU's watchdog.
#include "error.h"
#include "vulkan/lavapipe.h"
#include "vulkan/recording_impl.h"

#include <algorithm>
#include <utility>

namespace attune::vulkan {
namespace {

constexpr double wantedSeconds = 0.1;  // of one submission
constexpr double longestSeconds = 0.3; // above this, later recordings get shorter chunks
constexpr uint32_t mostTimes = 1024;

} // namespace

void RecordingImpl::startTiming(VkCommandBuffer first) {
  if (!device_->physical().timestamps) return;
  VkQueryPoolCreateInfo info = {VK_STRUCTURE_TYPE_QUERY_POOL_CREATE_INFO};
  info.queryType = VK_QUERY_TYPE_TIMESTAMP;
  info.queryCount = mostTimes;
  check(vkCreateQueryPool(device_->handle(), &info, nullptr, &times_), "Making a clock");
  vkCmdResetQueryPool(first, times_, 0, mostTimes);
  vkCmdWriteTimestamp(first, VK_PIPELINE_STAGE_TOP_OF_PIPE_BIT, times_, 0);
}

void RecordingImpl::closeChunk() {
  if (!open_) return;
  if (times_ && chunks_.size() < mostTimes)
    vkCmdWriteTimestamp(commands(), VK_PIPELINE_STAGE_BOTTOM_OF_PIPE_BIT, times_, uint32_t(chunks_.size()));
  check(vkEndCommandBuffer(commands()), "Recording");
  open_ = false;
}

void RecordingImpl::finish() {
  mustBeOpen();
  compilePrograms(*device_, programs_);
  programs_.clear();
  for (const auto& write : std::exchange(pending_, {})) write();
  if (!open_) openChunk();
  // The host may read what was written once it has waited.
  const VkMemoryBarrier memory = {VK_STRUCTURE_TYPE_MEMORY_BARRIER, nullptr,
                                  VK_ACCESS_SHADER_WRITE_BIT | VK_ACCESS_TRANSFER_WRITE_BIT, VK_ACCESS_HOST_READ_BIT};
  vkCmdPipelineBarrier(commands(), VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT | VK_PIPELINE_STAGE_TRANSFER_BIT,
                       VK_PIPELINE_STAGE_HOST_BIT, 0, 1, &memory, 0, nullptr, 0, nullptr);
  closeChunk();
  finished_ = true;
  for (uint32_t i = 0; i < chunks_.size(); i++) groups_.push_back({i, 1});
}

void RecordingImpl::submit() {
  if (!finished_) throw Error("A recording was submitted before it was finished.");
  // Lavapipe compiles a program when it first runs: chunk by chunk, so that what one leaves serves the next.
  const bool compiles = replays_ == 0 && device_->limits().isCpu;
  std::vector<VkCommandBuffer> buffers;
  for (const Group& group : groups_) {
    buffers.clear();
    for (uint32_t i = 0; i < group.count; i++) buffers.push_back(chunks_[group.first + i].commands);
    VkSubmitInfo info = {VK_STRUCTURE_TYPE_SUBMIT_INFO};
    info.commandBufferCount = group.count;
    info.pCommandBuffers = buffers.data();
    check(vkQueueSubmit(device_->queue(), 1, &info, VK_NULL_HANDLE), "Computing");
    if (!compiles) continue;
    check(vkQueueWaitIdle(device_->queue()), "Computing");
    giveBackFreedMemory();
  }
  replays_++;
}

void RecordingImpl::completed() {
  const bool worthReading = times_ && (replays_ <= 3 || replays_ % 64 == 0);
  if (!worthReading) return;
  std::vector<uint64_t> ticks(std::min<size_t>(chunks_.size() + 1, mostTimes));
  if (vkGetQueryPoolResults(device_->handle(), times_, 0, uint32_t(ticks.size()), ticks.size() * 8, ticks.data(), 8,
                            VK_QUERY_RESULT_64_BIT) != VK_SUCCESS)
    return;
  groups_.clear();
  double together = 0, untimed = longestSeconds;
  for (uint32_t i = 0; i < chunks_.size(); i++) {
    double seconds = untimed;
    if (i + 1 < ticks.size() && ticks[i + 1] >= ticks[i])
      seconds = double(ticks[i + 1] - ticks[i]) * device_->physical().secondsPerTick;
    // A processor has no watchdog, and its first replay compiles.
    if (seconds > longestSeconds && !device_->limits().isCpu)
      device_->chunkCommands = std::max(1, std::min(device_->chunkCommands, chunks_[i].size / 2));
    if (groups_.empty() || together + seconds > wantedSeconds) {
      groups_.push_back({i, 0});
      together = 0;
    }
    groups_.back().count++;
    together += seconds;
  }
}

} // namespace attune::vulkan
