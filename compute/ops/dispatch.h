// How operations size their dispatches, in one place for CPU and GPU devices.
#pragma once

#include "graph/recorder.h"

#include <algorithm>
#include <vector>

namespace attune {

// Programs over flat memory or over rows, one workgroup after another passing over it (shaders/flat.glsl, reduce.glsl).
// Specialization constants 0 and 1 are the local size and whether it is one subgroup; the rest are the operation's.
struct Spread {
  std::vector<uint32_t> specialization;
  vulkan::Groups groups;
};

// `items`: invocations wanted by a flat program.
inline Spread spreadFlat(const vulkan::Limits& limits, uint64_t items, std::initializer_list<uint32_t> more = {}) {
  const uint32_t local = limits.isCpu ? limits.subgroupSize : 256;
  const uint32_t most = limits.isCpu ? 64 : 4096;
  Spread spread{{local, limits.isCpu}, {uint32_t(std::clamp<uint64_t>((items + local - 1) / local, 1, most))}};
  spread.specialization.insert(spread.specialization.end(), more);
  return spread;
}

// A workgroup a row, as many rows after another as it takes.
inline Spread spreadRows(const vulkan::Limits& limits, uint64_t rows, std::initializer_list<uint32_t> more = {}) {
  const uint32_t most = limits.isCpu ? 64 : 32768;
  Spread spread{{limits.isCpu ? limits.subgroupSize : 128, limits.isCpu}, {uint32_t(std::clamp<uint64_t>(rows, 1, most))}};
  spread.specialization.insert(spread.specialization.end(), more);
  return spread;
}

template <class Push>
void run(Recorder& recorder, const char* program, const Spread& spread, std::initializer_list<vulkan::Slice> bindings,
         const Push& push) {
  recorder.recording().dispatch(recorder.device().program(program, spread.specialization), bindings, push, spread.groups);
}

inline uint32_t vec4Count(const Graph& graph, Tensor tensor) { return uint32_t((elementCount(graph.shape(tensor)) + 3) / 4); }

} // namespace attune
