// Decides where a barrier is needed: remembers which byte ranges of which buffers were read and written since the last
// one. A command needs a barrier when it reads what was written, or writes what was read or written.
#pragma once

#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

namespace attune::vulkan {

struct Access {
  const void* buffer = nullptr; // identity only
  uint64_t begin = 0, end = 0;  // bytes
  bool written = false;
};

class Hazards {
public:
  // True when the accesses of the next command conflict with what came since the last barrier; the barrier is then
  // taken as placed. Either way the accesses are remembered. Accesses of one command never conflict with each other.
  bool needsBarrier(std::span<const Access> accesses);

private:
  struct Range {
    uint64_t begin, end;
  };
  struct Ranges {
    std::vector<Range> read, written;
  };
  std::unordered_map<const void*, Ranges> since_;
};

} // namespace attune::vulkan
