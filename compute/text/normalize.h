// What happens to a text before it is cut into words: tokenizer.json's "normalizer".
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace attune {

// One step. Immutable; may be shared between threads.
class Normalizer {
public:
  virtual ~Normalizer() = default;
  virtual std::string apply(std::string_view text) const = 0;
};

// Unicode's forms. Bytes that are no UTF-8 stay as they are.
enum class UnicodeForm { C, D, KC, KD };
std::unique_ptr<Normalizer> makeUnicodeNormalizer(UnicodeForm form);

std::unique_ptr<Normalizer> makeLowercase();

// Puts `prefix` before every text that is not empty.
std::unique_ptr<Normalizer> makePrepend(std::string prefix);

std::unique_ptr<Normalizer> makeReplace(std::string from, std::string to);
std::string replaceAll(std::string_view text, std::string_view from, std::string_view to);

// White space off the ends.
std::unique_ptr<Normalizer> makeStrip(bool left, bool right);

} // namespace attune
