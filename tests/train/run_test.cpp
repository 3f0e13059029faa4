// Training runs: what their folder holds, what they refuse, and what they leave when training cannot go on.
#include "train/run.h"

#include "catch.h"
#include "errors.h"
#include "formats/lineage.h"
#include "formats/model_folder.h"
#include "generate/generator.h"
#include "python.h"
#include "run_graph.h"
#include "text/chat_template.h"
#include "train/inspect.h"
#include "training_world.h"

#include <cmath>
#include <fstream>
#include <sstream>
#include <unistd.h>

using namespace attune;
using namespace attune::test;

namespace fs = std::filesystem;

namespace {

std::vector<Json> lines(const fs::path& file) {
  std::vector<Json> all;
  std::istringstream in(readFile(file));
  for (std::string line; std::getline(in, line);) all.push_back(Json::parse(line));
  return all;
}

void trainWhole(const RunSettings& settings, const fs::path& folder) {
  REQUIRE(Run::create(settings, folder)->train() == RunEnd::Done);
}

// Everything in a folder, by relative path.
std::map<std::string, std::string> contents(const fs::path& folder) {
  std::map<std::string, std::string> all;
  for (const auto& entry : fs::recursive_directory_iterator(folder))
    if (entry.is_regular_file()) all[entry.path().lexically_relative(folder).string()] = readFile(entry.path());
  return all;
}

} // namespace

TEST_CASE("a run learns, and its folder holds what was promised") {
  const TrainingWorld world;
  const RunSettings settings = world.settings();
  const fs::path folder = world.root / "run";
  std::vector<int64_t> steps;
  {
    const auto run = Run::create(settings, folder);
    const Json description = readJson(folder / "run.json"); // there before training begins
    CHECK(description["kind"] == "pretrain");
    CHECK(description["lr"] == 1e-2);
    CHECK(description["context"] == 16);
    CHECK(description["lineage"]["data"].size() == 1);
    CHECK_FALSE(run->finished());
    REQUIRE(run->train([&](const RunProgress& p) {
      if (p.doing.empty() && (steps.empty() || p.step > steps.back())) steps.push_back(p.step);
      CHECK(p.steps == 24);
    }) == RunEnd::Done);
  }
  CHECK(steps.size() == 25); // 0 to 24
  const std::vector<Json> metrics = lines(folder / "metrics.jsonl");
  REQUIRE(metrics.size() == 24);
  for (int i = 0; i < 24; ++i) {
    const Json& row = metrics[size_t(i)];
    INFO(row.dump());
    CHECK(row["step"] == i + 1);
    CHECK(row["tokens"] == 64);
    CHECK(row["lr"].get<double>() == Approx(settings.schedule().at(i)));
    CHECK(row["grad_norm"].get<double>() > 0);
    CHECK(row["time_step"].get<double>() > 0);
    CHECK(row.contains("held_out_loss") == ((i + 1) % 5 == 0 || i == 23));
  }
  CHECK(metrics.front()["loss"].get<double>() == Approx(std::log(270)).epsilon(0.05));
  CHECK(metrics.back()["loss"].get<double>() < 0.8 * metrics.front()["loss"].get<double>());
  CHECK(metrics.back()["held_out_loss"].get<double>() < 0.8 * metrics.front()["loss"].get<double>());
  const std::vector<Json> samples = lines(folder / "samples.jsonl");
  REQUIRE(samples.size() == 5); // at 5, 10, 15, 20 and the end
  CHECK(samples[0]["step"] == 5);
  CHECK_FALSE(samples[4]["text"].get<std::string>().empty());
  for (int step : {6, 12, 18, 24}) {
    const fs::path checkpoint = folder / "checkpoints" / ("step-" + std::to_string(step));
    CHECK(ModelFolder(checkpoint).notFinite().empty());
    CHECK(fs::exists(checkpoint / "optimizer.safetensors"));
    CHECK(fs::exists(checkpoint / "tokenizer.json"));
    const Lineage lineage = readLineage(checkpoint);
    CHECK(lineage.job == "pretrain");
    CHECK(lineage.step == step);
    CHECK(lineage.seed == 7u);
    CHECK(lineage.data.size() == 1);
    REQUIRE(lineage.parents.size() == 1);
    CHECK(lineage.parents[0].sha256 == ModelFolder(settings.model).sha256());
    CHECK(fs::equivalent(lineage.parents[0].path, settings.model));
    CHECK_FALSE(lineage.device.empty());
  }
  int events = 0;
  for (const auto& entry : fs::directory_iterator(folder))
    events += entry.path().filename().string().starts_with("events.out.tfevents.");
  CHECK(events == 1);

  // Resuming a finished run changes nothing.
  const auto before = contents(folder);
  const auto again = Run::resume(folder);
  CHECK(again->finished());
  CHECK(again->train() == RunEnd::Done);
  CHECK(contents(folder) == before);
}

TEST_CASE("what a run trains opens in transformers with the same logits") {
  const TrainingWorld world;
  const Architecture architecture = GENERATE(Architecture::Gpt2, Architecture::Llama);
  const fs::path folder = world.root / "run";
  trainWhole(world.settings(architecture), folder);
  CHECK(lines(folder / "metrics.jsonl").back()["loss"].get<double>() < 4.5);
  if (!hasPython("transformers")) return;
  std::vector<int32_t> ids;
  for (int32_t i = 0; i < 24; ++i) ids.push_back(i * 11 % 270);
  const auto model = Model::load(device(), folder);
  const HostTensor ours = inspect(model, ids, false).at("logits");
  writeJson(folder / "ours.json", {{"ids", ids}, {"logits", ours.data}});
  const std::string distance = runPython(R"(
import json, sys, torch
from transformers import AutoModelForCausalLM, AutoTokenizer
checkpoint = "checkpoints/step-24"
ours = json.load(open("ours.json"))
model = AutoModelForCausalLM.from_pretrained(checkpoint).eval()
AutoTokenizer.from_pretrained(checkpoint)
with torch.no_grad():
    theirs = model(torch.tensor([ours["ids"]])).logits[0].reshape(-1).double()
print(float((torch.tensor(ours["logits"]).double() - theirs).norm() / theirs.norm()))
)",
                                         folder);
  CHECK(std::stod(distance) <= 1e-5);
}

TEST_CASE("fine-tuning on messages gives a base model a chat template, and it learns the answers") {
  const TrainingWorld world;
  RunSettings settings = world.settings();
  settings.kind = RunKind::Sft;
  settings.data = {world.chat};
  settings.heldOut = "";
  settings.context = 0;
  settings.steps = 60;
  settings.evaluateEvery = 30;
  settings.checkpointEvery = 0;
  const fs::path folder = world.root / "run";
  trainWhole(settings, folder);
  const fs::path checkpoint = folder / "checkpoints" / "step-60";
  const auto tokenizer = Tokenizer::load(checkpoint);
  REQUIRE(tokenizer->chatTemplate());
  const auto model = Model::load(device(), checkpoint);
  CHECK(model->config().vocabSize == tokenizer->size());
  CHECK(model->config().vocabSize > 270);
  Generator generator(model);
  for (const auto& [question, answer] : questions()) {
    GenerateRequest request;
    request.prompt = ChatTemplate(tokenizer).encode(std::vector<Message>{{"user", question}}, true).ids;
    request.sampler.greedy = true;
    request.maxTokens = 12;
    request.stopIds = {*tokenizer->eos()};
    CHECK(tokenizer->decode(generator.generate(request)[0].ids) == answer);
  }
  const std::vector<Json> samples = lines(folder / "samples.jsonl");
  REQUIRE(samples.size() == 4); // two questions at 30 and at 60
  CHECK(samples[2]["text"] == questions()[0].second);
}

TEST_CASE("what cannot be trained is refused in a sentence, and no folder remains") {
  const TrainingWorld world;
  const RunSettings good = world.settings();
  const fs::path runs = world.root / "runs";
  fs::create_directories(runs);
  const auto refuses = [&](const std::function<void(RunSettings&)>& change, const std::string& names) {
    RunSettings settings = good;
    change(settings);
    const std::string sentence = errorOf([&] { Run::create(settings, runs / "run"); });
    INFO(sentence);
    CHECK(contains(sentence, names));
    CHECK(fs::is_empty(runs));
  };
  writeFileAtomically(world.root / "empty.txt", "");
  writeFileAtomically(world.root / "short.txt", "The");
  writeFileAtomically(world.root / "bytes.txt", "The ferry \xff waits in the harbour for the wind");
  writeFileAtomically(world.root / "broken.jsonl", "{\"text\": \"The ferry\"}\n{\"text\": 3}\n");
  refuses([](RunSettings& s) { s.context = 33; }, "--context is 33");
  refuses([](RunSettings& s) { s.rate = -1; }, "--lr is -1");
  refuses([](RunSettings& s) { s.rate = NAN; }, "--lr");
  refuses([](RunSettings& s) { s.leastRate = 1; }, "--min-lr");
  refuses([](RunSettings& s) { s.steps = 0; }, "--steps is 0");
  refuses([](RunSettings& s) { s.batch = 0; }, "--batch is 0");
  refuses([](RunSettings& s) { s.accumulate = 0; }, "--accumulate is 0");
  refuses([](RunSettings& s) { s.dropout = 1; }, "--dropout is 1");
  refuses([](RunSettings& s) { s.optimizer.clip = -1; }, "--clip is -1");
  refuses([](RunSettings& s) { s.optimizer.beta2 = 1; }, "--betas");
  refuses([](RunSettings& s) { s.heldOut = "1.5"; }, "1.5");
  refuses([](RunSettings& s) { s.data.clear(); }, "--data");
  refuses([&](RunSettings& s) { s.data = {world.root / "absent.txt"}; }, "absent.txt");
  refuses([&](RunSettings& s) { s.data = {world.root / "empty.txt"}; }, "empty.txt");
  refuses([&](RunSettings& s) { s.data = {world.root / "short.txt"}; }, "short.txt");
  refuses([&](RunSettings& s) { s.data = {world.root / "bytes.txt"}; }, "bytes.txt");
  refuses([&](RunSettings& s) { s.data = {world.root / "broken.jsonl"}; }, "line 2");
  refuses([&](RunSettings& s) { s.heldOut = (world.root / "absent.txt").string(); }, "absent.txt");
  refuses([&](RunSettings& s) { s.model = world.root / "nowhere"; }, "nowhere");
  refuses([&](RunSettings& s) { s.model = world.root.path(); }, world.root.path().string());
  refuses([&](RunSettings& s) { s.kind = RunKind::Sft; }, "tales.txt"); // a text has no answers

  // A folder that holds something is not written into.
  fs::create_directories(runs / "run");
  writeFileAtomically(runs / "run" / "mine.txt", "kept");
  CHECK(contains(errorOf([&] { Run::create(good, runs / "run"); }), "not empty"));
  CHECK(contents(runs) == std::map<std::string, std::string>{{"run/mine.txt", "kept"}});
  CHECK(contains(errorOf([&] { Run::resume(runs / "run"); }), "not a run"));
  CHECK(contains(errorOf([&] { requestPause(runs / "run"); }), "not a run"));
}

TEST_CASE("a run whose model or data has changed does not go on") {
  const TrainingWorld world;
  const RunSettings settings = world.settings();
  const fs::path folder = world.root / "run";
  Run::create(settings, folder); // no step made
  const std::string tales = readFile(world.text);
  writeFileAtomically(world.text, tales + "One more line.\n");
  CHECK(contains(errorOf([&] { Run::resume(folder); }), "tales.txt has changed"));
  writeFileAtomically(world.text, tales);
  fs::remove_all(settings.model);
  initializeModel(
      withSettings(defaultConfig(Architecture::Gpt2), {"n_layer=2", "n_head=2", "n_embd=32", "n_inner=64", "n_ctx=32"}),
      world.tokenizer, settings.model, 2);
  CHECK(contains(errorOf([&] { Run::resume(folder); }), "has changed"));
}

TEST_CASE("a second writer of a run is refused with the first one's process id") {
  const TrainingWorld world;
  RunSettings settings = world.settings();
  settings.steps = 2;
  const fs::path folder = world.root / "run";
  const auto run = Run::create(settings, folder);
  const std::string id = "process " + std::to_string(::getpid());
  CHECK(contains(errorOf([&] { Run::resume(folder); }), id));
  CHECK(contains(errorOf([&] { Run::create(settings, folder); }), id));
  std::string during;
  CHECK(run->train([&](const RunProgress& p) {
    if (p.step == 1 && during.empty()) during = errorOf([&] { Run::resume(folder); });
  }) == RunEnd::Done);
  CHECK(contains(during, id));
}

TEST_CASE("a run that diverges ends in one sentence that names a tensor, its last checkpoint safe") {
  const TrainingWorld world;
  RunSettings settings = world.settings();
  settings.rate = settings.leastRate = 1e6;
  settings.warmup = 0;
  settings.optimizer.clip = 0;
  settings.checkpointEvery = 1;
  const fs::path folder = world.root / "run";
  const auto run = Run::create(settings, folder);
  const std::string sentence = errorOf([&] { run->train(); });
  INFO(sentence);
  CHECK(contains(sentence, "stopped at step"));
  CHECK(contains(sentence, "'transformer."));
  CHECK(contains(sentence, "learning rate"));
  CHECK(ModelFolder(newestCheckpoint(folder)).notFinite().empty());
}
