// A compute pipeline, and what its SPIR-V says of itself: bindings, push constants, local size. Read once, checked at
// every dispatch, so that shader and host code cannot drift apart.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace attune::vulkan {

enum class BindingKind { StorageBuffer, UniformTexelBuffer, UniformBuffer, StorageTexelBuffer };

// Bound as texels: a view of a buffer.
inline bool isTexels(BindingKind kind) {
  return kind == BindingKind::UniformTexelBuffer || kind == BindingKind::StorageTexelBuffer;
}

struct Binding {
  uint32_t number = 0;
  BindingKind kind = BindingKind::StorageBuffer;
  bool written = false; // not `readonly` in the shader
};

class Program {
public:
  virtual ~Program() = default;
  virtual const std::string& name() const = 0;
  virtual const std::vector<Binding>& bindings() const = 0; // set 0, sorted by number
  virtual uint32_t pushConstantBytes() const = 0;
  virtual const uint32_t* localSize() const = 0; // three numbers, after specialization
};

} // namespace attune::vulkan
