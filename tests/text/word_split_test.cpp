// The patterns cut by hand against the same patterns through ICU, on texts made to confuse them.
#include "catch.h"
#include "errors.h"
#include "text/word_split.h"

using namespace attune;
using Words = std::vector<std::string>;

namespace {

Words cut(const WordSplit& split, const std::string& text) {
  std::vector<std::string_view> views;
  split.split(text, views);
  return Words(views.begin(), views.end());
}

} // namespace

TEST_CASE("patterns cut by hand equal ICU's") {
  const std::vector<std::string> pieces = {" ",          "  ",       "\n",
                                           "\r",         "\t",       "\v",
                                           "\u0085",     "\u00A0",   "\u3000",
                                           "a",          "Z",        "\u00E9",
                                           "\u4F60",     "1",        "23",
                                           "\u00BD",     "\u0663",   "'",
                                           "'s",         "'S",       "'ll",
                                           "'Ll",        "'re",      "'\u017F",
                                           "!",          "?.",       "\u2014",
                                           "\U0001F642", "\u0301",   "_",
                                           "\xFF",       "\xE2\x82", std::string("\0", 1)};
  uint32_t state = 7;
  const auto noise = [&](uint32_t bound) { return (state = state * 1664525u + 1013904223u) / 65536 % bound; };
  for (const char* pattern : {gpt2Pattern, llama3Pattern, qwen2Pattern}) {
    const auto hand = makePatternSplit(pattern, MatchBehavior::Isolated, false, "test");
    const auto regex = makeRegexSplit(pattern, MatchBehavior::Isolated, false, "test");
    for (int round = 0; round < 3000; ++round) {
      std::string text;
      for (uint32_t count = 1 + noise(12); count > 0; --count) text += pieces[noise(uint32_t(pieces.size()))];
      const Words words = cut(*hand, text);
      INFO(pattern << " on " << text);
      REQUIRE(words == cut(*regex, text));
      std::string joined;
      for (const std::string& word : words) joined += word;
      REQUIRE(joined == text);
    }
  }
}

TEST_CASE("what becomes of matches") {
  const std::string text = "--a-b--";
  const auto with = [&](MatchBehavior behavior, bool invert = false) {
    return cut(*makeStringSplit("-", behavior, invert), text);
  };
  CHECK(with(MatchBehavior::Isolated) == Words{"-", "-", "a", "-", "b", "-", "-"});
  CHECK(with(MatchBehavior::Removed) == Words{"a", "b"});
  CHECK(with(MatchBehavior::Removed, true) == Words{"-", "-", "-", "-", "-"});
  CHECK(with(MatchBehavior::MergedWithPrevious) == Words{"-", "-", "a-", "b-", "-"});
  CHECK(with(MatchBehavior::MergedWithNext) == Words{"-", "-a", "-b", "-", "-"});
  CHECK(cut(*makeDigitSplit(true), "a12b") == Words{"a", "1", "2", "b"});
  CHECK(cut(*makeDigitSplit(false), "a12b") == Words{"a", "12", "b"});
  CHECK(test::contains(test::errorOf([] { makeRegexSplit("[", MatchBehavior::Isolated, false, "x.json"); }),
                       "x.json: the pattern"));
}
