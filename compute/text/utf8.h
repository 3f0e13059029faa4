// UTF-8, one character at a time, for texts that may be anything: a byte that belongs to no character counts as one of
// its own.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace attune {

struct Utf8Character {
  char32_t code; // U+FFFD when not valid
  int length;    // bytes: 1 to 4; 1 when not valid
  bool valid;
};

// The character that begins at text[i] (i < text.size()). Overlong forms, surrogates and stray bytes are not valid.
Utf8Character utf8At(std::string_view text, size_t i);

void appendUtf8(std::string& text, char32_t code);

// Where the first byte lies that belongs to no character.
std::optional<size_t> firstInvalidUtf8(std::string_view text);

// How many bytes at the end (0 to 3) begin a character whose rest has not come yet.
size_t incompleteUtf8Tail(std::string_view text);

// The text with every stray byte replaced by U+FFFD.
std::string validUtf8(std::string_view text);

// Throws Error "NAME is not UTF-8: byte OFFSET (0xNN) …" when the text is not UTF-8.
void requireUtf8(std::string_view text, const std::string& name);

} // namespace attune
