#include "judge/world_facts.h"

#include "error.h"
#include "judge/world_text.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

namespace attune::world {

const std::string& Entity::operator[](const std::string& attribute) const {
  static const std::string none = "-";
  const auto found = values.find(attribute);
  return found == values.end() ? none : found->second;
}

std::vector<std::string> Entity::pronouns() const {
  if (sex == "f") return {"she", "her"};
  if (sex == "m") return {"he", "his", "him"};
  return {"it", "its"};
}

std::string possessive(const std::string& name) {
  return name + (name.ends_with('s') && !name.starts_with("the") ? "'" : "'s");
}

std::string withArticle(const std::string& noun) {
  return (!noun.empty() && std::string_view("aeiou").find(noun[0]) != std::string_view::npos ? "an " : "a ") + noun;
}

bool sameValue(const std::string& said, const std::string& true_) {
  const std::string one = trimmed(lower(said)), two = lower(true_), article = lower(withArticle(true_));
  return one == two || one == "the " + two || one == article || one == article + " one" || one == article + " coat";
}

Facts::Facts(const Json& entities, const std::string& where) {
  if (!entities.is_array() || entities.empty()) throw Error(where + ": \"entities\" must be a list of at least one.");
  for (const Json& one : entities) {
    const JsonFields fields(one, where + ": entities");
    Entity entity{fields.text("name"), fields.text("group"), fields.text("sex"), {}};
    for (const auto& [key, value] : one.items())
      if (key != "name" && key != "group" && key != "sex") entity.values[key] = fields.text(key.c_str());
    all_.push_back(std::move(entity));
  }
}

std::vector<const Entity*> Facts::of(const std::string& group) const {
  std::vector<const Entity*> found;
  for (const Entity& e : all_)
    if (e.group == group) found.push_back(&e);
  return found;
}

const Entity* Facts::named(const std::string& name) const {
  const auto found = std::find_if(all_.begin(), all_.end(), [&](const Entity& e) { return e.name == name; });
  return found == all_.end() ? nullptr : &*found;
}

const Entity* Facts::nameIn(const std::string& text) const {
  const std::string low = lower(text);
  for (const Entity& e : all_)
    if (low == lower(e.name) || low == lower(possessive(e.name))) return &e;
  return nullptr;
}

std::vector<std::string> Facts::values(const Entity& entity, const std::string& attribute) const {
  std::set<std::string> found;
  for (const Entity* e : of(entity.group))
    if ((*e)[attribute] != "-") found.insert((*e)[attribute]);
  return {found.begin(), found.end()};
}

std::vector<std::string> Facts::values(const std::string& attribute) const {
  std::set<std::string> found;
  for (const Entity& e : all_)
    if (e[attribute] != "-") found.insert(e[attribute]);
  return {found.begin(), found.end()};
}

bool Facts::isValue(const std::string& said, const Entity& entity, const std::string& attribute) const {
  const std::vector<std::string> all = values(entity, attribute);
  return std::any_of(all.begin(), all.end(), [&](const std::string& value) { return sameValue(said, value); });
}

} // namespace attune::world
