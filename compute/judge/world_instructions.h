// Whether an answer does what a prompt asks for: one function for each kind of prompt that the world's generator makes.
#pragma once

#include "judge/world_claims.h"

namespace attune::world {

// What the judge must know of a prompt: its kind, and what a right answer of this kind holds.
struct Check {
  std::string kind, entity, attribute, asked, value, is, way, said, owner, group, of, intent, from, to, name;
  std::vector<std::string> names, has;
  int sentences = 0;
};
Check readCheck(const Json& check, const std::string& where);

// An answer as the functions look at it.
struct Answer {
  const Facts& facts;
  const Claims& claims;
  const std::map<std::string, std::vector<std::string>>& keys; // of small talk, by intent
  const Check& check;
  const std::string& prompt; // the last message
  const std::string& text;
  const std::vector<Claim>& found;

  const Entity& entity() const { return *facts.named(check.entity); }
};

bool follows(const Answer& answer);      // the instruction
bool holdsBesides(const Answer& answer); // what is true or not beyond the claims: yes and no, what is named

} // namespace attune::world
