#include "judge/world_fluency.h"

#include "error.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace attune::world {
namespace {

constexpr int mostUnseen = 1; // runs of four that no correct sentence holds: one may be new, two are an error

} // namespace

Fluency::Fluency(const JsonFields& file)
    : value_(file.text("valuePattern"))
    , possessive_(R"(>'s?(?!\w))", true)
    , patch_(R"(<\w+>|'s|\w+(?:'\w+)?|[.,!?:;"])", true)
    , begins_(R"(^["A-Z0-9])", true)
    , ends_(R"([.!?]"?$)", true)
    , lowBeginning_(R"((?:^|[.!?] )[a-z])", true)
    , quoted_(R"("[^"]*")", true)
    , word_(R"(\w+(?:'\w+)?)", true)
    , number_(R"(\d\.)", true) {
  for (const auto& [text, name] : file.at("classes").items()) classes_[text] = name.get<std::string>();
  for (const std::string& word : file.texts("words")) words_.emplace(word, int(words_.size()));
  const std::vector<int64_t> runs = file.integers("fours");
  if (runs.size() % 4) file.fail("fours", "must hold four numbers a run.");
  for (size_t i = 0; i < runs.size(); i += 4) {
    const std::array<int, 4> four = {int(runs[i]), int(runs[i + 1]), int(runs[i + 2]), int(runs[i + 3])};
    fours_.insert(four);
    threes_.insert({four[0], four[1], four[2]});
    threes_.insert({four[1], four[2], four[3]});
  }
}

std::vector<int> Fluency::numbersOf(const std::string& text) const {
  const std::string classed = possessive_.replacedIn(value_.replacedIn(text, classes_), "> 's");
  const auto number = [&](const std::string& word) {
    const auto found = words_.find(word);
    return found == words_.end() ? -1 : found->second;
  };
  std::vector<int> numbers = {number("^")};
  for (const std::string& word : patch_.allIn(classed)) {
    numbers.push_back(number(word[0] == '<' ? word : lower(word)));
    if (word == "." || word == "!" || word == "?") numbers.push_back(number("^"));
  }
  return numbers;
}

bool Fluency::fluent(const std::string& answer, const std::string& stranger) const {
  std::string text = trimmed(answer);
  if (!stranger.empty())
    for (size_t at = text.find(stranger); at != std::string::npos; at = text.find(stranger, at + 4))
      text.replace(at, stranger.size(), "Nora");
  if (!begins_.in(text) || !ends_.in(text) || std::count(text.begin(), text.end(), '"') % 2) return false;
  const std::vector<std::string> spoken = word_.allIn(lower(text));
  for (size_t i = 1; i < spoken.size(); ++i)
    if (spoken[i] == spoken[i - 1] && !classes_.contains(spoken[i])) return false;
  std::set<std::string> told;
  std::string part;
  const auto repeats = [&] {
    const std::string one = lower(part);
    part.clear();
    return !one.empty() && !number_.matches(one) && !told.insert(one).second;
  };
  for (const char c : text) {
    const bool ended = !part.empty() && std::string_view(".!?").find(part.back()) != std::string_view::npos;
    if ((c == '\n' || (c == ' ' && ended)) && repeats()) return false;
    if (c != '\n' && (c != ' ' || !part.empty())) part += c;
  }
  if (repeats()) return false;
  if (lowBeginning_.in(quoted_.replacedIn(text, "\""))) return false;
  const std::vector<int> n = numbersOf(text);
  int unseen = 0;
  for (size_t i = 0; i + 2 < n.size(); ++i) {
    if (!threes_.contains({n[i], n[i + 1], n[i + 2]})) return false;
    if (i + 3 < n.size()) unseen += !fours_.contains({n[i], n[i + 1], n[i + 2], n[i + 3]});
  }
  return unseen <= mostUnseen;
}

} // namespace attune::world
