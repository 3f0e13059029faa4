// Truth: the sentences of an answer that claim something about the world, and whether it is so.
//
// A sentence is a claim when it has the form of one of the world's statements or denials, or of a list; what has no
// such form ("It was a good day.") claims nothing that could be checked. Pronouns speak of whoever was named last.
#pragma once

#include "judge/world_facts.h"
#include "judge/world_text.h"

namespace attune::world {

struct Claim {
  const Entity* entity = nullptr;
  std::string attribute, value;
  bool denied = false;
  bool true_ = false;
};

class Claims {
public:
  // "forms" [{pattern, group, attribute, denied}], "lists" [{pattern, group, of}] and "names", a pattern, of `file`.
  Claims(const JsonFields& file, const Facts& facts);

  // `about`: of whom the answer may speak as he, she or it from the start; or null.
  std::vector<Claim> of(const std::string& text, const Entity* about = nullptr) const;

private:
  struct Form {
    Pattern pattern;
    std::string group, attribute;
    bool denied;
  };
  std::vector<Claim> statement(const std::string& core, const Entity* last) const;
  std::vector<Claim> roll(const std::string& core) const;
  bool restHolds(const std::string& sentence, const Entity& entity, const std::string& attribute) const;

  const Facts& facts_;
  std::vector<Form> forms_, lists_;
  Pattern names_;
};

} // namespace attune::world
