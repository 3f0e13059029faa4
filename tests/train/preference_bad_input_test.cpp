// What is wrong with rankings, prompts and rewards is said in a sentence that names the file; nothing is begun, and
// what was begun is not lost.
#include "catch.h"
#include "errors.h"
#include "formats/model_folder.h"
#include "preference_world.h"

#include <limits>

using namespace attune;
using namespace attune::test;

namespace fs = std::filesystem;

namespace {

// A run of these settings whose data are `lines`, refused with a message that holds `part`; no folder remains.
void refuses(const PreferenceWorld& world, RunKind kind, const std::string& lines, const std::string& part) {
  const fs::path file = world.root / "bad.jsonl", run = world.root / "refused";
  writeFileAtomically(file, lines);
  RunSettings settings = world.preference(kind);
  settings.data = {file};
  const std::string error = errorOf([&] { Run::create(settings, run); });
  INFO(error);
  CHECK(contains(error, "bad.jsonl"));
  CHECK(contains(error, part));
  CHECK(!fs::exists(run));
}

} // namespace

TEST_CASE("rankings with unknown answers, equal sides or ties alone are refused") {
  const PreferenceWorld world;
  for (const RunKind kind : {RunKind::Reward, RunKind::Dpo}) {
    refuses(world, kind, R"({"prompt": "hen", "completions": ["a", "b"], "ranks": ["a", "c"]})", "line 1: \"ranks\"");
    refuses(world, kind, R"({"prompt": "hen", "completions": ["a", "b"], "ranks": [1, 2, 3]})", "has 3 ranks for 2");
    refuses(world, kind, R"({"prompt": "hen", "chosen": "a", "rejected": "a"})", "1 records were left out");
    refuses(world, kind, R"({"prompt": "hen", "completions": ["a", "b"], "ranks": [1, 1]})", "all ties");
  }
}

TEST_CASE("prompts that are empty, or too long for a reply, are refused") {
  const PreferenceWorld world;
  refuses(world, RunKind::Ppo, "\n\n", "is empty");
  refuses(world, RunKind::Ppo, R"({"prompt": ""})", "\"prompt\"");
  std::string longest = "the";
  for (int i = 0; i < 40; ++i) longest += " bell";
  refuses(world, RunKind::Ppo, Json{{"prompt", longest}}.dump(), "leaves no room for a reply");
}

TEST_CASE("data that vanishes before a run goes on is named; put back, the run goes on") {
  const PreferenceWorld world;
  const RunKind kind = GENERATE(RunKind::Reward, RunKind::Dpo, RunKind::Ppo);
  RunSettings settings = world.preference(kind);
  settings.steps = 2;
  settings.checkpointEvery = 1;
  const fs::path run = world.root / "run";
  {
    std::atomic<bool> stop = false;
    const auto first = Run::create(settings, run);
    REQUIRE(first->train([&](const RunProgress& p) { stop = stop || p.step == 1; }, &stop) == RunEnd::Stopped);
  }
  std::vector<fs::path> needed = settings.data;
  if (kind == RunKind::Ppo) needed.push_back(world.rule);
  for (const fs::path& file : needed) {
    const fs::path away = file.string() + ".away";
    fs::rename(file, away);
    const std::string error = errorOf([&] { Run::resume(run); });
    INFO(error);
    CHECK(contains(error, file.filename().string()));
    fs::rename(away, file);
  }
  CHECK(Run::resume(run)->train() == RunEnd::Done);
}

TEST_CASE("a reward model that vanishes before Start, or whose scores are no numbers, ends PPO in a sentence") {
  const PreferenceWorld world;
  RunSettings reward = world.preference(RunKind::Reward);
  reward.steps = 1;
  REQUIRE(Run::create(reward, world.root / "made")->train() == RunEnd::Done);
  RunSettings settings = world.preference(RunKind::Ppo);
  settings.steps = 2;
  settings.ppo.reward = world.root / "reward";
  fs::copy(newestCheckpoint(world.root / "made"), settings.ppo.reward, fs::copy_options::recursive);
  {
    const auto run = Run::create(settings, world.root / "vanishes");
    fs::rename(settings.ppo.reward, world.root / "away");
    const std::string error = errorOf([&] { run->train(); });
    INFO(error);
    CHECK(contains(error, "reward"));
    fs::rename(world.root / "away", settings.ppo.reward);
  }
  CHECK(Run::resume(world.root / "vanishes")->train() == RunEnd::Done);

  const ModelFolder good(settings.ppo.reward);
  ModelConfig config = good.config();
  ModelFolderWriter writer(world.root / "bad", config);
  for (const TensorEntry& entry : tensorTable(config)) {
    std::vector<float> values = good.read(entry.name).data;
    if (entry.name == "score.weight") values[0] = std::numeric_limits<float>::quiet_NaN();
    writer.write(entry.name, values);
  }
  Tokenizer::load(settings.ppo.reward)->save(writer.path());
  writer.commit();
  settings.ppo.reward = world.root / "bad";
  const std::string error = errorOf([&] { Run::create(settings, world.root / "nan")->train(); });
  INFO(error);
  CHECK(contains(error, "bad"));
  CHECK(contains(error, "not"));
}

TEST_CASE("replies to a prompt that do not divide the batch are refused") {
  const PreferenceWorld world;
  RunSettings settings = world.preference(RunKind::Ppo);
  settings.ppo.replies = 4; // of a batch of 6
  CHECK(contains(errorOf([&] { Run::create(settings, world.root / "refused"); }), "must divide the batch"));
  CHECK(!fs::exists(world.root / "refused"));
}
