#include "vulkan/hazards.h"

#include <algorithm>

namespace attune::vulkan {
namespace {

template <class Ranges> bool overlaps(const Ranges& ranges, const Access& access) {
  return std::any_of(ranges.begin(), ranges.end(),
                     [&](const auto& r) { return r.begin < access.end && access.begin < r.end; });
}

// Joins the new range to one it touches, so that lists stay short where neighbours are visited in turn.
template <class Ranges> void add(Ranges& ranges, const Access& access) {
  for (auto& r : ranges)
    if (r.begin <= access.end && access.begin <= r.end) {
      r.begin = std::min(r.begin, access.begin);
      r.end = std::max(r.end, access.end);
      return;
    }
  ranges.push_back({access.begin, access.end});
}

} // namespace

bool Hazards::needsBarrier(std::span<const Access> accesses) {
  bool conflict = false;
  for (const Access& access : accesses) {
    const auto found = since_.find(access.buffer);
    if (found == since_.end()) continue;
    conflict =
        conflict || overlaps(found->second.written, access) || (access.written && overlaps(found->second.read, access));
  }
  if (conflict) since_.clear();
  for (const Access& access : accesses) {
    Ranges& ranges = since_[access.buffer];
    add(access.written ? ranges.written : ranges.read, access);
  }
  return conflict;
}

} // namespace attune::vulkan
