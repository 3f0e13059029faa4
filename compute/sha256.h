// SHA-256 (FIPS 180-4): the lineage of a model names its data by it, so that "the same file" can be told years later.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace attune {

class Sha256 {
public:
  void add(std::string_view bytes);
  std::array<uint8_t, 32> finish(); // once; the object is then used up
  std::string finishHex();          // the same as 64 lower-case hexadecimal digits

private:
  void block(const uint8_t* bytes);

  std::array<uint32_t, 8> state{0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  std::array<uint8_t, 64> pending{};
  uint64_t length = 0;
};

std::string sha256Hex(std::string_view bytes);

// Of a file's bytes, read in pieces. Throws Error naming the file.
std::string sha256OfFile(const std::filesystem::path& file);

} // namespace attune
