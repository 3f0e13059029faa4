// What the attention recorders share: checks of shapes and the choice of a program's variant.
#pragma once

#include "ops/attention_kernels.h"

namespace attune::attention {

[[noreturn]] void refuse(const std::string& why);
void checkHeads(uint32_t heads, uint32_t kvHeads, uint32_t headSize);

// Every one of `count` rows, `width` floats wide from its offset, must lie in the slice.
void checkRows(const char* name, const HeadRows& rows, uint64_t count, uint64_t width);
void checkNumbers(const char* name, const vulkan::Slice& slice, uint64_t count); // of four bytes each

// Whether rows (a slice) can be read four floats at a time.
bool inFours(const HeadRows& rows);
bool inFours(const vulkan::Slice& slice);

// shaders/attention_NAME*.comp for this device: through texel buffers on a processor where `fours` (head size, strides
// and offsets in multiples of four floats), else through storage buffers. The environment variable
// ATTUNE_ATTENTION=storage|texels forces one (the tests do).
vulkan::Program& variant(vulkan::Device& device, const std::string& name, uint32_t headSize, bool fours);

uint32_t tiles(uint32_t rows, uint32_t lanes);

// An optional slice, or another in its place: every binding needs one, read or not.
vulkan::Slice orElse(const vulkan::Slice& optional, const vulkan::Slice& filler);

} // namespace attune::attention
