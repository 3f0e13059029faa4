// Runs of every kind killed at random moments: resumed, they end with the same bytes as one that was never killed.
// ATTUNE_KILLS says how many kills of each kind (2).
#include "catch.h"
#include "preference_world.h"
#include "run_outcome.h"
#include "train/rollout_file.h"

#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <random>
#include <spawn.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

extern char** environ;

using namespace attune;
using namespace attune::test;

namespace fs = std::filesystem;

namespace {

// This program again, as a process that goes on with `run` until it is done or killed.
pid_t spawnChild(const fs::path& run) {
  std::vector<std::string> environment{"ATTUNE_TEST_RUN=" + run.string()};
  for (char** variable = environ; *variable; ++variable)
    if (!std::string_view(*variable).starts_with("ATTUNE_TEST_RUN=")) environment.emplace_back(*variable);
  std::vector<char*> pointers;
  for (std::string& variable : environment) pointers.push_back(variable.data());
  pointers.push_back(nullptr);
  std::string program = "/proc/self/exe", name = "goes on with the run in ATTUNE_TEST_RUN";
  char* arguments[] = {program.data(), name.data(), nullptr};
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
  pid_t child = 0;
  REQUIRE(posix_spawn(&child, "/proc/self/exe", &actions, nullptr, arguments, pointers.data()) == 0);
  posix_spawn_file_actions_destroy(&actions);
  return child;
}

uint64_t sizeOf(const fs::path& file) {
  std::error_code absent;
  const auto size = fs::file_size(file, absent);
  return absent ? 0 : size;
}

// Whether the run ended by itself; else it was killed: mostly after a step more was made, at times while it began.
bool endedBeforeKill(const fs::path& run, std::mt19937& random, bool kill) {
  const pid_t child = spawnChild(run);
  int status = 0;
  pid_t ended = 0;
  const bool early = random() % 4 == 0;
  const uint64_t before = sizeOf(run / "metrics.jsonl");
  while (kill && !early && ended == 0 && sizeOf(run / "metrics.jsonl") <= before) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
    ended = ::waitpid(child, &status, WNOHANG);
  }
  if (kill && ended == 0) {
    std::this_thread::sleep_for(std::chrono::microseconds(random() % (early ? 1500000 : 400000)));
    ::kill(child, SIGKILL);
  }
  if (ended == 0) REQUIRE(::waitpid(child, &status, 0) == child);
  if (!WIFEXITED(status)) return false;
  REQUIRE(WEXITSTATUS(status) == 0);
  return true;
}

std::map<std::string, std::string> everything(const fs::path& run, const std::vector<int>& kept) {
  auto all = outcome(run, kept);
  for (const char* report : {"reward_report.json", "ppo_report.json"})
    if (fs::exists(run / report)) all[report] = readFile(run / report);
  if (fs::exists(run / "warnings.jsonl")) all["warnings.jsonl"] = readFile(run / "warnings.jsonl");
  for (const fs::path& file : rolloutFiles(run)) all[file.filename().string()] = readFile(file);
  return all;
}

void checkKills(const RunSettings& settings, const fs::path& root, const std::vector<int>& kept) {
  REQUIRE(Run::create(settings, root / "whole")->train() == RunEnd::Done);
  const auto wanted = everything(root / "whole", kept);
  const char* asked = std::getenv("ATTUNE_KILLS");
  const int kills = asked ? std::atoi(asked) : 2;
  const unsigned seed = std::random_device{}();
  INFO("seed " << seed);
  std::mt19937 random(seed);
  int made = 0, runs = 0;
  while (made < kills || runs == 0) {
    const fs::path folder = root / ("killed-" + std::to_string(runs++));
    Run::create(settings, folder);
    while (!endedBeforeKill(folder, random, made < kills)) ++made;
    checkSame(everything(folder, kept), wanted);
    fs::remove_all(folder);
  }
  if (asked) std::printf("%s: %d kills in %d runs, the same bytes\n", runKindName(settings.kind), made, runs);
}

} // namespace

// Only as a child of the tests below.
TEST_CASE("goes on with the run in ATTUNE_TEST_RUN", "[.]") {
  const char* run = std::getenv("ATTUNE_TEST_RUN");
  if (!run) return;
  CHECK(Run::resume(run)->train() == RunEnd::Done);
}

TEST_CASE("a pre-training killed at random moments ends with the same bytes") {
  const TrainingWorld world;
  RunSettings settings = world.settings();
  settings.dropout = 0.1;
  settings.accumulate = 2;
  checkKills(settings, world.root / "", {6, 12, 18, 24});
}

TEST_CASE("a fine-tuning killed at random moments ends with the same bytes") {
  const TrainingWorld world;
  RunSettings settings = world.settings();
  settings.kind = RunKind::Sft;
  settings.data = {world.chat};
  settings.heldOut = "";
  settings.context = 0;
  settings.batch = 2;
  checkKills(settings, world.root / "", {6, 12, 18, 24});
}

TEST_CASE("runs on rankings killed at random moments end with the same bytes") {
  const PreferenceWorld world;
  const RunKind kind = GENERATE(RunKind::Reward, RunKind::Dpo);
  checkKills(world.preference(kind), world.root / runKindName(kind), {3, 6, 9});
}

TEST_CASE("PPO with a reward model and text, killed at random moments, ends with the same bytes") {
  const PreferenceWorld world;
  RunSettings reward = world.preference(RunKind::Reward);
  reward.steps = 3;
  reward.heldOut = "";
  REQUIRE(Run::create(reward, world.root / "reward")->train() == RunEnd::Done);
  RunSettings settings = world.preference(RunKind::Ppo);
  settings.ppo.reward = world.root / "reward";
  settings.ppo.pretrainCoef = 0.5;
  settings.ppo.pretrainData = {world.text};
  settings.accumulate = 2;
  checkKills(settings, world.root / "", {3, 6, 9});
}
