#include "judge/world_text.h"

#include "error.h"

#include <algorithm>
#include <functional>
#include <unicode/regex.h>
#include <unicode/unistr.h>

namespace attune::world {
namespace {

bool isSpace(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
bool isDigit(char c) { return c >= '0' && c <= '9'; }

std::string utf8(const icu::UnicodeString& text) {
  std::string out;
  text.toUTF8String(out);
  return out;
}

// "1. " at the beginning and after white space.
std::string withoutNumbers(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool begins = i == 0 || isSpace(text[i - 1]);
    if (begins && i + 2 < text.size() && isDigit(text[i]) && text[i + 1] == '.' && text[i + 2] == ' ')
      i += 2;
    else
      out += text[i];
  }
  return out;
}

} // namespace

bool isWordCharacter(unsigned char c) {
  return c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c >= 0x80;
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = char(c - 'A' + 'a');
  return out;
}

std::string trimmed(std::string_view text, std::string_view characters) {
  const size_t first = text.find_first_not_of(characters);
  if (first == std::string_view::npos) return {};
  return std::string(text.substr(first, text.find_last_not_of(characters) - first + 1));
}

std::vector<std::string> sentences(std::string_view text) {
  const std::string whole = withoutNumbers(trimmed(text));
  std::vector<std::string> found;
  std::string one;
  const auto end = [&] {
    if (std::string kept = trimmed(one); !kept.empty()) found.push_back(std::move(kept));
    one.clear();
  };
  for (const char c : whole) {
    const bool afterEnd = !one.empty() && std::string_view(".!?").find(one.back()) != std::string_view::npos;
    if (c == '\n' || (isSpace(c) && afterEnd)) end();
    if (!isSpace(c) || !one.empty()) one += c;
  }
  end();
  return found;
}

bool has(std::string_view text, std::string_view words) {
  const std::string all = lower(text), wanted = lower(words);
  for (size_t at = all.find(wanted); at != std::string::npos; at = all.find(wanted, at + 1)) {
    const size_t end = at + wanted.size();
    if ((at == 0 || !isWordCharacter(all[at - 1])) && (end == all.size() || !isWordCharacter(all[end]))) return true;
  }
  return false;
}

std::string plain(std::string_view text) {
  std::string out;
  for (const char c : lower(text))
    if (isWordCharacter(c))
      out += c;
    else if (!out.empty() && out.back() != ' ')
      out += ' ';
  return trimmed(out);
}

std::vector<std::string> words(std::string_view text) {
  std::vector<std::string> found;
  bool inside = false;
  for (const char c : text) {
    if (!isSpace(c)) {
      if (!inside) found.emplace_back();
      found.back() += c;
    }
    inside = !isSpace(c);
  }
  return found;
}

std::vector<std::string> split(std::string_view text, std::string_view by) {
  std::vector<std::string> parts;
  for (size_t at; (at = text.find(by)) != std::string_view::npos; text.remove_prefix(at + by.size()))
    parts.emplace_back(text.substr(0, at));
  parts.emplace_back(text);
  return parts;
}

struct Pattern::Parts {
  std::unique_ptr<icu::RegexPattern> compiled;

  std::unique_ptr<icu::RegexMatcher> on(const icu::UnicodeString& text) const {
    UErrorCode status = U_ZERO_ERROR;
    std::unique_ptr<icu::RegexMatcher> matcher(compiled->matcher(text, status));
    if (U_SUCCESS(status)) matcher->setTimeLimit(1000, status); // steps: a reply must not hang the judge
    if (U_FAILURE(status)) throw Error("a pattern of the world's judge could not be used");
    return matcher;
  }

  // Calls `take` for every match, until it returns false.
  void each(const icu::UnicodeString& text, const std::function<bool(icu::RegexMatcher&)>& take) const {
    const auto matcher = on(text);
    UErrorCode status = U_ZERO_ERROR;
    while (matcher->find(status) && U_SUCCESS(status))
      if (!take(*matcher)) return;
  }
};

Pattern::Pattern(const std::string& source, bool exact)
    : parts_(std::make_unique<Parts>()) {
  UErrorCode status = U_ZERO_ERROR;
  UParseError place;
  parts_->compiled.reset(icu::RegexPattern::compile(icu::UnicodeString::fromUTF8(source),
                                                    exact ? 0 : UREGEX_CASE_INSENSITIVE, place, status));
  if (U_FAILURE(status)) throw Error("\"" + source + "\" is no regular expression (" + u_errorName(status) + ")");
}

Pattern::Pattern(Pattern&&) noexcept = default;
Pattern& Pattern::operator=(Pattern&&) noexcept = default;
Pattern::~Pattern() = default;

bool Pattern::in(const std::string& text) const { return firstIn(text).has_value(); }

std::optional<std::string> Pattern::firstIn(const std::string& text) const {
  std::optional<std::string> found;
  parts_->each(icu::UnicodeString::fromUTF8(text), [&](icu::RegexMatcher& matcher) {
    UErrorCode status = U_ZERO_ERROR;
    found = utf8(matcher.group(status));
    return false;
  });
  return found;
}

std::vector<std::string> Pattern::allIn(const std::string& text) const {
  std::vector<std::string> found;
  parts_->each(icu::UnicodeString::fromUTF8(text), [&](icu::RegexMatcher& matcher) {
    UErrorCode status = U_ZERO_ERROR;
    found.push_back(utf8(matcher.group(status)));
    return true;
  });
  return found;
}

std::string Pattern::replacedIn(const std::string& text, const std::map<std::string, std::string>& byLowerCase) const {
  const icu::UnicodeString whole = icu::UnicodeString::fromUTF8(text);
  icu::UnicodeString out;
  int32_t last = 0;
  parts_->each(whole, [&](icu::RegexMatcher& matcher) {
    UErrorCode status = U_ZERO_ERROR;
    const std::string matched = utf8(matcher.group(status));
    const auto with = byLowerCase.find(lower(matched));
    out.append(whole, last, matcher.start(status) - last);
    out.append(icu::UnicodeString::fromUTF8(with == byLowerCase.end() ? matched : with->second));
    last = matcher.end(status);
    return true;
  });
  out.append(whole, last, whole.length() - last);
  return utf8(out);
}

std::string Pattern::replacedIn(const std::string& text, const std::string& with) const {
  const icu::UnicodeString whole = icu::UnicodeString::fromUTF8(text);
  UErrorCode status = U_ZERO_ERROR;
  return utf8(parts_->on(whole)->replaceAll(icu::UnicodeString::fromUTF8(with), status));
}

bool Pattern::matches(const std::string& text) const { return groups(text, {}).has_value(); }

std::optional<std::map<std::string, std::string>> Pattern::groups(const std::string& text,
                                                                  const std::vector<std::string>& names) const {
  const icu::UnicodeString whole = icu::UnicodeString::fromUTF8(text);
  const auto matcher = parts_->on(whole);
  UErrorCode status = U_ZERO_ERROR;
  if (!matcher->matches(status) || U_FAILURE(status)) return {};
  std::map<std::string, std::string> found;
  for (const std::string& name : names) {
    status = U_ZERO_ERROR;
    const int32_t number = parts_->compiled->groupNumberFromName(name.c_str(), -1, status);
    if (U_FAILURE(status)) continue; // this pattern has no such group
    const icu::UnicodeString group = matcher->group(number, status);
    if (U_SUCCESS(status)) found[name] = utf8(group);
  }
  return found;
}

} // namespace attune::world
