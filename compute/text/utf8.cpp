#include "text/utf8.h"
#include "error.h"

#include <cstdint>
#include <cstring>

namespace attune {

namespace {

bool isContinuation(unsigned char byte) { return (byte & 0xC0) == 0x80; }

// The length that a first byte announces, 0 for a byte that begins nothing, and the bounds of the second byte.
int announcedLength(unsigned char first, unsigned char& low, unsigned char& high) {
  low = 0x80, high = 0xBF;
  if (first < 0x80) return 1;
  if (first < 0xC2) return 0;
  if (first < 0xE0) return 2;
  if (first < 0xF0) {
    if (first == 0xE0) low = 0xA0;  // no overlong forms
    if (first == 0xED) high = 0x9F; // no surrogates
    return 3;
  }
  if (first > 0xF4) return 0;
  if (first == 0xF0) low = 0x90;
  if (first == 0xF4) high = 0x8F; // nothing above U+10FFFF
  return 4;
}

} // namespace

Utf8Character utf8At(std::string_view text, size_t i) {
  const auto byte = [&](size_t k) { return static_cast<unsigned char>(text[i + k]); };
  const unsigned char first = byte(0);
  if (first < 0x80) return {first, 1, true};
  unsigned char low, high;
  const int length = announcedLength(first, low, high);
  if (length == 0 || i + length > text.size() || byte(1) < low || byte(1) > high) return {0xFFFD, 1, false};
  char32_t code = first & (0xFF >> (length + 1));
  for (int k = 1; k < length; ++k) {
    if (!isContinuation(byte(k))) return {0xFFFD, 1, false};
    code = code << 6 | (byte(k) & 0x3F);
  }
  return {code, length, true};
}

void appendUtf8(std::string& text, char32_t code) {
  if (code < 0x80) {
    text += char(code);
  } else if (code < 0x800) {
    text += char(0xC0 | code >> 6), text += char(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    text += char(0xE0 | code >> 12), text += char(0x80 | (code >> 6 & 0x3F)), text += char(0x80 | (code & 0x3F));
  } else {
    text += char(0xF0 | code >> 18), text += char(0x80 | (code >> 12 & 0x3F));
    text += char(0x80 | (code >> 6 & 0x3F)), text += char(0x80 | (code & 0x3F));
  }
}

std::optional<size_t> firstInvalidUtf8(std::string_view text) {
  for (size_t i = 0; i < text.size();) {
    uint64_t eight;
    if (i + 8 <= text.size() && (std::memcpy(&eight, text.data() + i, 8), (eight & 0x8080808080808080u) == 0)) {
      i += 8;
      continue;
    }
    const Utf8Character character = utf8At(text, i);
    if (!character.valid) return i;
    i += character.length;
  }
  return {};
}

size_t incompleteUtf8Tail(std::string_view text) {
  for (size_t back = 1; back <= 3 && back <= text.size(); ++back) {
    const size_t start = text.size() - back;
    const auto first = static_cast<unsigned char>(text[start]);
    if (isContinuation(first)) continue;
    unsigned char low, high;
    const int length = announcedLength(first, low, high);
    if (length <= int(back)) return 0;
    if (back > 1) {
      const auto second = static_cast<unsigned char>(text[start + 1]);
      if (second < low || second > high) return 0;
    }
    return back;
  }
  return 0;
}

std::string validUtf8(std::string_view text) {
  std::string valid;
  valid.reserve(text.size());
  for (size_t i = 0; i < text.size();) {
    const Utf8Character character = utf8At(text, i);
    if (character.valid)
      valid.append(text, i, character.length);
    else
      valid += "\xEF\xBF\xBD";
    i += character.length;
  }
  return valid;
}

void requireUtf8(std::string_view text, const std::string& name) {
  const auto offset = firstInvalidUtf8(text);
  if (!offset) return;
  const auto byte = static_cast<unsigned char>(text[*offset]);
  throw Error(name + " is not UTF-8: byte " + std::to_string(*offset) + " (0x" + "0123456789ABCDEF"[byte >> 4] +
              "0123456789ABCDEF"[byte & 15] + ") belongs to no character; convert the file to UTF-8.");
}

} // namespace attune
