// The report on a reward model, on pairs whose answer is known by hand.
#include "catch.h"
#include "train/reward_report.h"

#include <nlohmann/json.hpp>

using namespace attune;

namespace {

EncodedRanking ranking(const std::string& prompt, const std::vector<std::string>& answers,
                       const std::vector<int>& ranks) {
  EncodedRanking made;
  made.ranks = ranks;
  made.text = {{{"user", prompt}}, answers, ranks};
  made.replies.resize(answers.size());
  return made;
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
