#include "judge/world_claims.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace attune::world {
namespace {

// What may follow a statement and claims nothing of its own.
std::string withoutTails(std::string core) {
  for (const char* tail : {" day by day,", ", so the answer is yes", ", so the answer is no",
                           ", so you are right and I was wrong", ", but I do not know why"})
    if (core.ends_with(tail)) core.resize(core.size() - std::string_view(tail).size());
  return core;
}

std::vector<std::string> namesOf(const std::string& list) {
  std::vector<std::string> names;
  for (const std::string& part : split(list, ", "))
    for (const std::string& name : split(part, " and ")) names.push_back(name);
  return names;
}

} // namespace

Claims::Claims(const JsonFields& file, const Facts& facts)
    : facts_(facts)
    , names_(file.text("names")) {
  for (const Json& one : file.array("forms")) {
    const JsonFields form(one, "forms");
    forms_.push_back(
        {Pattern(form.text("pattern")), form.text("group"), form.text("attribute"), form.boolean("denied")});
  }
  for (const Json& one : file.array("lists")) {
    const JsonFields form(one, "lists");
    lists_.push_back({Pattern(form.text("pattern")), form.text("group"), form.text("of"), false});
  }
}

std::vector<Claim> Claims::of(const std::string& text, const Entity* about) const {
  std::vector<Claim> found;
  const Entity* last = about;
  for (const std::string& sentence : sentences(text)) {
    const size_t end = sentence.find_last_not_of(".!?");
    std::string core = withoutTails(sentence.substr(0, end == std::string::npos ? 0 : end + 1)), rejected;
    if (const size_t at = core.find(", not "); at != std::string::npos) {
      rejected = core.substr(at + 6);
      core.resize(at);
    }
    std::vector<Claim> made = statement(core, last);
    if (made.empty()) made = roll(core);
    const bool contradicts = !rejected.empty() && std::any_of(made.begin(), made.end(), [&](const Claim& c) {
      return c.true_ && sameValue(rejected, (*c.entity)[c.attribute]);
    });
    for (Claim& claim : made) {
      if (contradicts) claim.true_ = false;
      found.push_back(std::move(claim));
    }
    if (const auto name = names_.firstIn(core)) last = facts_.nameIn(*name);
  }
  return found;
}

std::vector<Claim> Claims::statement(const std::string& core, const Entity* last) const {
  std::vector<Claim> readings;
  for (const Form& form : forms_) {
    const auto parts = form.pattern.groups(core, {"T", "N", "Ns", "No", "v"});
    if (!parts) continue;
    std::string who;
    for (const char* key : {"T", "N", "Ns", "No"})
      if (who.empty() && parts->contains(key)) who = parts->at(key);
    const Entity* entity = who.empty() ? nullptr : facts_.nameIn(who);
    if (!entity && last && last->group == form.group) {
      const std::vector<std::string> pronouns = last->pronouns();
      if (std::find(pronouns.begin(), pronouns.end(), lower(who)) != pronouns.end()) entity = last;
    }
    if (!entity || !entity->values.contains(form.attribute)) continue;
    const std::string value = parts->contains("v") ? parts->at("v") : "";
    const bool right = sameValue(value, (*entity)[form.attribute]) && restHolds(lower(core), *entity, form.attribute);
    readings.push_back({entity, form.attribute, value, form.denied, right != form.denied});
  }
  std::vector<Claim> known;
  for (const Claim& c : readings)
    if (c.true_ || facts_.isValue(c.value, *c.entity, c.attribute)) known.push_back(c);
  const std::vector<Claim>& chosen = known.empty() ? readings : known;
  if (chosen.empty()) return {};
  const auto holds = std::find_if(chosen.begin(), chosen.end(), [](const Claim& c) { return c.true_; });
  return {holds == chosen.end() ? chosen.front() : *holds};
}

// What else a statement names: the owner of an animal, the kind of a pet, of whom a colour is said.
bool Claims::restHolds(const std::string& sentence, const Entity& entity, const std::string& attribute) const {
  const auto found = [&](const char* words) { return sentence.find(words) != std::string::npos; };
  if (attribute == "kind" && found(" belongs to ")) return sentence.ends_with("belongs to " + lower(entity["owner"]));
  if (attribute == "pet")
    if (const Entity* pet = facts_.named(entity["pet"])) return found((*pet)["kind"].c_str()) || found("belongs to");
  if (attribute == "colour" && entity.group == "animals" && (found(" is a ") || found(" is an ")))
    return sentence.ends_with(entity["kind"]);
  return true;
}

std::vector<Claim> Claims::roll(const std::string& core) const {
  for (const Form& form : lists_) {
    const auto parts = form.pattern.groups(core, {"names", "v"});
    if (!parts) continue;
    const std::string value = parts->contains("v") ? parts->at("v") : "pupil";
    std::vector<Claim> made;
    for (const std::string& name : namesOf(parts->at("names"))) {
      const Entity* entity = facts_.nameIn(name);
      if (!entity || entity->group != form.group) continue;
      if (form.attribute == "leader" || facts_.isValue(value, *entity, form.attribute))
        made.push_back({entity, form.attribute, value, false, sameValue(value, (*entity)[form.attribute])});
    }
    if (!made.empty()) return made;
  }
  return {};
}

} // namespace attune::world
