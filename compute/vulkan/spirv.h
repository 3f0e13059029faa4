// Reads from a compute shader's SPIR-V what the host must agree with: bindings, push constants, local size and
// specialization constants. Only what glslang makes of a compute shader is understood; anything else is an Error.
#pragma once

#include "vulkan/program.h"

#include <span>

namespace attune::vulkan {

enum class TexelType { Float, Int, Uint }; // RGBA32F, R32I, R32UI

struct ShaderInterface {
  std::vector<Binding> bindings;    // set 0, sorted by number
  std::vector<TexelType> texelType; // beside each binding; means something for texel buffers only
  uint32_t pushConstantBytes = 0;
  uint32_t localSize[3] = {1, 1, 1}; // after specialization
  uint32_t specializationCount = 0;  // constants 0 .. count-1 can be given
};

// Specialization constant i takes the 32 bits of specialization[i]; `name` is for errors.
ShaderInterface readShader(std::string_view name, std::span<const uint32_t> words,
                           std::span<const uint32_t> specialization);

} // namespace attune::vulkan
