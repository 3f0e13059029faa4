// Failures of preference training, provoked in tiny runs, and said in words.
#include "train/run_warnings.h"

#include "catch.h"
#include "errors.h"
#include "formats/model_folder.h"
#include "preference_world.h"
#include "train/run.h"

#include <atomic>
#include <set>

using namespace attune;
using namespace attune::test;

namespace fs = std::filesystem;

namespace {

std::set<std::string> kindsOf(const fs::path& run) {
  std::set<std::string> kinds;
  for (const Json& row : rowsOf(run / "warnings.jsonl")) {
    const RunWarning warning = parseRunWarning(row, "warnings.jsonl");
    INFO(warning.words());
    CHECK(!warning.why.empty());
    CHECK(!warning.remedy.empty());
    kinds.insert(warning.kind);
  }
  return kinds;
}

// A world with a rule of its own.
struct Provoked : PreferenceWorld {
  RunSettings settings = preference(RunKind::Ppo);

  explicit Provoked(const char* text) {
    writeFileAtomically(rule, text);
    settings.steps = 30;
    settings.batch = 16;
    settings.rate = settings.leastRate = 2e-2;
    settings.checkpointEvery = settings.evaluateEvery = 0;
    settings.ppo.maxTokens = 12;
    settings.ppo.epochs = 3;
    settings.ppo.minibatches = 1;
    settings.ppo.klTarget = 0;
    settings.ppo.endPenalty = 0;
    settings.ppo.klCoef = 0.05;
  }
  std::set<std::string> run(std::string* told = nullptr) {
    REQUIRE(Run::create(settings, root / "run")->train([&](const RunProgress& progress) {
      if (told && !progress.warning.empty()) *told += progress.warning + "\n";
    }) == RunEnd::Done);
    return kindsOf(root / "run");
  }
};

RunSettings ppo(int batch = 64) {
  RunSettings s;
  s.kind = RunKind::Ppo;
  s.batch = batch;
  return s;
}

Json row(int step, std::initializer_list<std::pair<const char*, double>> values) {
  Json made{{"step", step}};
  for (const auto& [key, value] : values) made[key] = value;
  return made;
}

} // namespace

TEST_CASE("with a KL coefficient of 0 the text degenerates, and the warning says why and what to do") {
  Provoked world(R"({"rules": [{"unit": "characters", "score": 0.3}]})");
  world.settings.ppo.klCoef = 0;
  world.settings.steps = 70;
  std::string told;
  const std::set<std::string> kinds = world.run(&told);
  INFO(told);
  CHECK(kinds.count("kl-explodes") == 1);
  CHECK(kinds.count("degenerate") == 1);
  CHECK(kinds.count("entropy-collapse") == 1);
  CHECK(contains(told, "KL coefficient is 0"));
  CHECK(contains(told, "0.05"));
}

TEST_CASE("a run that goes well is told nothing") {
  Provoked world(R"({"rules": [{"pattern": "e", "score": 1}]})");
  world.settings.steps = 12;
  world.settings.rate = world.settings.leastRate = 1e-3;
  CHECK(world.run().empty());
}

TEST_CASE("replies that are paid for shortness shrink to nothing") {
  Provoked world(R"({"rules": [{"unit": "bytes", "score": -0.2}]})");
  world.settings.ppo.maxTokens = 16;
  world.settings.ppo.klCoef = 0;
  world.settings.ppo.endPenalty = 5; // at first hardly any reply ends
  world.settings.steps = 50;
  world.settings.batch = 32;
  std::string told;
  CHECK(world.run(&told).count("length") == 1);
  INFO(told);
  CHECK(contains(told, "shrink"));
}

TEST_CASE("a reward that rises while the judge falls is told, and the judge trains nothing") {
  Provoked world(R"({"rules": [{"pattern": "e", "score": 1}]})");
  const fs::path gold = world.root / "gold.json";
  writeFileAtomically(gold, R"({"rules": [{"pattern": "e", "score": -1}]})");
  world.settings.ppo.gold = gold;
  world.settings.evaluateEvery = 2;
  world.settings.heldOut = "0.5";
  world.settings.steps = 24;
  std::string told;
  const std::set<std::string> kinds = world.run(&told);
  INFO(told);
  CHECK(kinds.count("over-optimized") == 1);
  CHECK(contains(told, "the judge goes down"));
  // It names the step to go back to, for whoever reads the file.
  for (const Json& warning : rowsOf(world.root / "run/warnings.jsonl"))
    if (warning["kind"] == "over-optimized") {
      const RunWarning read = parseRunWarning(warning, "warnings.jsonl");
      CHECK(contains(read.remedy, "step " + std::to_string(read.good)));
      CHECK(read.good % 2 == 0);
      CHECK(read.good < read.step);
    }
  const auto rows = metricsOf(world.root / "run");
  CHECK(rows[1]["gold_score"].get<double>() == Approx(-rows[1]["held_out_score"].get<double>()));
  // The same weights as without it.
  world.settings.ppo.gold.clear();
  REQUIRE(Run::create(world.settings, world.root / "alone")->train() == RunEnd::Done);
  CHECK(readFile(world.root / "alone/checkpoints/step-24/model.safetensors") ==
        readFile(world.root / "run/checkpoints/step-24/model.safetensors"));
}

TEST_CASE("a NaN stops the run with the tensor's name; what is kept is the last good checkpoint") {
  const PreferenceWorld world;
  const RunKind kind = GENERATE(RunKind::Ppo, RunKind::Reward, RunKind::Dpo);
  RunSettings settings = world.preference(kind);
  settings.ppo.klTarget = 0;
  const fs::path run = world.root / "run";
  {
    std::atomic<bool> stop = false;
    const auto first = Run::create(settings, run);
    REQUIRE(first->train([&](const RunProgress& p) { stop = stop || p.step == 3; }, &stop) == RunEnd::Stopped);
  }
  CHECK(newestCheckpoint(run).filename() == "step-3");
  Json description = readJson(run / "run.json");
  const double rate = description["lr"];
  description["lr"] = 1e30;
  writeJson(run / "run.json", description);
  const std::string error = errorOf([&] { Run::resume(run)->train(); });
  INFO(error);
  CHECK(contains(error, "stopped at step"));
  CHECK(contains(error, "last checkpoint"));
  const bool named = contains(error, "transformer.") || contains(error, "score.weight");
  CHECK(named);
  CHECK(newestCheckpoint(run).filename() == "step-3");
  // With the rate put right it goes on from there.
  description["lr"] = rate;
  writeJson(run / "run.json", description);
  CHECK(Run::resume(run)->train() == RunEnd::Done);
}

TEST_CASE("a reward model that learns its rankings by heart is told so") {
  PreferenceWorld world;
  // No sense in these: what is better is thrown by a coin.
  std::string lines;
  for (int i = 0; i < 40; ++i) {
    const bool first = (i * 2654435761u >> 7) & 1;
    lines += Json{{"prompt", "hen " + std::to_string(i)},
                  {"completions", {"bell " + std::to_string(i * 7 % 40), "the sea " + std::to_string(i * 11 % 40)}},
                  {"ranks", {first ? 1 : 2, first ? 2 : 1}}}
                 .dump() +
             "\n";
  }
  writeFileAtomically(world.rankings, lines);
  RunSettings settings = world.preference(RunKind::Reward);
  settings.heldOut = "0.4";
  settings.steps = 120;
  settings.batch = 8;
  settings.rate = settings.leastRate = 1e-2;
  settings.evaluateEvery = 10;
  settings.checkpointEvery = 0;
  REQUIRE(Run::create(settings, world.root / "run")->train() == RunEnd::Done);
  CHECK(kindsOf(world.root / "run").count("over-fitted") == 1);
}

TEST_CASE("a KL that is negative beyond chance is told once; noise is not") {
  RunWatch noisy(ppo()), wrong(ppo());
  int told = 0;
  for (int step = 1; step <= 30; ++step) {
    CHECK(noisy.see(row(step, {{"kl", step % 2 ? -0.05 : 0.03}, {"kl_deviation", 0.8}, {"length", 20}})).empty());
    for (const RunWarning& warning : wrong.see(row(step, {{"kl", -0.6}, {"kl_deviation", 0.8}, {"length", 20}}))) {
      CHECK(warning.kind == "kl-negative");
      CHECK(warning.step == 4);
      CHECK(contains(warning.remedy, "selftest"));
      ++told;
    }
  }
  CHECK(told == 1);
}

TEST_CASE("a KL far beyond its target, or that jumps, explodes") {
  RunSettings settings = ppo();
  settings.ppo.klTarget = 2;
  RunWatch missed(settings), jumps(ppo());
  std::vector<RunWarning> told, jumped;
  for (int step = 1; step <= 40; ++step) {
    for (RunWarning& w : missed.see(row(step, {{"kl", 0.5 * step}, {"length", 60}}))) told.push_back(w);
    for (RunWarning& w : jumps.see(row(step, {{"kl", step < 30 ? 2.0 : 30.0}, {"length", 60}}))) jumped.push_back(w);
  }
  REQUIRE(told.size() == 1);
  CHECK(contains(told[0].why, "the target is 2"));
  CHECK(told[0].suggest.at("kl-coef") == 0.1);
  REQUIRE(jumped.size() == 1);
  CHECK(contains(jumped[0].why, "ten steps before"));
}

TEST_CASE("a KL that rises from nothing to what the words cost is no explosion; one that goes on is") {
  // Replies of 24 bytes that learn to hold one of six words (tests/bench/ppo_words.py, seeds 1 and 2): from 5 to 90 %.
  const std::vector<double> good = {0,     1.34,  2.36,  3.8,   5.59,  7.07,  7.82,  9.79,  10.06, 11.16, 13.05, 12.63,
                                    12.17, 11.29, 12.58, 15.01, 13.78, 13.82, 13.36, 13.76, 11.78, 13.56, 12.46, 13.44},
                            slower = {0,     0.55,  2.11,  4.42,  4.45,  7.5,  6.7,   9.04, 9.86,  11.01, 10.08, 12.12,
                                      11.66, 12.99, 12.78, 13.44, 14.35, 13.7, 15.71, 13.8, 13.28, 13.37, 13.3,  13.0},
                            // The same with a KL coefficient of 0.
      loose = {0,    1.34,  4.49,  7.18,  8.52,  11.0,  13.11, 15.28, 19.36, 18.76, 20.44, 22.81,
               23.0, 25.66, 24.65, 24.26, 28.16, 27.01, 31.08, 31.65, 30.56, 32.96, 33.12, 34.95};
  for (const auto* series : {&good, &slower, &loose}) {
    RunWatch watch(ppo());
    std::vector<RunWarning> told;
    for (size_t i = 0; i < series->size(); ++i)
      for (RunWarning& w : watch.see(row(int(i) + 1, {{"kl", (*series)[i]}, {"kl_deviation", 5}, {"length", 24}})))
        told.push_back(w);
    REQUIRE(told.size() == (series == &loose ? 1 : 0));
    if (series == &loose) CHECK((told[0].kind == "kl-explodes" && told[0].step <= 12));
  }
  // Longer replies may cost more, and a jump from a KL that had settled is told at any length.
  for (const double length : {24, 60, 300}) {
    RunWatch rises(ppo()), jumps(ppo());
    size_t told = 0;
    for (int step = 1; step <= 40; ++step) {
      const double settled = 4 + length / 32;
      CHECK(rises.see(row(step, {{"kl", std::min(settled, 0.5 * step)}, {"length", length}})).empty());
      told += jumps.see(row(step, {{"kl", step < 30 ? settled : 5 * settled}, {"length", length}})).size();
    }
    CHECK(told == 1);
  }
}

TEST_CASE("a loss out of all bounds is an explosion; a large one from the start is not") {
  RunWatch watch(ppo()), large(ppo());
  for (int step = 1; step <= 5; ++step) {
    CHECK_FALSE(watch.explosion(row(step, {{"loss", 0.1}, {"value_loss", 0.5}})));
    watch.see(row(step, {{"loss", 0.1}, {"value_loss", 0.5}}));
    large.see(row(step, {{"loss", 1e6}, {"value_loss", 1e7}}));
  }
  CHECK_FALSE(large.explosion(row(6, {{"loss", 2e6}, {"value_loss", 3e7}})));
  const auto explosion = watch.explosion(row(6, {{"loss", 0.1}, {"value_loss", 4e4}}));
  REQUIRE(explosion);
  CHECK(explosion->loss == "value_loss");
}
