// A run that was stopped or paused at any moment and resumed ends with the same bytes as one that never was (of killed ones:
// run_kills_test.cpp).
#include "catch.h"
#include "errors.h"
#include "formats/model_folder.h"
#include "run_outcome.h"
#include "train/run.h"
#include "training_world.h"

#include <iostream>
#include <sstream>

using namespace attune;
using namespace attune::test;

namespace fs = std::filesystem;

namespace {

const std::vector<int> kept{6, 12, 18, 24};

RunSettings hardSettings(const TrainingWorld& world, Architecture architecture = Architecture::Gpt2) {
  RunSettings settings = world.settings(architecture);
  settings.dropout = 0.1;
  settings.accumulate = 2;
  return settings;
}

} // namespace

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
