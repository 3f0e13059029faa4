// A run that was stopped, paused or killed at any moment and resumed ends with the same bytes as one that never was.
// ATTUNE_KILLS kills that many more times.
#include "catch.h"
#include "errors.h"
#include "formats/model_folder.h"
#include "run_outcome.h"
#include "train/run.h"
#include "training_world.h"

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <iostream>
#include <random>
#include <spawn.h>
#include <sstream>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

extern char** environ;

using namespace attune;
using namespace attune::test;

namespace fs = std::filesystem;

namespace {

constexpr const char* childCase = "goes on with the run in ATTUNE_TEST_RUN";

const std::vector<int> kept{6, 12, 18, 24};

RunSettings hardSettings(const TrainingWorld& world, Architecture architecture = Architecture::Gpt2) {
  RunSettings settings = world.settings(architecture);
  settings.dropout = 0.1;
  settings.accumulate = 2;
  return settings;
}

// This program again, as a process that goes on with `run` until it is done or killed.
pid_t spawnChild(const fs::path& run) {
  std::vector<std::string> environment{"ATTUNE_TEST_RUN=" + run.string()};
  for (char** variable = environ; *variable; ++variable)
    if (!std::string_view(*variable).starts_with("ATTUNE_TEST_RUN=")) environment.emplace_back(*variable);
  std::vector<char*> pointers;
  for (std::string& variable : environment) pointers.push_back(variable.data());
  pointers.push_back(nullptr);
  std::string program = "/proc/self/exe", name = childCase;
  char* arguments[] = {program.data(), name.data(), nullptr};
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
  pid_t child = 0;
  REQUIRE(posix_spawn(&child, "/proc/self/exe", &actions, nullptr, arguments, pointers.data()) == 0);
  posix_spawn_file_actions_destroy(&actions);
  return child;
}

} // namespace

// Only as a child of the test below.
TEST_CASE("goes on with the run in ATTUNE_TEST_RUN", "[.]") {
  const char* run = std::getenv("ATTUNE_TEST_RUN");
  if (!run) return;
  CHECK(Run::resume(run)->train() == RunEnd::Done);
}

TEST_CASE("a run stopped and paused on its way ends with the same bytes") {
  const TrainingWorld world;
  const RunSettings settings = hardSettings(world, GENERATE(Architecture::Gpt2, Architecture::Llama));
  REQUIRE(Run::create(settings, world.root / "whole")->train() == RunEnd::Done);
  const fs::path folder = world.root / "broken";
  std::atomic<bool> stop = false;
  {
    const auto run = Run::create(settings, folder);
    CHECK(run->train([&](const RunProgress& p) { stop = stop || p.step == 9; }, &stop) == RunEnd::Stopped);
    CHECK(newestCheckpoint(folder).filename() == "step-10"); // within one step
    CHECK_FALSE(run->finished());
  }
  {
    const auto run = Run::resume(folder);
    bool asked = false;
    CHECK(run->train([&](const RunProgress& p) {
      if (p.step == 15 && !asked) requestPause(folder), asked = true;
    }) == RunEnd::Paused);
    CHECK(newestCheckpoint(folder).filename() == "step-15"); // asked while it evaluated, after that step
  }
  // During the evaluation, the sample, and those of the last step.
  for (const auto& [step, doing] : std::vector<std::pair<int, std::string>>{
           {20, "Evaluating"}, {20, "Writing"}, {24, "Evaluating"}, {24, "Writing"}}) {
    INFO("stopped at step " << step << ", while '" << doing << "'");
    const auto run = Run::resume(folder);
    CHECK_FALSE(run->finished());
    int seen = 0, after = 0;
    stop = false;
    const RunEnd end = run->train(
        [&, step = step, doing = doing](const RunProgress& p) {
          after += stop && p.doing.starts_with("Evaluating");
          seen += p.step == step && p.doing.starts_with(doing);
          if (seen == (doing == "Writing" ? 1 : 2)) stop = true;
        },
        &stop);
    CHECK(end == RunEnd::Stopped);
    CHECK(after == 0); // no batch more
    const fs::path checkpoint = newestCheckpoint(folder);
    CHECK(checkpoint.filename() == "step-" + std::to_string(step));
    const Json open = readJson(checkpoint / "state.json").value("open_step", Json());
    REQUIRE(open.is_object());
    CHECK(open["held_out_batches"].get<int>() > 0);
  }
  CHECK(contains(errorOf([&] { requestPause(folder); }), "not being trained"));
  CHECK(Run::resume(folder)->train() == RunEnd::Done);
  checkSame(outcome(folder, kept), outcome(world.root / "whole", kept));
}

TEST_CASE("a fine-tuning stopped on its way ends with the same bytes") {
  const TrainingWorld world;
  RunSettings settings = world.settings();
  settings.kind = RunKind::Sft;
  settings.data = {world.chat};
  settings.heldOut = "";
  settings.context = 0;
  settings.batch = 2;
  REQUIRE(Run::create(settings, world.root / "whole")->train() == RunEnd::Done);
  const fs::path folder = world.root / "broken";
  std::atomic<bool> stop = false;
  CHECK(Run::create(settings, folder)->train([&](const RunProgress& p) { stop = stop || p.step == 13; }, &stop) ==
        RunEnd::Stopped);
  CHECK(Run::resume(folder)->train() == RunEnd::Done);
  checkSame(outcome(folder, kept), outcome(world.root / "whole", kept));
}

TEST_CASE("a run killed at random moments ends with the same bytes") {
  const TrainingWorld world;
  const RunSettings settings = hardSettings(world);
  REQUIRE(Run::create(settings, world.root / "whole")->train() == RunEnd::Done);
  const auto wanted = outcome(world.root / "whole", kept);
  const char* more = std::getenv("ATTUNE_KILLS");
  int kills = 3 + (more ? std::atoi(more) : 0), runs = 0;
  const unsigned seed = std::random_device{}();
  INFO("seed " << seed);
  std::mt19937 random(seed);
  while (kills > 0 || runs == 0) {
    const fs::path folder = world.root / ("killed-" + std::to_string(runs++));
    Run::create(settings, folder);
    for (bool done = false; !done;) {
      const pid_t child = spawnChild(folder);
      // Mostly while it trains, now and then while it begins.
      const auto linesNow = [&] {
        return fs::exists(folder / "metrics.jsonl") ? fs::file_size(folder / "metrics.jsonl") : 0;
      };
      const bool early = random() % 4 == 0;
      const auto before = linesNow();
      int status = 0;
      pid_t ended = 0;
      for (int i = 0; i < 60000 && kills > 0 && !early && linesNow() <= before && ended == 0; ++i) {
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
        ended = ::waitpid(child, &status, WNOHANG);
      }
      if (kills > 0 && ended == 0) {
        std::this_thread::sleep_for(std::chrono::microseconds(random() % (early ? 1500000 : 500000)));
        ::kill(child, SIGKILL);
      }
      if (ended == 0) REQUIRE(::waitpid(child, &status, 0) == child);
      done = WIFEXITED(status);
      if (done) REQUIRE(WEXITSTATUS(status) == 0);
      if (!done) --kills;
    }
    checkSame(outcome(folder, kept), wanted);
    fs::remove_all(folder);
  }
}
