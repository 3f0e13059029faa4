// Text as the starter world's judge reads it: sentences, whole words, patterns. The world is written in ASCII; other
// characters count as letters of no word that it knows.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace attune::world {

std::string lower(std::string_view text); // of ASCII letters
std::string trimmed(std::string_view text, std::string_view characters = " \t\n\r");

// Without the numbers of a list; a line is an end too.
std::vector<std::string> sentences(std::string_view text);

// Whether the words stand in the text as whole words, whatever their case.
bool has(std::string_view text, std::string_view words);

// Runs of letters and digits, in lower case, with one space between.
std::string plain(std::string_view text);
std::vector<std::string> words(std::string_view text); // what white space divides

std::vector<std::string> split(std::string_view text, std::string_view by);
bool isWordCharacter(unsigned char c);

// A regular expression (ICU's) that ignores case unless `exact`. Throws Error when it is none.
class Pattern {
public:
  explicit Pattern(const std::string& source, bool exact = false);
  Pattern(Pattern&&) noexcept;
  Pattern& operator=(Pattern&&) noexcept;
  ~Pattern();

  bool in(const std::string& text) const;
  std::optional<std::string> firstIn(const std::string& text) const; // what it matches first
  std::vector<std::string> allIn(const std::string& text) const;     // one after the other
  std::string replacedIn(const std::string& text, const std::map<std::string, std::string>& byLowerCase) const;
  std::string replacedIn(const std::string& text, const std::string& with) const;
  bool matches(const std::string& text) const; // the whole of it
  // The groups of these names where the whole text matches; groups that took no part are empty.
  std::optional<std::map<std::string, std::string>> groups(const std::string& text,
                                                           const std::vector<std::string>& names) const;

private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

} // namespace attune::world
