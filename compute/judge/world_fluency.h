// Fluency: whole sentences, no repetition, and words in an order that correct sentences of the world have.
//
// The order is judged by runs of three and four words, with names and values put into classes (so that no fact counts).
#pragma once

#include "formats/json.h"
#include "judge/world_text.h"

#include <array>
#include <map>
#include <set>

namespace attune::world {

class Fluency {
public:
  // "classes" {name or value: class}, "valuePattern", "words" and "fours" (four numbers of words each, in one list).
  explicit Fluency(const JsonFields& file);

  // `stranger`: a name that the prompt brings; may be empty.
  bool fluent(const std::string& answer, const std::string& stranger) const;

private:
  std::vector<int> numbersOf(const std::string& text) const; // of words; -1: never met

  std::map<std::string, std::string> classes_;
  std::map<std::string, int> words_;
  std::set<std::array<int, 3>> threes_;
  std::set<std::array<int, 4>> fours_;
  Pattern value_, possessive_, patch_, begins_, ends_, lowBeginning_, quoted_, word_, number_;
};

} // namespace attune::world
