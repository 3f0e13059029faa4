#include "text/jinja_source.h"

#include <algorithm>

namespace attune {

namespace {

bool isNameCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

// The inside of a tag: names and strings; the rest (operators, numbers) tells nothing.
bool parseTag(std::string_view tag, JinjaSource& found) {
  for (size_t i = 0; i < tag.size();) {
    const char c = tag[i];
    if (c == '\'' || c == '"') {
      std::string literal;
      for (++i; i < tag.size() && tag[i] != c; ++i) {
        if (tag[i] == '\\' && i + 1 < tag.size()) {
          ++i;
          literal += tag[i] == 'n' ? '\n' : tag[i] == 't' ? '\t' : tag[i];
        } else {
          literal += tag[i];
        }
      }
      if (i == tag.size()) return false;
      ++i;
      found.literals.insert(literal);
    } else if (isNameCharacter(c)) {
      size_t end = i;
      while (end < tag.size() && isNameCharacter(tag[end])) ++end;
      if (c < '0' || c > '9') found.names.insert(std::string(tag.substr(i, end - i)));
      i = end;
    } else {
      ++i;
    }
  }
  return true;
}

} // namespace

std::optional<JinjaSource> JinjaSource::parse(std::string_view source) {
  constexpr const char* space = " \t\r\n";
  JinjaSource found;
  char before = 'b'; // what the text follows: b begin, % statement, } expression, # comment
  bool trimmed = false;
  while (true) {
    // Text up to the next tag.
    size_t open = 0;
    while (
        (open = source.find('{', open)) != source.npos &&
        (open + 1 == source.size() || (source[open + 1] != '{' && source[open + 1] != '%' && source[open + 1] != '#')))
      ++open;
    std::string_view text = source.substr(0, open);
    if (trimmed)
      text.remove_prefix(std::min(text.find_first_not_of(space), text.size()));
    else if ((before == '%' || before == '#') && !text.empty() && text[0] == '\n')
      text.remove_prefix(1);
    if (open == source.npos) {
      if (!text.empty() && text.back() == '\n') text.remove_suffix(1); // the last line end is not written
    } else if (open + 2 < source.size() && source[open + 2] == '-') {
      text = text.substr(0, text.find_last_not_of(space) + 1);
    } else if (source[open + 1] != '{') { // a statement alone on its line takes the blanks before it
      const size_t last = text.find_last_not_of(" \t");
      if (last == text.npos ? before == 'b' || before == '%' || before == '#' : text[last] == '\n')
        text = text.substr(0, last + 1);
    }
    if (!text.empty()) {
      found.raw.insert(std::string(text));
      found.rawOnlyAfterExpressions = found.rawOnlyAfterExpressions && before == '}';
    }
    if (open == source.npos) return found;

    const char kind = source[open + 1];
    const char* closing = kind == '{' ? "}}" : kind == '%' ? "%}" : "#}";
    size_t close = open + 2;
    char quote = 0;
    for (; close + 1 < source.size(); ++close) {
      const char c = source[close];
      if (quote) {
        if (c == '\\')
          ++close;
        else if (c == quote)
          quote = 0;
      } else if (kind != '#' && (c == '\'' || c == '"')) {
        quote = c;
      } else if (c == closing[0] && source[close + 1] == closing[1]) {
        break;
      }
    }
    if (close + 1 >= source.size()) return {};
    trimmed = source[close - 1] == '-';
    if (kind != '#' && !parseTag(source.substr(open + 2, close - open - 2), found)) return {};
    before = kind == '{' ? '}' : kind;
    source.remove_prefix(close + 2);
  }
}

bool JinjaSource::namesAreIn(const std::set<std::string>& allowed) const {
  return std::includes(allowed.begin(), allowed.end(), names.begin(), names.end());
}

bool JinjaSource::literalsAreIn(const std::set<std::string>& allowed) const {
  return std::includes(allowed.begin(), allowed.end(), literals.begin(), literals.end());
}

} // namespace attune
