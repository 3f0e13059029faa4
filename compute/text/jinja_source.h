// A Jinja template's source as its parts: enough to tell whether it is one that we know, without running it.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace attune {

struct JinjaSource {
  std::set<std::string> names;    // identifiers outside of strings: for, messages, trim, …
  std::set<std::string> literals; // strings, unescaped
  std::set<std::string> raw;      // text outside of tags that is written as it is, as transformers trims it
  bool rawOnlyAfterExpressions = true;

  // Empty when the source is no Jinja (an unclosed tag or string).
  static std::optional<JinjaSource> parse(std::string_view source);

  bool namesAreIn(const std::set<std::string>& allowed) const;
  bool literalsAreIn(const std::set<std::string>& allowed) const;
};

} // namespace attune
