// The starter world as the judge's file tells it: who and what there is, with attributes.
#pragma once

#include "formats/json.h"

#include <map>
#include <string>
#include <vector>

namespace attune::world {

struct Entity {
  std::string name, group, sex;              // group: people, animals, places, things, events; sex: f, m or n
  std::map<std::string, std::string> values; // by attribute; "-" where there is none

  // The value of an attribute, "-" where it has none.
  const std::string& operator[](const std::string& attribute) const;
  std::vector<std::string> pronouns() const; // he, his, him
};

std::string possessive(const std::string& name);
std::string withArticle(const std::string& noun);

// Whether what is said is the true value, with or without an article.
bool sameValue(const std::string& said, const std::string& true_);

class Facts {
public:
  // From the "entities" of the judge's file: objects of name, group, sex and attributes. Throws Error naming `where`.
  Facts(const Json& entities, const std::string& where);

  const std::vector<Entity>& all() const { return all_; }
  std::vector<const Entity*> of(const std::string& group) const;
  const Entity* named(const std::string& name) const;  // exactly so; null when nobody is
  const Entity* nameIn(const std::string& text) const; // whose name the text is, whatever its case, with 's or without

  // Every value that the entity's group has of this attribute, or that anyone has.
  std::vector<std::string> values(const Entity& entity, const std::string& attribute) const;
  std::vector<std::string> values(const std::string& attribute) const;
  bool isValue(const std::string& said, const Entity& entity, const std::string& attribute) const;

private:
  std::vector<Entity> all_;
};

} // namespace attune::world
