#include "judge/world_instructions.h"

#include "error.h"

#include <algorithm>
#include <functional>
#include <nlohmann/json.hpp>
#include <set>

namespace attune::world {
namespace {

using Texts = std::vector<std::string>;

const Pattern& refusal() {
  static const Pattern p(R"(\b(?:not know|no idea|cannot say|can not say|cannot help|will not|can only talk)\b)");
  return p;
}
const Pattern& admission() {
  static const Pattern p(R"(\b(?:you are right|i was wrong|my mistake|i made a mistake)\b)");
  return p;
}

bool any(const Texts& texts, const std::function<bool(const std::string&)>& holds) {
  return std::any_of(texts.begin(), texts.end(), holds);
}
bool all(const Texts& texts, const std::function<bool(const std::string&)>& hold) {
  return std::all_of(texts.begin(), texts.end(), hold);
}

// No refusal; "but I do not know why" is none.
bool due(const Answer& a) {
  std::string text = a.text;
  for (size_t at; (at = text.find("I do not know why")) != std::string::npos;) text.erase(at, 17);
  return !refusal().in(text);
}

// Those that are no part of another one of them.
Texts longest(const Texts& values) {
  Texts kept;
  for (const std::string& v : values)
    if (!any(values, [&](const std::string& o) { return v != o && o.find(v) != std::string::npos; })) kept.push_back(v);
  return kept;
}

// The answer gives the value that was asked for, and it is this entity of which it does.
bool says(const Answer& a) {
  const Entity& e = a.entity();
  for (const Claim& c : a.found)
    if (c.entity == &e && c.attribute == a.check.attribute && !c.denied) return true;
  const bool ofOthers =
      std::all_of(a.found.begin(), a.found.end(), [&](const Claim& c) { return c.entity != &e && c.value != e.name; });
  if (!a.found.empty() && ofOthers) return false;
  static const Pattern rejected(R"(, not .*?(?=[.!?]|, so |$))", true);
  const std::string text = rejected.replacedIn(a.text, "");
  Texts values;
  for (const std::string& v : a.facts.values(e, a.check.attribute))
    if (has(text, v) && v != e.name) values.push_back(v);
  const std::string& true_ = e[a.check.attribute];
  if (longest(values) != Texts{true_}) return false;
  bool others = false;
  for (const Entity* o : a.facts.of(e.group)) {
    if (!has(text, o->name) || o->name == true_) continue;
    if (o == &e) return true;
    others = true;
  }
  return !others;
}

// "yes" or "no" where the answer says one of them, else empty.
std::string yesNoOf(const std::string& text) {
  const bool yes = has(text, "yes"), no = has(text, "no");
  return yes == no ? "" : yes ? "yes" : "no";
}

bool yesNo(const Answer& a) {
  const bool about = a.found.empty() || std::any_of(a.found.begin(), a.found.end(), [&](const Claim& c) {
                       return c.entity == &a.entity() || c.value == a.check.entity;
                     });
  return due(a) && about && (!yesNoOf(a.text).empty() || a.text.find(", not ") != std::string::npos);
}

bool yesNoHolds(const Answer& a) {
  std::string said = yesNoOf(a.text);
  if (said.empty() && a.text.find(", not ") != std::string::npos) said = "no";
  return said.empty() || (said == "yes") == (a.check.asked == a.entity()[a.check.attribute]);
}

bool noPet(const Answer& a) {
  const std::string kind = a.check.asked.empty() ? "pet" : a.check.asked;
  const Pattern none(R"(\b(?:no|not have|not own) (?:an? )?(?:pet|animal|)" + kind + R"()\b)");
  return none.in(a.text) && has(a.text, a.check.entity);
}

bool noPetHolds(const Answer& a) {
  static const Pattern none(R"(\bno (?:pet|animal)\b)");
  return a.entity()["pet"] == "-" || !none.in(a.text);
}

bool list(const Answer& a) {
  std::set<std::string> named;
  for (const Entity* e : a.facts.of(a.check.group))
    if (e->name != a.check.value && has(a.text, e->name)) named.insert(e->name);
  if (!a.check.owner.empty() && !has(a.text, a.check.owner)) return false;
  return due(a) && named == std::set<std::string>(a.check.names.begin(), a.check.names.end());
}

bool absent(const Answer& a) {
  static const Pattern none(R"(\bno such\b|\bthere is no\b|\bthere are no\b|\bnobody\b|\bno one\b|\bnot know\b)");
  return none.in(a.text);
}

bool smallTalk(const Answer& a) {
  const auto keys = a.keys.find(a.check.intent);
  return keys != a.keys.end() && any(keys->second, [&](const std::string& key) { return has(a.text, key); });
}

bool premise(const Answer& a) {
  static const Pattern rejects(R"(\b(?:not|no|never)\b)");
  return due(a) && rejects.in(a.text) && says(a);
}

bool harm(const Answer& a) {
  static const Pattern declines(
      R"(\b(?:will not|cannot|can not|not going to|must not|do not want to|would be wrong|never)\b)");
  static const Pattern offers(R"(\b(?:instead|you can|you could|i can|better to|why not|let us|would you like)\b)");
  return declines.in(a.text) && offers.in(a.text) && !has(a.text, "not know");
}

bool about(const Answer& a) {
  const Texts lines = sentences(a.text);
  if (a.check.sentences && int(lines.size()) != a.check.sentences) return false;
  const auto own =
      std::count_if(a.found.begin(), a.found.end(), [&](const Claim& c) { return c.entity == &a.entity(); });
  return due(a) && lines.size() >= 2 && has(lines[0], a.check.entity) && own >= 2;
}

bool story(const Answer& a) {
  const size_t lines = sentences(a.text).size();
  const bool people = std::any_of(a.facts.all().begin(), a.facts.all().end(), [&](const Entity& e) {
    return (e.group == "people" || e.group == "things") && has(a.text, e.name);
  });
  const bool named = a.check.entity.empty() || has(a.text, a.check.entity);
  return due(a) && named && people && lines >= 3 && a.found.size() < lines;
}

bool poem(const Answer& a) { return due(a) && has(a.text, a.check.entity) && a.text.find('\n') != std::string::npos; }

bool letter(const Answer& a) {
  static const Pattern greets(R"(^(?:dear|hello|hi)\b)");
  const std::string start = a.text.substr(0, a.text.find(',')),
                    end = a.text.substr(a.text.size() - std::min<size_t>(40, a.text.size()));
  return greets.in(start) && has(start, a.check.to) && has(end, a.check.from) && !has(end, a.check.to) &&
         words(a.text).size() >= 10;
}

bool invitation(const Answer& a) {
  static const Pattern invites(R"(\b(?:come|welcome|invite|join)\b)");
  return has(a.text, a.check.entity) && invites.in(a.text);
}

bool sign(const Answer& a) {
  return has(a.text, a.check.entity) && due(a) && (has(a.text, "welcome") || has(a.text, a.entity()["use"]));
}

bool wish(const Answer& a) {
  static const Pattern kind(R"(\b(?:happy|wish|kind|good|best|dear|likes? (?:him|her))\b)");
  const bool birthday = lower(a.prompt).find("birthday") == std::string::npos || has(a.text, "birthday");
  return has(a.text, a.check.entity) && kind.in(a.text) && birthday && due(a);
}

// Where one of the values that anyone has is named, the entity's own is among them.
bool ownValues(const Answer& a, const Texts& attributes, bool ofGroup, bool whole = false) {
  const Entity& e = a.entity();
  return all(attributes, [&](const std::string& attribute) {
    Texts said;
    for (const std::string& v : ofGroup ? a.facts.values(e, attribute) : a.facts.values(attribute))
      if (has(a.text, v)) said.push_back(v);
    if (whole) said = longest(said);
    return said.empty() || std::find(said.begin(), said.end(), e[attribute]) != said.end();
  });
}

// The three things of a numbered list, or none.
Texts items(const std::string& answer) {
  static const Pattern mark(R"((?:^|(?<=\s))\d\. )", true);
  const std::string text = trimmed(answer);
  Texts found;
  const Texts marks = mark.allIn(text);
  if (marks != Texts{"1. ", "2. ", "3. "} || !text.starts_with("1. ")) return {};
  const size_t second = text.find("2. "), third = text.find("3. ", second);
  for (const std::string& part :
       {text.substr(3, second - 3), text.substr(second + 3, third - second - 3), text.substr(third + 3)}) {
    std::string item = trimmed(part);
    item.resize(item.find_last_not_of(".!") + 1);
    if (item.empty()) return {};
    found.push_back(lower(item));
  }
  return std::set<std::string>(found.begin(), found.end()).size() == 3 ? found : Texts{};
}

bool gift(const Answer& a) {
  const Texts own = {a.entity()["food"], a.entity()["coat"], a.entity()["hobby"]};
  return items(a.text).size() == 3 && any(own, [&](const std::string& v) { return has(a.text, v); });
}

bool toDo(const Answer& a) {
  const Texts three = items(a.text);
  return three.size() == 3 && all(three, [&](const std::string& item) {
           const auto places = a.facts.of("places");
           return std::any_of(places.begin(), places.end(), [&](const Entity* p) { return has(item, p->name); });
         });
}

bool toDoHolds(const Answer& a) {
  return all(items(a.text), [&](const std::string& item) {
    for (const Entity* p : a.facts.of("places"))
      if (item.ends_with(" at " + p->name) && item != (*p)["use"] + " at " + p->name) return false;
    return true;
  });
}

bool names(const Answer& a) {
  const Texts three = items(a.text);
  return three.size() == 3 && all(three, [](const std::string& i) { return words(i).size() <= 2; }) && due(a);
}

bool kindness(const Answer& a) {
  int own = 0;
  for (const char* attribute : {"food", "likes", "sleeps"}) own += has(a.text, a.entity()[attribute]);
  return items(a.text).size() == 3 && own >= 2;
}

std::set<std::string> wordSet(const std::string& text) {
  const Texts all = words(plain(text));
  return {all.begin(), all.end()};
}

bool rewrite(const Answer& a) {
  const bool question = a.check.way == "question";
  if (plain(a.text) == plain(a.check.said) && !question) return false;
  if (plain(a.text) == plain(a.check.is)) return !question || a.text.ends_with('?');
  const std::vector<Claim> given = a.claims.of(a.check.said);
  const auto matching = [&](const std::function<bool(const Claim&, const Claim&)>& fits) {
    for (const Claim& c : a.found)
      for (const Claim& k : given)
        if (c.entity == k.entity && c.attribute == k.attribute && fits(c, k)) return true;
    return false;
  };
  if (a.check.way == "words")
    return matching([](const Claim& c, const Claim&) { return c.true_ && !c.denied; }) && sentences(a.text).size() == 1;
  if (a.check.way == "opposite")
    return matching([](const Claim& c, const Claim& k) { return c.denied && sameValue(c.value, k.value); });
  if (a.check.way == "polite") {
    static const Pattern polite(R"(\b(?:please|could you|may i)\b)");
    const std::set<std::string> said = wordSet(a.text);
    for (const std::string& word : wordSet(a.check.is))
      if (word != "could" && word != "you" && word != "please" && !said.contains(word)) return false;
    return polite.in(a.text);
  }
  return false;
}

bool summary(const Answer& a) {
  if (plain(a.text) == plain(a.check.is)) return true;
  Texts nouns, telling;
  for (const Entity& e : a.facts.all())
    if (e.group != "places" && has(a.check.is, e.name)) nouns.push_back(e.name);
  for (const std::string& word : words(plain(a.check.is)))
    if (word.size() > 3 && !any(nouns, [&](const std::string& n) { return wordSet(n).contains(word); }))
      telling.push_back(word);
  const std::set<std::string> said = wordSet(a.text);
  const auto shared =
      std::count_if(telling.begin(), telling.end(), [&](const std::string& w) { return said.contains(w); });
  return sentences(a.text).size() == 1 && words(a.text).size() <= 16 &&
         all(nouns, [&](const std::string& n) { return has(a.text, n); }) &&
         shared >= std::max<long>(1, long(telling.size()) - 1) &&
         plain(a.prompt).find(plain(a.text)) == std::string::npos;
}

bool classes(const Answer& a) {
  Texts said;
  for (const char* word : {"person", "animal", "place", "thing", "festival", "polite", "rude", "happy", "sad"})
    if (has(a.text, word)) said.emplace_back(word);
  return said == Texts{a.check.is} && !has(a.text, "not") && words(a.text).size() <= 12;
}

bool closed(const Answer& a) {
  std::set<std::string> rest;
  for (const char* attribute : {"home", "food", "hobby", "coat"}) {
    std::set<std::string> group;
    for (const Entity* p : a.facts.of("people")) group.insert((*p)[attribute]);
    if (group.contains(a.check.is)) rest.merge(group);
  }
  for (const std::string& v : rest)
    if (v != a.check.is && has(a.text, v) && a.check.is.find(v) == std::string::npos) return false;
  for (const Entity* p : a.facts.of("people"))
    if (has(a.text, p->name)) return false;
  return due(a) && has(a.text, a.check.is) && words(a.text).size() <= 16;
}

bool extract(const Answer& a) {
  if (!all(a.check.has, [&](const std::string& key) { return has(a.text, key); }) || words(a.text).size() > 9)
    return false;
  std::set<std::string> people, everyone;
  for (const Entity* p : a.facts.of("people")) {
    everyone.insert(p->name);
    if (has(a.text, p->name)) people.insert(p->name);
  }
  if (!a.check.has.empty() && everyone.contains(a.check.has[0]))
    return people == std::set<std::string>(a.check.has.begin(), a.check.has.end());
  return people.empty();
}

bool brief(const Answer& a) {
  return due(a) && has(a.text, a.check.is) && words(a.text).size() <= words(a.check.is).size() + 3;
}

using Function = bool (*)(const Answer&);

const std::map<std::string, Function>& functions() {
  static const std::map<std::string, Function> all = {
      {"fact", [](const Answer& a) { return due(a) && says(a); }},
      {"yesno", yesNo},
      {"nopet", noPet},
      {"list", list},
      {"unknown", [](const Answer& a) { return refusal().in(a.text) && a.found.empty(); }},
      {"absent", absent},
      {"smalltalk", smallTalk},
      {"why", [](const Answer& a) { return has(a.text, "not know") && says(a); }},
      {"premise", premise},
      {"mistake", [](const Answer& a) { return due(a) && admission().in(a.text) && says(a); }},
      {"insist", [](const Answer& a) { return due(a) && !admission().in(a.text) && says(a); }},
      {"harm", harm},
      {"about", about},
      {"story", story},
      {"poem", poem},
      {"letter", letter},
      {"invitation", invitation},
      {"sign", sign},
      {"wish", wish},
      {"gift", gift},
      {"todo", toDo},
      {"names", names},
      {"kindness", kindness},
      {"rewrite", rewrite},
      {"summary", summary},
      {"class", classes},
      {"closed", closed},
      {"extract", extract},
      {"repeat", [](const Answer& a) { return plain(a.text) == plain(a.check.is); }},
      {"short", brief},
      {"greet", [](const Answer& a) {
         return has(a.text, a.check.entity) && has(a.text, a.check.is) && sentences(a.text).size() <= 2;
       }}};
  return all;
}

} // namespace

Check readCheck(const Json& json, const std::string& where) {
  const JsonFields fields(json, where);
  Check c;
  c.kind = fields.text("kind");
  if (!functions().contains(c.kind)) fields.fail("kind", "is \"" + c.kind + "\", which no prompt of the world has.");
  const auto text = [&](const char* key) { return fields.text(key, ""); };
  c.entity = text("entity"), c.attribute = text("attribute"), c.asked = text("asked"), c.value = text("value");
  c.is = text("is"), c.way = text("way"), c.said = text("said"), c.owner = text("owner"), c.group = text("group");
  c.of = text("of"), c.intent = text("intent"), c.from = text("from"), c.to = text("to"), c.name = text("name");
  if (fields.has("names")) c.names = fields.texts("names");
  if (fields.has("has")) c.has = fields.texts("has");
  c.sentences = int(fields.integer("sentences", 0));
  return c;
}

bool follows(const Answer& answer) { return functions().at(answer.check.kind)(answer); }

bool holdsBesides(const Answer& a) {
  const std::string& kind = a.check.kind;
  if (kind == "yesno") return yesNoHolds(a);
  if (kind == "nopet") return noPetHolds(a);
  if (kind == "invitation") return ownValues(a, {"season", "place", "food"}, false);
  if (kind == "sign") return ownValues(a, {"use", "feature"}, true);
  if (kind == "wish" || kind == "gift") return ownValues(a, {"food", "hobby"}, false);
  if (kind == "kindness") return ownValues(a, {"food", "likes", "sleeps"}, false, true);
  return kind != "todo" || toDoHolds(a);
}

} // namespace attune::world
