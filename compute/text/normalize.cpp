#include "text/normalize.h"
#include "error.h"
#include "text/utf8.h"

#include <unicode/locid.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

namespace attune {

namespace {

bool isAscii(std::string_view text) {
  for (const char c : text)
    if (static_cast<unsigned char>(c) >= 0x80) return false;
  return true;
}

// Calls `change` on every stretch of valid UTF-8 and keeps the stray bytes between them.
template <typename Change> std::string onValidParts(std::string_view text, Change change) {
  std::string result;
  result.reserve(text.size());
  while (!text.empty()) {
    const size_t valid = firstInvalidUtf8(text).value_or(text.size());
    if (valid > 0) change(text.substr(0, valid), result);
    if (valid < text.size()) result += text[valid];
    text.remove_prefix(std::min(valid + 1, text.size()));
  }
  return result;
}

class UnicodeNormalizer : public Normalizer {
public:
  explicit UnicodeNormalizer(UnicodeForm form) {
    UErrorCode status = U_ZERO_ERROR;
    form_ = form == UnicodeForm::C    ? icu::Normalizer2::getNFCInstance(status)
            : form == UnicodeForm::D  ? icu::Normalizer2::getNFDInstance(status)
            : form == UnicodeForm::KC ? icu::Normalizer2::getNFKCInstance(status)
                                      : icu::Normalizer2::getNFKDInstance(status);
    if (U_FAILURE(status))
      throw Error(std::string("ICU has no Unicode normalization data: ") + u_errorName(status) + ".");
  }

  std::string apply(std::string_view text) const override {
    if (isAscii(text)) return std::string(text);
    return onValidParts(text, [&](std::string_view part, std::string& result) {
      UErrorCode status = U_ZERO_ERROR;
      const icu::UnicodeString wide = icu::UnicodeString::fromUTF8({part.data(), int32_t(part.size())});
      form_->normalize(wide, status).toUTF8String(result);
      if (U_FAILURE(status)) throw Error(std::string("Unicode normalization failed: ") + u_errorName(status) + ".");
    });
  }

private:
  const icu::Normalizer2* form_; // owned by ICU
};

class Lowercase : public Normalizer {
public:
  std::string apply(std::string_view text) const override {
    return onValidParts(text, [](std::string_view part, std::string& result) {
      icu::UnicodeString wide = icu::UnicodeString::fromUTF8({part.data(), int32_t(part.size())});
      wide.toLower(icu::Locale::getRoot()).toUTF8String(result);
    });
  }
};

class Prepend : public Normalizer {
public:
  explicit Prepend(std::string prefix)
      : prefix(std::move(prefix)) {}
  std::string apply(std::string_view text) const override { return text.empty() ? "" : prefix + std::string(text); }

private:
  std::string prefix;
};

class Replace : public Normalizer {
public:
  Replace(std::string from, std::string to)
      : from(std::move(from))
      , to(std::move(to)) {}
  std::string apply(std::string_view text) const override { return replaceAll(text, from, to); }

private:
  std::string from, to;
};

class Strip : public Normalizer {
public:
  Strip(bool left, bool right)
      : left(left)
      , right(right) {}

  std::string apply(std::string_view text) const override {
    size_t first = text.size(), last = 0;
    for (size_t i = 0; i < text.size();) {
      const Utf8Character character = utf8At(text, i);
      if (!character.valid || !u_isUWhiteSpace(UChar32(character.code))) {
        first = std::min(first, i);
        last = i + character.length;
      }
      i += character.length;
    }
    if (!left) first = 0;
    if (!right) last = text.size();
    return first < last ? std::string(text.substr(first, last - first)) : "";
  }

private:
  bool left, right;
};

} // namespace

std::string replaceAll(std::string_view text, std::string_view from, std::string_view to) {
  std::string result;
  result.reserve(text.size() + text.size() / 4);
  size_t done = 0;
  for (size_t at = from.empty() ? text.npos : text.find(from); at != text.npos; at = text.find(from, done)) {
    result.append(text, done, at - done).append(to);
    done = at + from.size();
  }
  return result.append(text, done, text.npos);
}

std::unique_ptr<Normalizer> makeUnicodeNormalizer(UnicodeForm form) {
  return std::make_unique<UnicodeNormalizer>(form);
}
std::unique_ptr<Normalizer> makeLowercase() { return std::make_unique<Lowercase>(); }
std::unique_ptr<Normalizer> makePrepend(std::string prefix) { return std::make_unique<Prepend>(std::move(prefix)); }
std::unique_ptr<Normalizer> makeReplace(std::string from, std::string to) {
  return std::make_unique<Replace>(std::move(from), std::move(to));
}
std::unique_ptr<Normalizer> makeStrip(bool left, bool right) { return std::make_unique<Strip>(left, right); }

} // namespace attune
