// Runs on rankings and rewards: they learn, stopped ones end with the same bytes, and what does not fit is refused.
#include "catch.h"
#include "errors.h"
#include "formats/model_folder.h"
#include "preference_world.h"
#include "run_graph.h"
#include "run_outcome.h"
#include "text/chat_template.h"
#include "train/learner.h"
#include "train/preference_start.h"
#include "train/rollout_file.h"
#include "train/run.h"
#include "train/score_passes.h"

#include <atomic>

using namespace attune;
using namespace attune::test;

namespace fs = std::filesystem;

namespace {

// The same run whole, and stopped on its way.
void checkResumes(const RunSettings& settings, const fs::path& root, const std::vector<int>& kept) {
  REQUIRE(Run::create(settings, root / "whole")->train() == RunEnd::Done);
  const fs::path folder = root / "broken";
  for (const int at : {2, 4, 7}) { // before a checkpoint, at an evaluation, after one
    std::atomic<bool> stop = false;
    const auto run = fs::exists(folder) ? Run::resume(folder) : Run::create(settings, folder);
    CHECK(run->train([&](const RunProgress& p) { stop = stop || p.step == at; }, &stop) == RunEnd::Stopped);
  }
  // Killed after step 7: what came after its checkpoint of step 6 is forgotten.
  fs::remove_all(newestCheckpoint(folder));
  CHECK(Run::resume(folder)->train() == RunEnd::Done);
  CHECK(Run::resume(folder)->finished());
  checkSame(outcome(folder, kept), outcome(root / "whole", kept));
}

std::map<std::string, std::string> besideCheckpoints(const fs::path& run) {
  std::map<std::string, std::string> all{{"warnings", readFile(run / "warnings.jsonl")}};
  for (const fs::path& file : rolloutFiles(run)) all[file.filename().string()] = readFile(file);
  return all;
}

} // namespace

TEST_CASE("a reward model learns what is preferred; stopped runs end with the same bytes; the report is written") {
  const PreferenceWorld world(GENERATE(Architecture::Gpt2, Architecture::Llama));
  RunSettings settings = world.preference(RunKind::Reward);
  checkResumes(settings, world.root / "", {3, 6, 9});
  const auto rows = metricsOf(world.root / "whole");
  REQUIRE(rows.size() == 9);
  CHECK(rows.back()["loss"] < rows.front()["loss"]);
  CHECK(rows.back()["accuracy"] == 1.0);
  CHECK(rows.back()["held_out_accuracy"] == 1.0);
  const Json report = readJson(world.root / "whole" / "reward_report.json");
  CHECK(readJson(world.root / "broken" / "reward_report.json") == report);
  CHECK(report["accuracy"]["value"] == 1.0);
  CHECK(report["rankings"] == 4);
  CHECK(report["reward_shift_from"] == "answers");
  const fs::path checkpoint = newestCheckpoint(world.root / "whole");
  const ModelFolder folder(checkpoint);
  CHECK(folder.config().classifier);
  CHECK(readLineage(checkpoint).rewardShift == report["reward_shift"].get<double>());
  CHECK(folder.config().pad != folder.config().eos[0]);
}

TEST_CASE("with a frozen body the head alone moves; hinge loss; demonstrations average zero") {
  const PreferenceWorld world;
  RunSettings settings = world.preference(RunKind::Reward);
  settings.reward.freezeBody = true;
  settings.reward.loss = RankingTerm::Hinge;
  settings.reward.demonstrations = world.chat;
  settings.steps = 0; // one epoch
  settings.warmup = -1;
  const fs::path run = world.root / "run";
  REQUIRE(Run::create(settings, run)->train() == RunEnd::Done);
  CHECK(Run::resume(run)->settings().steps == 3); // 12 rankings, 4 a step
  const ModelFolder before(world.policy), after(newestCheckpoint(run));
  CHECK(after.read("transformer.h.0.mlp.c_fc.weight").data == before.read("transformer.h.0.mlp.c_fc.weight").data);
  CHECK(after.read("transformer.wte.weight").data == before.read("transformer.wte.weight").data);
  // The shift makes the demonstrations' mean score zero.
  const auto model = Model::load(device(), newestCheckpoint(run));
  const ChatTemplate chat(Tokenizer::load(newestCheckpoint(run)));
  std::vector<std::vector<int32_t>> demonstrations;
  for (const auto& [question, answer] : questions())
    demonstrations.push_back(chat.encode(std::vector<Message>{{"user", question}, {"assistant", answer}}, false).ids);
  double sum = 0;
  for (float score : ScorePasses(model, nullptr).scores(padRows(demonstrations, 32))) sum += score;
  CHECK(sum / 3 + *readLineage(newestCheckpoint(run)).rewardShift == Approx(0).margin(1e-5));
}

TEST_CASE("added layers at first change nothing, then learn with the rest; a resumed run keeps them") {
  const Architecture architecture = GENERATE(Architecture::Gpt2, Architecture::Llama);
  const PreferenceWorld world(architecture);
  RunSettings settings = world.preference(RunKind::Reward);
  const auto scored = [&](int layers) {
    settings.reward.addLayers = layers;
    const PreferenceStart start = preferenceStart(settings, {}, true);
    CHECK(start.config.nLayer == 1 + layers);
    const auto model = std::make_shared<Model>(device(), start.config);
    loadPreferenceWeights(start, *model, 3);
    model->weights().upload("score.weight",
                            std::vector<float>(16, 0.25f)); // its first numbers follow its place in the table
    return ScorePasses(model, nullptr).scores(padRows(std::vector<std::vector<int32_t>>{{5, 6, 7}, {8, 9}}, 32));
  };
  CHECK(scored(2) == scored(0));
  settings.reward.addLayers = 1;
  checkResumes(settings, world.root / "", {3, 6, 9});
  const std::string added =
      architecture == Architecture::Llama ? "model.layers.1.mlp.down_proj.weight" : "transformer.h.1.mlp.c_proj.weight";
  const std::vector<float> learned = ModelFolder(newestCheckpoint(world.root / "whole")).read(added).data;
  CHECK(std::any_of(learned.begin(), learned.end(), [](float x) { return x != 0; }));

  // With a frozen body they learn alone.
  settings.reward.freezeBody = true;
  REQUIRE(Run::create(settings, world.root / "frozen")->train() == RunEnd::Done);
  const ModelFolder before(world.policy), frozen(newestCheckpoint(world.root / "frozen"));
  for (const TensorEntry& entry : tensorTable(frozen.config())) {
    const bool norm = entry.name.starts_with("model.norm.") || entry.name.starts_with("transformer.ln_f.");
    const bool body = entry.name != "score.weight" && !norm && entry.name.find(".1.") == std::string::npos;
    INFO(entry.name);
    if (body) CHECK(frozen.read(entry.name).data == before.read(entry.name).data);
  }
  const std::vector<float> alone = frozen.read(added).data;
  CHECK(std::any_of(alone.begin(), alone.end(), [](float x) { return x != 0; }));
}

TEST_CASE("DPO learns what is preferred; stopped runs end with the same bytes") {
  const PreferenceWorld world;
  checkResumes(world.preference(RunKind::Dpo), world.root / "", {3, 6, 9});
  const auto rows = metricsOf(world.root / "whole");
  CHECK(rows.front()["loss"].get<double>() == Approx(std::log(2.0)).epsilon(1e-4)); // the policy is the reference
  CHECK(rows.back()["loss"] < rows.front()["loss"]);
  CHECK(rows.back()["held_out_accuracy"] == 1.0);
  CHECK_FALSE(ModelFolder(newestCheckpoint(world.root / "whole")).config().classifier);
}

TEST_CASE("PPO with a rule, and with a reward model and text; stopped runs end with the same bytes") {
  const PreferenceWorld world;
  RunSettings settings = world.preference(RunKind::Ppo);
  const bool model = GENERATE(false, true);
  if (model) {
    RunSettings reward = world.preference(RunKind::Reward);
    reward.steps = 3;
    reward.heldOut = "";
    REQUIRE(Run::create(reward, world.root / "reward")->train() == RunEnd::Done);
    settings.ppo.reward = world.root / "reward";
    settings.ppo.pretrainCoef = 0.5;
    settings.ppo.pretrainData = {world.text};
    settings.accumulate = 2;
    settings.ppo.replies = 3;
  }
  checkResumes(settings, world.root / "", {3, 6, 9});
  const auto rows = metricsOf(world.root / "whole");
  REQUIRE(rows.size() == 9);
  CHECK(rows[0]["kl"].get<double>() == Approx(0).margin(1e-4)); // the policy is the reference
  CHECK(rows[8]["episode"] == 54);
  CHECK(rows[8].contains("held_out_reward"));
  if (model) {
    CHECK(rows[8]["pretrain_loss"].get<double>() > 0);
    std::vector<std::string> asked; // three replies to each prompt
    std::istringstream lines(readFile(rolloutFiles(world.root / "whole").back()));
    for (std::string line; std::getline(lines, line);)
      if (const Json row = Json::parse(line); row.contains("prompt")) asked.push_back(row["prompt"]);
    REQUIRE(asked.size() == 6);
    CHECK(asked[0] == asked[2]);
    CHECK(asked[3] == asked[5]);
    CHECK(asked[0] != asked[3]);
  }
  const Json report = readJson(world.root / "whole" / "ppo_report.json");
  CHECK(readJson(world.root / "broken" / "ppo_report.json") == report);
  CHECK(fs::exists(world.root / "whole" / report["best_checkpoint"].get<std::string>()));
}

TEST_CASE("while the value model warms up the policy stays where it is; a rate of its own moves the values further") {
  const PreferenceWorld world;
  RunSettings settings = world.preference(RunKind::Ppo);
  settings.steps = 3;
  settings.checkpointEvery = 1;
  settings.ppo.valueWarmup = 2;
  const auto made = [&](const std::string& name) {
    REQUIRE(Run::create(settings, world.root / name)->train() == RunEnd::Done);
    return world.root / name / "checkpoints";
  };
  const fs::path run = made("slow");
  const std::string weight = "transformer.h.0.mlp.c_fc.weight";
  const auto policyAt = [&](const char* step) { return ModelFolder(run / step).read(weight).data; };
  CHECK(policyAt("step-2") == ModelFolder(world.policy).read(weight).data);
  CHECK(policyAt("step-3") != policyAt("step-2"));
  CHECK(metricsOf(world.root / "slow")[1]["kl"].get<double>() == Approx(0).margin(1e-4));
  const auto values = [](const fs::path& checkpoints, const char* step) {
    return readFile(checkpoints / step / "value_model.safetensors");
  };
  CHECK(values(run, "step-2") != values(run, "step-1"));
  settings.ppo.valueRate = 5e-2;
  const fs::path quick = made("quick");
  CHECK(values(quick, "step-1") != values(run, "step-1"));
  CHECK(ModelFolder(quick / "step-2").read(weight).data == policyAt("step-2"));
  CHECK(Run::resume(world.root / "quick")->settings().ppo.valueRate == 5e-2);
}

TEST_CASE("PPO that is stopped anywhere in a step, again and again, ends with the same bytes") {
  const PreferenceWorld world;
  RunSettings settings = world.preference(RunKind::Ppo);
  settings.steps = 4;
  settings.evaluateEvery = 2;
  settings.checkpointEvery = 4;
  const fs::path whole = world.root / "whole", broken = world.root / "broken";
  REQUIRE(Run::create(settings, whole)->train() == RunEnd::Done);
  Run::create(settings, broken);
  bool learning = false, evaluating = false, writing = false; // that it was stopped there
  int stops = 0;
  for (; stops < 60; ++stops) {
    const int patience = 3 + stops % 8;
    std::atomic<bool> stop = false;
    int told = 0;
    std::string last;
    const RunEnd end = Run::resume(broken)->train(
        [&](const RunProgress& progress) {
          if (stop) return;
          stop = ++told >= patience;
          last = progress.doing;
        },
        &stop);
    if (end == RunEnd::Done) break;
    learning |= last.starts_with("Learning");
    evaluating |= last.starts_with("Evaluating");
    writing |= last.starts_with("Writing");
  }
  CHECK(learning);
  CHECK(evaluating);
  CHECK(writing);
  REQUIRE(Run::resume(broken)->finished());
  checkSame(outcome(broken, {4}), outcome(whole, {4}));
  checkSame(besideCheckpoints(broken), besideCheckpoints(whole));
}

TEST_CASE("the newest rollouts tell what each token was worth") {
  const PreferenceWorld world;
  const RunSettings settings = world.preference(RunKind::Ppo);
  const fs::path run = world.root / "run";
  REQUIRE(Run::create(settings, run)->train() == RunEnd::Done);
  const std::vector<fs::path> files = rolloutFiles(run);
  REQUIRE(files.size() == 4);
  const Rollouts rollouts = readRollouts(files.front());
  CHECK(rollouts.step == 9);
  CHECK(rollouts.episodes == 6);
  REQUIRE(rollouts.replies.size() == 6);
  const Json row = metricsOf(run).back();
  double score = 0, kl = 0;
  for (const RolloutReply& reply : rollouts.replies) {
    CHECK(reply.prompt.starts_with("hen "));
    REQUIRE(!reply.tokens.empty());
    double sum = 0;
    for (const RolloutToken& token : reply.tokens) {
      CHECK((token.probability > 0 && token.probability <= 1));
      CHECK(std::log(token.probability / token.reference) == Approx(token.kl).margin(2e-4));
      sum += token.kl;
    }
    CHECK(sum == Approx(reply.kl).margin(1e-3));
    // The last token's reward holds the score; before it there is only the penalty.
    if (reply.tokens.size() > 1)
      CHECK(reply.tokens[0].reward == Approx(-rollouts.klCoef * reply.tokens[0].kl).margin(1e-4));
    score += reply.score / 6;
    kl += reply.kl / 6;
  }
  CHECK(score == Approx(row["score"].get<double>()).margin(1e-3));
  CHECK(kl == Approx(row["kl"].get<double>()).margin(1e-3));
  // A file that somebody cut is refused by name and line.
  writeFileAtomically(world.root / "cut.jsonl", readFile(files.front()).substr(0, 300));
  CHECK(contains(errorOf([&] { readRollouts(world.root / "cut.jsonl"); }), "cut.jsonl"));
}

TEST_CASE("what does not fit together is refused before anything is written") {
  const PreferenceWorld world;
  const auto refuses = [&](RunKind kind, const std::function<void(RunSettings&)>& change, const std::string& part) {
    RunSettings settings = world.preference(kind);
    change(settings);
    const std::string error = errorOf([&] { Run::create(settings, world.root / "no"); });
    INFO(error);
    CHECK(contains(error, part));
    CHECK(!fs::exists(world.root / "no"));
  };
  refuses(
      RunKind::Ppo, [&](RunSettings& s) { s.ppo.reward = world.policy; }, "language model");
  refuses(
      RunKind::Ppo, [&](RunSettings& s) { s.ppo.reward = world.root / "absent"; }, "does not exist");
  refuses(
      RunKind::Ppo, [&](RunSettings& s) { s.ppo.maxTokens = 32; }, "--max-tokens");
  refuses(
      RunKind::Ppo, [&](RunSettings& s) { s.ppo.epochs = 0; }, "--epochs");
  refuses(
      RunKind::Ppo, [&](RunSettings& s) { s.ppo.gold = world.rule, s.heldOut = ""; }, "--gold");
  refuses(
      RunKind::Ppo, [&](RunSettings& s) { s.ppo.pretrainCoef = 1; }, "--pretrain-data");
  refuses(
      RunKind::Reward, [&](RunSettings& s) { s.data = {world.text}; }, "holds no ranking");
  refuses(
      RunKind::Reward, [&](RunSettings& s) { s.context = 64; }, "--context");
  refuses(
      RunKind::Dpo, [&](RunSettings& s) { s.dpo.beta = 0; }, "--beta");
  // A reward model of another tokenizer.
  RunSettings reward = world.preference(RunKind::Reward);
  reward.steps = 1;
  const fs::path other = world.root / "other-tokenizer";
  fs::create_directories(other);
  withAttuneTemplate(Tokenizer::trainBytePairsOnText("zzz yyy zzz", 260))->save(other);
  initializeModel(withSettings(defaultConfig(Architecture::Gpt2), {"n_layer=1", "n_head=2", "n_embd=16", "n_ctx=48"}),
                  other, world.root / "other", 1);
  reward.model = world.root / "other";
  REQUIRE(Run::create(reward, world.root / "reward")->train() == RunEnd::Done);
  refuses(
      RunKind::Ppo, [&](RunSettings& s) { s.ppo.reward = world.root / "reward"; }, "another tokenizer");
  refuses(
      RunKind::Dpo, [&](RunSettings& s) { s.model = world.root / "reward"; }, "reward model");
}
