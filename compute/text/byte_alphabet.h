// GPT-2's alphabet: every byte as a printable character, so that a vocabulary of bytes can be written as JSON strings.
//
// Printable bytes of Latin-1 stand for themselves; the other 68 (controls, space, DEL, no-break space, soft hyphen) are
// U+0100 onwards in order: a space is "Ġ", a line feed "Ċ".
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace attune {

// The character that stands for a byte.
char32_t alphabetCharacter(unsigned char byte);

std::string toByteAlphabet(std::string_view bytes);

// The bytes that a spelling stands for; none when a character of it is not in the alphabet.
std::optional<std::string> fromByteAlphabet(std::string_view spelling);

} // namespace attune
