// Commands recorded once and replayed: dispatches, copies and fills, with a barrier only where a command touches memory
// that an earlier one since the last barrier wrote (or writes what it read). Whoever records need not think of hazards.
//
// A long recording is cut into several submissions so that none comes near a GPU watchdog.
#pragma once

#include "vulkan/device.h"

#include <array>
#include <type_traits>

namespace attune::vulkan {

struct Groups {
  uint32_t x = 1, y = 1, z = 1;
};

class Recording {
public:
  static std::unique_ptr<Recording> begin(Device& device) { return device.newRecording(); }
  virtual ~Recording() = default;

  // Bindings in the order of Program::bindings(). A slice for a texel buffer is viewed as RGBA32F texels of 16 bytes
  // (R32I/R32UI by the image type the shader declares). Throws Error when counts, sizes, alignment or limits do not
  // fit.
  virtual void dispatch(Program& program, std::span<const Slice> bindings, std::span<const std::byte> push,
                        Groups groups) = 0;
  template <class Push>
  void dispatch(Program& program, std::initializer_list<Slice> bindings, const Push& push, Groups groups) {
    static_assert(std::is_trivially_copyable_v<Push>);
    dispatch(program, std::span<const Slice>(bindings.begin(), bindings.size()), std::as_bytes(std::span(&push, 1)),
             groups);
  }
  virtual void fill(Slice slice, uint32_t value) = 0;
  virtual void copy(Slice from, Slice to) = 0;

  // Memory that lasts until the next command asks for some: all recordings of the device share it. It is freed with the
  // last recording that used it.
  virtual Slice scratch(uint64_t bytes) = 0;

  virtual void finish() = 0; // after this it can be submitted any number of times
  virtual int dispatches() const = 0;
  virtual int barriers() const = 0;    // between its commands
  virtual int submissions() const = 0; // of the next replay; it falls once replays have been timed
};

} // namespace attune::vulkan
