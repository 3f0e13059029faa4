#include "text/byte_alphabet.h"
#include "text/utf8.h"

#include <array>

namespace attune {

namespace {

bool standsForItself(int byte) {
  return (byte >= 0x21 && byte <= 0x7E) || (byte >= 0xA1 && byte <= 0xAC) || byte >= 0xAE;
}

struct Alphabet {
  std::array<char32_t, 256> characters;
  std::array<int, 0x144> bytes; // by character; −1 where none
  Alphabet() {
    bytes.fill(-1);
    char32_t next = 0x100;
    for (int byte = 0; byte < 256; ++byte) {
      characters[byte] = standsForItself(byte) ? char32_t(byte) : next++;
      bytes[characters[byte]] = byte;
    }
  }
};

const Alphabet& alphabet() {
  static const Alphabet one;
  return one;
}

} // namespace

char32_t alphabetCharacter(unsigned char byte) { return alphabet().characters[byte]; }

std::string toByteAlphabet(std::string_view bytes) {
  std::string spelling;
  for (const char byte : bytes) appendUtf8(spelling, alphabetCharacter(static_cast<unsigned char>(byte)));
  return spelling;
}

std::optional<std::string> fromByteAlphabet(std::string_view spelling) {
  std::string bytes;
  for (size_t i = 0; i < spelling.size();) {
    const Utf8Character character = utf8At(spelling, i);
    if (!character.valid || character.code >= alphabet().bytes.size() || alphabet().bytes[character.code] < 0)
      return {};
    bytes += char(alphabet().bytes[character.code]);
    i += character.length;
  }
  return bytes;
}

} // namespace attune
