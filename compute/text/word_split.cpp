#include "text/word_split.h"
#include "error.h"
#include "text/utf8.h"

#include <unicode/regex.h>
#include <unicode/uchar.h>

namespace attune {

const char* const gpt2Pattern = R"('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)";
const char* const llama3Pattern = "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| "
                                  "?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
const char* const qwen2Pattern = "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| "
                                 "?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";

namespace {

enum class Class : uint8_t { Letter, Number, Space, LineEnd, Other }; // LineEnd (\r, \n) is a space too

struct Character {
  Class kind;
  int length; // bytes
  char32_t code;
};

Class classOf(char32_t code) {
  if (code == '\r' || code == '\n') return Class::LineEnd;
  if (code < 0x80) {
    if ((code | 0x20) >= 'a' && (code | 0x20) <= 'z') return Class::Letter;
    if (code >= '0' && code <= '9') return Class::Number;
    return code == ' ' || (code >= 9 && code <= 13) ? Class::Space : Class::Other;
  }
  const uint32_t mask = U_GET_GC_MASK(UChar32(code));
  if (mask & U_GC_L_MASK) return Class::Letter;
  if (mask & U_GC_N_MASK) return Class::Number;
  return u_isUWhiteSpace(UChar32(code)) ? Class::Space : Class::Other;
}

// The families' patterns, cut by hand. Each alternative stands where it stands in the pattern.
class HandSplit : public WordSplit {
public:
  explicit HandSplit(int digits)
      : digits(digits) {}

protected:
  static Character at(std::string_view text, size_t i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte < 0x80) return {classOf(byte), 1, byte};
    const Utf8Character character = utf8At(text, i);
    return {character.valid ? classOf(character.code) : Class::Other, character.length, character.code};
  }

  static size_t run(std::string_view text, size_t i, Class kind, int most = -1) {
    for (; i < text.size() && most != 0; --most) {
      const Character next = at(text, i);
      if (next.kind != kind) break;
      i += next.length;
    }
    return i;
  }

  // The end of 's 't 're 've 'm 'll 'd at i (where an apostrophe stands), or i.
  static size_t contraction(std::string_view text, size_t i, bool anyCase) {
    const auto letter = [&](size_t k) -> char {
      if (i + k >= text.size()) return 0;
      const char c = text[i + k];
      return anyCase && c >= 'A' && c <= 'Z' ? char(c + 32) : c;
    };
    const char first = letter(1), second = letter(2);
    if (first == 's' || first == 't' || first == 'm' || first == 'd') return i + 2;
    if ((first == 'r' && second == 'e') || (first == 'v' && second == 'e') || (first == 'l' && second == 'l'))
      return i + 3;
    if (anyCase && text.substr(i + 1, 2) == "\xC5\xBF") return i + 3; // ſ is an s without case
    return i;
  }

  // \s+(?!\S)|\s+ at i: all white space, but the last character of it is left to a word that follows.
  static size_t spaces(std::string_view text, size_t i) {
    size_t last = i, end = i;
    int count = 0;
    while (end < text.size()) {
      const Character next = at(text, end);
      if (next.kind != Class::Space && next.kind != Class::LineEnd) break;
      last = end;
      end += next.length;
      ++count;
    }
    return end < text.size() && count > 1 ? last : end;
  }

  int digits; // longest run of numbers, −1: any
};

class Gpt2Split : public HandSplit {
public:
  Gpt2Split()
      : HandSplit(-1) {}

  void split(std::string_view text, std::vector<std::string_view>& words) const override {
    for (size_t i = 0; i < text.size();) {
      const size_t end = wordEnd(text, i);
      words.push_back(text.substr(i, end - i));
      i = end;
    }
  }

private:
  static size_t wordEnd(std::string_view text, size_t i) {
    if (text[i] == '\'') {
      const size_t end = contraction(text, i, false);
      if (end > i) return end;
    }
    const size_t start = text[i] == ' ' && i + 1 < text.size() ? i + 1 : i;
    const Character first = at(text, start);
    if (first.kind != Class::Space && first.kind != Class::LineEnd) return run(text, start + first.length, first.kind);
    return spaces(text, i);
  }
};

// Llama 3's and Qwen2's differ in how many digits make a word.
class Llama3Split : public HandSplit {
public:
  using HandSplit::HandSplit;

  void split(std::string_view text, std::vector<std::string_view>& words) const override {
    for (size_t i = 0; i < text.size();) {
      const size_t end = wordEnd(text, i);
      words.push_back(text.substr(i, end - i));
      i = end;
    }
  }

private:
  size_t wordEnd(std::string_view text, size_t i) const {
    if (text[i] == '\'') {
      const size_t end = contraction(text, i, true);
      if (end > i) return end;
    }
    const Character first = at(text, i);
    if (first.kind == Class::Letter) return run(text, i + first.length, Class::Letter);
    const size_t after = i + first.length;
    const bool more = after < text.size();
    if ((first.kind == Class::Space || first.kind == Class::Other) && more && at(text, after).kind == Class::Letter)
      return run(text, after, Class::Letter);
    if (first.kind == Class::Number) return run(text, i, Class::Number, digits);
    if (first.kind == Class::Other || (text[i] == ' ' && more && at(text, after).kind == Class::Other))
      return run(text, run(text, after, Class::Other), Class::LineEnd);
    // \s*[\r\n]+: up to the last line end of this white space.
    size_t end = i, lineEnd = i;
    while (end < text.size()) {
      const Character next = at(text, end);
      if (next.kind != Class::Space && next.kind != Class::LineEnd) break;
      end += next.length;
      if (next.kind == Class::LineEnd) lineEnd = end;
    }
    return lineEnd > i ? lineEnd : spaces(text, i);
  }
};

// Joins matches and what lies between them as the behavior says. Pieces come in order and cover the text.
class Joiner {
public:
  Joiner(std::string_view text, MatchBehavior behavior, bool invert, std::vector<std::string_view>& words)
      : text(text)
      , behavior(behavior)
      , invert(invert)
      , words(words) {}

  void match(size_t start, size_t end) {
    if (start > done) piece(done, start, invert);
    if (end > start) piece(start, end, !invert);
    done = end;
  }

  void finish() {
    if (done < text.size()) piece(done, text.size(), invert);
    if (waiting) words.push_back(text.substr(*waiting));
  }

private:
  void piece(size_t start, size_t end, bool matches) {
    switch (behavior) {
    case MatchBehavior::Removed:
      if (!matches) words.push_back(text.substr(start, end - start));
      break;
    case MatchBehavior::MergedWithPrevious:
      if (matches && joinable)
        words.back() = text.substr(words.back().data() - text.data(), end - (words.back().data() - text.data()));
      else
        words.push_back(text.substr(start, end - start));
      joinable = !matches;
      break;
    case MatchBehavior::MergedWithNext:
      if (matches) {
        if (waiting) words.push_back(text.substr(*waiting, start - *waiting));
        waiting = start;
      } else {
        const size_t from = waiting.value_or(start);
        words.push_back(text.substr(from, end - from));
        waiting.reset();
      }
      break;
    case MatchBehavior::Isolated:
      words.push_back(text.substr(start, end - start));
      break;
    }
  }

  std::string_view text;
  MatchBehavior behavior;
  bool invert;
  std::vector<std::string_view>& words;
  size_t done = 0;
  bool joinable = false;
  std::optional<size_t> waiting;
};

// ICU's \s leaves out U+000B and U+0085, which the tokenizers' engine counts as white space.
std::string forIcu(const std::string& pattern) {
  std::string changed;
  for (size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] != '\\' || i + 1 == pattern.size()) {
      changed += pattern[i];
      continue;
    }
    const char next = pattern[++i];
    if (next == 's')
      changed += "\\p{White_Space}";
    else if (next == 'S')
      changed += "\\P{White_Space}";
    else
      changed += '\\', changed += next;
  }
  return changed;
}

class RegexSplit : public WordSplit {
public:
  RegexSplit(const std::string& pattern, MatchBehavior behavior, bool invert, const std::string& name)
      : behavior(behavior)
      , invert(invert) {
    UErrorCode status = U_ZERO_ERROR;
    UParseError place{};
    expression.reset(icu::RegexPattern::compile(icu::UnicodeString::fromUTF8(forIcu(pattern)), place, status));
    if (U_FAILURE(status))
      throw Error(name + ": the pattern \"" + validUtf8(pattern) + "\" is not understood near its character " +
                  std::to_string(place.offset) + " (" + u_errorName(status) + ").");
  }

  void split(std::string_view text, std::vector<std::string_view>& words) const override {
    // UTF-16 with the byte offset of every unit; a stray byte becomes a character that no class holds (a noncharacter).
    icu::UnicodeString wide(int32_t(text.size()), 0, 0);
    std::vector<uint32_t> offsets;
    offsets.reserve(text.size() + 1);
    for (size_t i = 0; i < text.size();) {
      const Utf8Character character = utf8At(text, i);
      const char32_t code = character.valid ? character.code : 0xFFFF;
      wide.append(UChar32(code));
      offsets.push_back(uint32_t(i));
      if (code > 0xFFFF) offsets.push_back(uint32_t(i));
      i += character.length;
    }
    offsets.push_back(uint32_t(text.size()));
    UErrorCode status = U_ZERO_ERROR;
    const std::unique_ptr<icu::RegexMatcher> matcher(expression->matcher(wide, status));
    Joiner joiner(text, behavior, invert, words);
    while (U_SUCCESS(status) && matcher->find(status)) {
      const int32_t start = matcher->start(status), end = matcher->end(status);
      if (end > start) joiner.match(offsets[start], offsets[end]);
    }
    if (U_FAILURE(status))
      throw Error(std::string("The tokenizer's pattern failed on this text (") + u_errorName(status) + ").");
    joiner.finish();
  }

private:
  std::unique_ptr<icu::RegexPattern> expression;
  MatchBehavior behavior;
  bool invert;
};

class StringSplit : public WordSplit {
public:
  StringSplit(std::string separator, MatchBehavior behavior, bool invert)
      : separator(std::move(separator))
      , behavior(behavior)
      , invert(invert) {}

  void split(std::string_view text, std::vector<std::string_view>& words) const override {
    Joiner joiner(text, behavior, invert, words);
    for (size_t at = text.find(separator); at != std::string_view::npos && !separator.empty();
         at = text.find(separator, at + separator.size()))
      joiner.match(at, at + separator.size());
    joiner.finish();
  }

private:
  std::string separator;
  MatchBehavior behavior;
  bool invert;
};

class DigitSplit : public WordSplit {
public:
  explicit DigitSplit(bool individual)
      : individual(individual) {}

  void split(std::string_view text, std::vector<std::string_view>& words) const override {
    Joiner joiner(text, MatchBehavior::Isolated, false, words);
    for (size_t i = 0; i < text.size();) {
      const Utf8Character character = utf8At(text, i);
      const size_t start = i;
      i += character.length;
      if (!character.valid || classOf(character.code) != Class::Number) continue;
      while (!individual && i < text.size()) {
        const Utf8Character next = utf8At(text, i);
        if (!next.valid || classOf(next.code) != Class::Number) break;
        i += next.length;
      }
      joiner.match(start, i);
    }
    joiner.finish();
  }

private:
  bool individual;
};

} // namespace

std::unique_ptr<WordSplit> makePatternSplit(const std::string& pattern, MatchBehavior behavior, bool invert,
                                            const std::string& name) {
  // These patterns match all of any text, so that only removing tells isolated matches from the other behaviors.
  const bool plain = behavior == MatchBehavior::Isolated || (behavior == MatchBehavior::Removed && invert);
  if (plain && pattern == gpt2Pattern) return std::make_unique<Gpt2Split>();
  if (plain && pattern == llama3Pattern) return std::make_unique<Llama3Split>(3);
  if (plain && pattern == qwen2Pattern) return std::make_unique<Llama3Split>(1);
  return makeRegexSplit(pattern, behavior, invert, name);
}

std::unique_ptr<WordSplit> makeRegexSplit(const std::string& pattern, MatchBehavior behavior, bool invert,
                                          const std::string& name) {
  return std::make_unique<RegexSplit>(pattern, behavior, invert, name);
}

std::unique_ptr<WordSplit> makeStringSplit(const std::string& separator, MatchBehavior behavior, bool invert) {
  return std::make_unique<StringSplit>(separator, behavior, invert);
}

std::unique_ptr<WordSplit> makeDigitSplit(bool individual) { return std::make_unique<DigitSplit>(individual); }

} // namespace attune
