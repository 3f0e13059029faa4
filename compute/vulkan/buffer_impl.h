// A buffer with memory of its own. Few are made (the plan lays tensors out inside large ones), so one piece of device
// memory for each is well within every driver's count.
#pragma once

#include "vulkan/device_impl.h"

namespace attune::vulkan {

class BufferImpl final : public Buffer {
public:
  // Memory is a little more than asked for, so that a texel view of the last elements stays inside.
  BufferImpl(std::shared_ptr<DeviceImpl> device, uint64_t bytes, Memory memory, std::string_view purpose);
  ~BufferImpl() override;
  uint64_t size() const override { return size_; }
  std::byte* mapped() const override {
    if (!zeroed_) device_->zero(*this);
    return mapped_;
  }

  VkBuffer handle() const { return handle_; }
  uint64_t allocated() const { return allocated_; }
  bool isMapped() const { return mapped_; }

private:
  void release();

  std::shared_ptr<DeviceImpl> device_;
  uint64_t size_ = 0, allocated_ = 0;
  VkBuffer handle_ = VK_NULL_HANDLE;
  VkDeviceMemory memory_ = VK_NULL_HANDLE;
  std::byte* mapped_ = nullptr;
  mutable bool zeroed_ = true; // false while DeviceImpl puts it off

  friend class DeviceImpl;
};

} // namespace attune::vulkan
