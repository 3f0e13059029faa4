// reward, dpo, ppo, compare and best-of-n as a script meets them.
#include "catch.h"
#include "formats/file.h"
#include "run_cli.h"
#include "scratch.h"
#include "tiny_models.h"

#include <cmath>
#include <nlohmann/json.hpp>

using namespace attune;
using namespace attune::test;
namespace fs = std::filesystem;

TEST_CASE("rankings become a reward model, which PPO, best-of-n and compare use") {
  const Scratch scratch;
  const fs::path home = scratch / "home", model = scratch / "model", rankings = scratch / "rankings.jsonl",
                 prompts = scratch / "prompts.txt", rule = scratch / "rule.json";
  makeTinyModel(model, true, 64);
  std::string lines, asked;
  for (int i = 0; i < 8; ++i) {
    lines += Json{{"prompt", "hen " + std::to_string(i)}, {"chosen", "the sea"}, {"rejected", "a"}}.dump() + "\n";
    asked += "hen " + std::to_string(i) + "\n";
  }
  writeFileAtomically(rankings, lines);
  writeFileAtomically(prompts, asked);
  writeFileAtomically(rule, R"({"rules": [{"unit": "bytes", "score": 0.1}]})");
  const auto run = [&](std::vector<std::string> words) {
    words.push_back("--json");
    const CliResult result = runCli(home, words);
    INFO(result.err);
    REQUIRE(result.code == 0);
    return result.json();
  };
  const std::string reward = (scratch / "reward").string(), ppo = (scratch / "ppo").string(),
                    dpo = (scratch / "dpo").string();
  CHECK(run({"reward", "--model", model.string(), "--data", rankings.string(), "--out", reward, "--batch", "2",
             "--held-out", "0.25"})["steps"] == 3); // one epoch of 6
  CHECK(readJson(scratch / "reward" / "reward_report.json")["pairs"] == 2);
  CHECK(run({"ppo", "--policy", model.string(), "--reward", reward, "--prompts", prompts.string(), "--out", ppo,
             "--steps", "2", "--batch", "4", "--max-tokens", "5", "--held-out", "0.25"})["end"] == "done");
  CHECK(run({"dpo", "--model", model.string(), "--data", rankings.string(), "--out", dpo, "--batch", "4"})["steps"] ==
        2);

  const Json best = run(
      {"generate", "--model", ppo, "--prompt", "hen", "--max-tokens", "4", "--best-of", "5", "--reward-model", reward});
  REQUIRE(best["candidates"].size() == 5);
  for (const Json& candidate : best["candidates"]) CHECK(candidate["score"] <= best["score"]);
  CHECK(best["kl_bound"].get<double>() == Approx(std::log(5.0) - 0.8));

  const Json compared = run({"compare", "--models", model.string(), ppo, dpo, "--prompts", prompts.string(), "--judge",
                             rule.string(), "--max-tokens", "6"});
  CHECK(compared["prompts"] == 8);
  CHECK(compared["models"].size() == 3);
  REQUIRE(compared["matches"].size() == 3);
  const Json& match = compared["matches"][0];
  CHECK(match["wins"].get<int>() + match["losses"].get<int>() + match["ties"].get<int>() == 8);
  const Json same = run({"compare", "--models", model.string(), model.string(), "--prompts", prompts.string(),
                         "--judge", reward, "--max-tokens", "4", "--most", "3"});
  CHECK(same["matches"][0]["ties"] == 3);
  CHECK(same["matches"][0]["win_rate"].is_null());

  // Reward over distance: best of n of what PPO started from, and its checkpoints judged by a rule that trained nothing.
  const Json distance = run({"proxy-gold", ppo, "--gold", rule.string(), "--samples", "16", "--most", "2"});
  REQUIRE(distance["best_of"].size() == 3); // 1, 4, 16
  CHECK(distance["best_of"][2]["kl"].get<double>() == Approx(std::log(16.0) - 15.0 / 16));
  CHECK(distance["best_of"][2]["proxy"] >= distance["best_of"][1]["proxy"]);
  CHECK(distance["best_of"][1]["proxy"] >= distance["best_of"][0]["proxy"]);
  CHECK_FALSE(distance["best_of"][2]["gold"].is_null());
  REQUIRE_FALSE(distance["policy"].empty());
  CHECK(distance["policy"].back()["step"] == 2);
  CHECK_FALSE(distance["policy"].back()["gold"].is_null());
  CHECK(readJson(scratch / "ppo" / "proxy_gold.json") == distance);
  CHECK(run({"proxy-gold", ppo, "--samples", "4", "--most", "1"})["gold"] == "");

  const auto refused = [&](const std::vector<std::string>& words, int code, const std::string& part) {
    const CliResult no = runCli(home, words);
    INFO(no.err);
    CHECK(no.code == code);
    CHECK_THAT(no.err, Contains(part));
  };
  refused({"generate", "--model", ppo, "--prompt", "a", "--best-of", "4"}, 2, "--reward-model");
  refused({"proxy-gold", reward}, 1, "a PPO run was expected");
  refused({"proxy-gold", ppo, "--samples", "0"}, 2, "--samples");
  refused({"compare", "--models", ppo, "--prompts", prompts.string(), "--judge", rule.string()}, 2, "--models");
  refused({"compare", "--models", ppo, dpo, "--prompts", prompts.string(), "--judge", dpo}, 1, "language model");
  refused({"reward", "--model", model.string(), "--data", rankings.string(), "--out", (scratch / "x").string(),
           "--loss", "joy"},
          2, "--loss");
  refused({"ppo", "--policy", reward, "--reward", rule.string(), "--prompts", prompts.string(), "--out",
           (scratch / "x").string()},
          1, "reward model");
  CHECK(!fs::exists(scratch / "x"));
}
