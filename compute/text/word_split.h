// Cutting a text into words before byte pairs are merged: tokenizer.json's "pre_tokenizer".
//
// The patterns of GPT-2, Llama 3 and Qwen2 are known by their text and cut by hand, which is an order of magnitude
// faster than a regular expression; any other pattern goes through ICU's. All work on UTF-8 that may hold stray bytes:
// those count as characters that are neither letters, numbers nor spaces.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace attune {

// The published patterns.
extern const char* const gpt2Pattern;
extern const char* const llama3Pattern;
extern const char* const qwen2Pattern;

// One step of a pre-tokenizer. Immutable; may be shared between threads.
class WordSplit {
public:
  virtual ~WordSplit() = default;

  // Appends the words of `text`, in order, as views into it.
  virtual void split(std::string_view text, std::vector<std::string_view>& words) const = 0;
};

// What becomes of the pieces that match: words of their own (Isolated), thrown away (Removed), or joined to a
// neighbour.
enum class MatchBehavior { Isolated, Removed, MergedWithPrevious, MergedWithNext };

// A regular expression in Oniguruma's syntax as tokenizers use it. `invert`: what lies between matches counts as
// matching. Throws Error (beginning with `name`) for a pattern that ICU does not take.
std::unique_ptr<WordSplit> makePatternSplit(const std::string& pattern, MatchBehavior behavior, bool invert,
                                            const std::string& name);

// Always through ICU, for tests and for patterns that are not known.
std::unique_ptr<WordSplit> makeRegexSplit(const std::string& pattern, MatchBehavior behavior, bool invert,
                                          const std::string& name);

// At every occurrence of a fixed string.
std::unique_ptr<WordSplit> makeStringSplit(const std::string& separator, MatchBehavior behavior, bool invert);

// Digits cut from the rest: each of its own, or in runs.
std::unique_ptr<WordSplit> makeDigitSplit(bool individual);

} // namespace attune
