#include "ops/attention_checks.h"

#include "error.h"

#include <cstdlib>

namespace attune::attention {

void refuse(const std::string& why) { throw Error("Attention: " + why + "."); }

void checkHeads(uint32_t heads, uint32_t kvHeads, uint32_t headSize) {
  if (headSize < 1 || headSize > 256)
    refuse("a head of " + std::to_string(headSize) + " numbers was asked for; 1 to 256 are possible");
  if (heads < 1 || kvHeads < 1 || heads % kvHeads != 0)
    refuse(std::to_string(kvHeads) + " key heads do not divide " + std::to_string(heads) + " heads");
}

void checkRows(const char* name, const HeadRows& rows, uint64_t count, uint64_t width) {
  if (rows.stride < width)
    refuse(std::string(name) + " has rows of " + std::to_string(width) + " floats at a stride of " +
           std::to_string(rows.stride));
  checkNumbers(name, rows.slice, (count - 1) * rows.stride + rows.offset + width);
}

void checkNumbers(const char* name, const vulkan::Slice& slice, uint64_t count) {
  if (slice.size / 4 < count)
    refuse(std::string(name) + " needs " + std::to_string(count) + " numbers, and its slice has " +
           std::to_string(slice.size / 4));
}

bool inFours(const HeadRows& rows) { return rows.stride % 4 == 0 && rows.offset % 4 == 0 && inFours(rows.slice); }
bool inFours(const vulkan::Slice& slice) { return slice.size % 16 == 0; }

vulkan::Program& variant(vulkan::Device& device, const std::string& name, uint32_t headSize, bool fours) {
  const char* wish = std::getenv("ATTUNE_ATTENTION");
  fours = fours && headSize % 4 == 0;
  const bool texels = fours && (wish ? std::string(wish) == "texels" : device.limits().isCpu);
  const uint32_t constants[] = {device.limits().subgroupSize, headSize, fours ? 1u : 0u};
  return device.program("attention_" + name + (texels ? "_texels" : ""), constants);
}

uint32_t tiles(uint32_t rows, uint32_t lanes) { return (rows + lanes - 1) / lanes; }

vulkan::Slice orElse(const vulkan::Slice& optional, const vulkan::Slice& filler) {
  return optional.buffer ? optional : filler;
}

} // namespace attune::attention
