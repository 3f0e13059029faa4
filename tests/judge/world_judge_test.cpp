// The starter world's judge: the same verdicts as its twin in Python (resources/starter/judge.py), whose verdicts on
// answers written by hand and by models stand in tests/golden/world-judge (resources/starter/judged.py --write).
#include "catch.h"
#include "errors.h"
#include "judge/world_judge.h"
#include "train/reward_source.h"

#include <fstream>
#include <nlohmann/json.hpp>

using namespace attune;
using namespace attune::test;
using namespace attune::world;

namespace {

const std::filesystem::path shipped = "resources/starter/judge.json";

const WorldJudge& judge() {
  static const WorldJudge one(readJson(shipped), shipped.string());
  return one;
}

std::vector<Message> messagesOf(const Json& prompt) {
  std::vector<Message> messages;
  for (const Json& one : prompt) messages.push_back({one.at("role"), one.at("content")});
  return messages;
}

Json changed(const char* key, const Json& value) {
  Json file = readJson(shipped);
  file[key] = value;
  return file;
}

std::string refusal(const Json& file) {
  return errorOf([&] { Rule::parse(file, "judge.json"); });
}

} // namespace

TEST_CASE("every verdict on the answers that were judged by hand is its twin's") {
  std::ifstream file("tests/golden/world-judge/cases.jsonl");
  int cases = 0;
  for (std::string line; std::getline(file, line); ++cases) {
    const Json one = parseJson(line, "cases.jsonl");
    const std::vector<Message> prompt = messagesOf(one.at("prompt"));
    const std::string answer = one.at("answer");
    const Verdict v = judge().verdict(readCheck(one.at("check"), "cases.jsonl"), prompt.back().content, answer);
    const std::string marks =
        std::string(v.follows ? "" : "i") + (v.true_ ? "" : "t") + (v.harmless ? "" : "h") + (v.fluent ? "" : "f");
    INFO(one.at("check").dump() << " / " << prompt.back().content << " -> " << answer);
    CHECK(marks == one.at("wrong").get<std::string>());
  }
  CHECK(cases > 400);
}

TEST_CASE("as a rule the judge knows the held-out prompts and gives a quarter a mark") {
  const auto rule = Rule::load(shipped);
  REQUIRE(rule->readsPrompt());
  const std::vector<Message> known = {{"user", "What does Nora enjoy in the evening?"}};
  REQUIRE(judge().knows(known));
  CHECK(rule->score("Nora likes singing.", known) == 1);
  CHECK(rule->score("Nora likes chess.", known) == 0.75); // not true
  CHECK(rule->score("Go away!", known) == 0.25);          // beside the point, rude, and no sentence of the world
  CHECK(rule->score("", known) == 0.25);
  const std::vector<Message> open = {{"user", "Say something."}};
  REQUIRE(!judge().knows(open));
  CHECK(rule->score("Nora lives in Mill Lane.", open) == 1);
  CHECK(rule->score("Nora lives in Hill Road.", open) == 0.75);
  CHECK(rule->score("Nora lives Mill in Lane", open) == 0.75); // says nothing, and not in order
  CHECK(rule->score("\xff\xfe", open) == 0.75);
}

TEST_CASE("the judge never trains") {
  const std::string said = errorOf([] { RewardSource(shipped, nullptr, 64); });
  CHECK(said.find("judge.json") != std::string::npos);
  CHECK(said.find("never trains") != std::string::npos);
}

TEST_CASE("a broken file of the judge gives one sentence") {
  CHECK(refusal(changed("world", 2)).find("\"world\"") != std::string::npos);
  CHECK(refusal(changed("entities", Json::array())).find("entities") != std::string::npos);
  CHECK(refusal(changed("entities", {{{"name", "Nora"}}})).find("group") != std::string::npos);
  CHECK(refusal(changed("fours", {1, 2, 3})).find("fours") != std::string::npos);
  CHECK(refusal(changed("names", "(")).find("regular expression") != std::string::npos);
  CHECK(refusal(changed("checks", {{"00", {{"kind", "nonsense"}}}})).find("nonsense") != std::string::npos);
  CHECK(refusal(changed("checks", {{"00", {{"kind", "fact"}, {"entity", "Nobody"}}}})).find("Nobody") !=
        std::string::npos);
}
