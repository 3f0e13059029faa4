// The report on a reward model, on pairs whose answer is known by hand.
#include "catch.h"
#include "train/labeler_agreement.h"
#include "train/reward_report.h"

#include <nlohmann/json.hpp>

using namespace attune;

namespace {

EncodedRanking ranking(const std::string& prompt, const std::vector<std::string>& answers,
                       const std::vector<int>& ranks) {
  EncodedRanking made;
  made.ranks = ranks;
  made.text.prompt = {{"user", prompt}};
  made.text.completions = answers;
  made.text.ranks = ranks;
  made.replies.resize(answers.size());
  return made;
}

EncodedRanking by(const std::string& labeler, EncodedRanking ranking, const std::string& useCase = {}) {
  ranking.text.labeler = labeler;
  ranking.text.useCase = useCase;
  return ranking;
}

bool notes(const Json& report, const std::string& words) {
  for (const Json& note : report["notes"])
    if (note.get<std::string>().find(words) != std::string::npos) return true;
  return false;
}

} // namespace

TEST_CASE("accuracy, baselines, duplicates and the worst pairs by hand") {
  // Better answers: longer, shorter, equally long; of three one is a tie with the second.
  const std::vector<EncodedRanking> heldOut{
      ranking("a", {"long one", "short"}, {1, 2}), ranking("b", {"long one", "short"}, {2, 1}),
      ranking("c", {"same", "size"}, {1, 2}), ranking("d", {"x", "yy", "zzz"}, {1, 2, 2})};
  const std::vector<std::vector<float>> scores{{2, 1}, {5, 1}, {1, 1}, {3, 2, 1}};
  const std::vector<EncodedRanking> training{ranking("b", {"short", "other"}, {1, 2})};
  const Json report = rewardReport(heldOut, scores, training);
  CHECK(report["pairs"] == 5);
  CHECK(report["rankings"] == 4);
  CHECK(report["accuracy"]["value"] == Approx(3.5 / 5)); // right, wrong, a tie of scores, right, right
  CHECK(report["longer_wins"]["value"] == Approx(1.5 / 5));
  CHECK(report["shorter_wins"]["value"] == Approx(3.5 / 5));
  CHECK(report["accuracy"]["low"] < report["accuracy"]["value"]);
  CHECK(report["accuracy"]["high"] > report["accuracy"]["value"]);
  CHECK(report["better_than_length"] == false);
  CHECK(report["verdict"].get<std::string>().find("failure") != std::string::npos);
  CHECK(report["duplicates"]["prompts"] == 1);
  CHECK(report["duplicates"]["answers"] == 2);
  REQUIRE(report["worst"].size() == 1);
  CHECK(report["worst"][0]["better"] == "short");
  int counted = 0;
  for (const Json& bin : report["calibration"]) counted += bin["pairs"].get<int>();
  CHECK(counted == 5);
  CHECK(report["by_margin"].size() == 4);
}

TEST_CASE("a sure reward model beats length, and the report says so") {
  std::vector<EncodedRanking> heldOut;
  std::vector<std::vector<float>> scores;
  for (int i = 0; i < 60; ++i) {
    heldOut.push_back(ranking("p" + std::to_string(i),
                              i % 2 ? std::vector<std::string>{"aa", "b"} : std::vector<std::string>{"a", "bb"},
                              {1, 2}));
    scores.push_back({1, i % 10 ? 0.0f : 2.0f});
  }
  const Json report = rewardReport(heldOut, scores, {});
  CHECK(report["accuracy"]["value"] == Approx(0.9));
  CHECK(report["longer_wins"]["value"] == Approx(0.5));
  CHECK(report["verdict"] == "better than the length of the answers");
  CHECK(report["worst"].size() == 6);
}

TEST_CASE("labelers' agreement by hand: ties count half, both ties nothing, an order by another place is the same") {
  const std::vector<EncodedRanking> all{
      by("ann", ranking("p", {"a", "b", "c"}, {1, 2, 3})), by("bob", ranking("p", {"c", "b", "a"}, {1, 3, 2})),
      by("ann", ranking("q", {"a", "b"}, {1, 1})),         by("bob", ranking("q", {"b", "a"}, {1, 1})),
      by("ann", ranking("p", {"a", "b"}, {2, 1})),         by("", ranking("p", {"a", "b"}, {1, 2}))};
  std::vector<const RankingExample*> texts;
  for (const EncodedRanking& one : all) texts.push_back(&one.text);
  // bob's order on p is c, a, b: against ann's a b c that is (a, b) same, (a, c) opposite, (b, c) opposite.
  const Agreement found = labelerAgreement(texts);
  REQUIRE(found.cells.size() == 2);
  CHECK(found.labelers == std::vector<std::string>{"ann", "bob"});
  CHECK(found.cells[0].second == "ann"); // herself: once a over b, once b over a
  CHECK(found.cells[0].pairs == 1);
  CHECK(found.cells[0].agreed == 0);
  CHECK(found.cells[1].second == "bob");
  CHECK(found.cells[1].pairs == 4); // three, and bob's (a, b) beside ann's second opinion
  CHECK(found.cells[1].agreed == 1);
  CHECK(found.between.pairs == 4);
  CHECK(found.within.pairs == 1);
  const RankingExample tied{{{"user", "p"}}, {"a", "b"}, {1, 1}, "", "cy", false};
  const std::vector<const RankingExample*> half{texts[0], &tied};
  CHECK(labelerAgreement(half).between.agreed == 0.5);
}

TEST_CASE("use cases and labelers have tables of their own; a labeler whom training does not know stands apart") {
  std::vector<EncodedRanking> heldOut, training;
  std::vector<std::vector<float>> scores;
  for (int i = 0; i < 20; ++i) {
    const std::string p = "p" + std::to_string(i);
    heldOut.push_back(by(i % 2 ? "ann" : "bob", ranking(p, {"aaaa", "b"}, {1, 2}), i < 15 ? "chat" : "extraction"));
    scores.push_back({i < 18 ? 1.f : -1.f, 0.f});
    heldOut.push_back(by("eve", ranking(p, {"aaaa", "b"}, {i % 4 ? 2 : 1, i % 4 ? 1 : 2}), "chat"));
    scores.push_back({1, 0});
  }
  training = {by("ann", ranking("t", {"a", "b"}, {1, 2})), by("bob", ranking("t", {"b", "a"}, {2, 1}))};
  training[1].text.scripted = true;
  const Json report = rewardReport(heldOut, scores, training);
  CHECK(report["pairs"] == 20);
  CHECK(report["accuracy"]["value"] == Approx(0.9));
  CHECK(report["held_out_labelers"]["pairs"] == 20);
  CHECK(report["held_out_labelers"]["value"] == Approx(0.25));
  REQUIRE(report["by_use_case"].size() == 2);
  CHECK(report["by_use_case"][0]["use_case"] == "chat");
  CHECK(report["by_use_case"][0]["pairs"] == 15);
  CHECK(report["by_use_case"][1]["accuracy"]["value"] == Approx(0.6));
  REQUIRE(report["by_labeler"].size() == 3);
  CHECK(report["by_labeler"][0]["labeler"] == "eve");
  CHECK(report["by_labeler"][0]["taught"] == false);
  CHECK(report["by_labeler"][1]["taught"] == true);
  // ann and bob said the same of t; eve met them on every p.
  CHECK(report["agreement"]["between"]["pairs"] == 21);
  CHECK(report["agreement"]["between"]["value"] == Approx(6.0 / 21));
  CHECK(report["agreement"]["scripted"] == Json({"bob"}));
  CHECK(notes(report, "Scripted labelers"));
  CHECK_FALSE(notes(report, "No labeler was held out"));
  REQUIRE(report["worst"].size() == 17); // two of ann's and bob's, fifteen of eve's
  CHECK(report["worst"][0]["completions"].size() == 2);
}

TEST_CASE("one labeler, none named, and labelers who never met are said in words") {
  std::vector<EncodedRanking> heldOut{by("me", ranking("p", {"aa", "b"}, {1, 2}))};
  const std::vector<std::vector<float>> scores{{1, 0}};
  CHECK(notes(rewardReport(heldOut, scores, {by("me", ranking("q", {"a", "b"}, {1, 2}))}), "by one labeler, me"));
  CHECK(notes(rewardReport(heldOut, scores, {by("you", ranking("q", {"a", "b"}, {1, 2}))}), "No two labelers"));
  heldOut[0].text.labeler.clear();
  const Json nobody = rewardReport(heldOut, scores, {ranking("q", {"a", "b"}, {1, 2})});
  CHECK(notes(nobody, "name no labelers"));
  CHECK(nobody["agreement"]["between"]["value"].is_null());
  CHECK(nobody["held_out_labelers"]["value"].is_null());
  CHECK(notes(nobody, "Only 1 held-out pairs"));
}
