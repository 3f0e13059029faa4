#include "engine/model_catalog.h"
#include "engine/train_runs.h"
#include "error.h"
#include "formats/file.h"
#include "formats/line_log.h"
#include "formats/model_folder.h"
#include "model/initialize.h"
#include "readers.h"
#include "scratch.h"
#include "text/tokenizer.h"
#include "train/checkpoint.h"
#include "train/metrics_file.h"
#include "train/rollout_file.h"
#include "train/run.h"

#include <QString>
#include <cmath>
#include <nlohmann/json.hpp>

namespace attune::fuzz {

namespace {

namespace fs = std::filesystem;

QString text(const Path& path) { return QString::fromStdString(path.string()); }

// A run of 8 steps that was stopped after 4, as it lies on the disk.
std::vector<GoodFile> runSeed() {
  const test::Scratch scratch;
  const Path tokenizer = scratch / "tokenizer", model = scratch / "model", data = scratch / "text.txt",
             run = scratch / "run", checkpoint = run / "checkpoints" / "step-4";
  fs::create_directories(tokenizer);
  writeFileAtomically(data, "the ferry waits for the hen and the hen waits for the rain");
  Tokenizer::trainBytePairsOnText("the ferry waits for the hen", 258)->save(tokenizer);
  initializeModel(
      withSettings(defaultConfig(Architecture::Gpt2), {"n_layer=1", "n_head=1", "n_embd=4", "n_inner=4", "n_ctx=8"}),
      tokenizer, model, 1);
  RunSettings settings;
  settings.model = model;
  settings.data = {data};
  settings.steps = 8;
  settings.warmup = 1;
  settings.leastRate = settings.rate / 10;
  Run::create(settings, run);
  fs::create_directories(checkpoint);
  fs::copy(model, checkpoint, fs::copy_options::recursive);
  fs::remove(checkpoint / "attune.json");
  std::map<std::string, HostTensor> moments;
  const ModelFolder folder(model);
  for (const TensorEntry& entry : folder.tensors())
    for (const char* moment : {"exp_avg.", "exp_avg_sq."}) moments[moment + entry.name] = folder.read(entry.name);
  writeSafetensors(checkpoint / "optimizer.safetensors", moments);
  writeJson(checkpoint / "state.json",
            {{"step", 4}, {"seed", 0}, {"optimizer_steps", 4}, {"metrics_lines", 4}, {"samples_lines", 1}});
  std::string metrics;
  for (int step = 1; step <= 5; ++step)
    metrics +=
        Json{{"step", step}, {"loss", 5.5 - step}, {"lr", 1e-3}, {"grad_norm", 1}, {"tokens", 64}, {"time_step", 0.5}}
            .dump() +
        "\n";
  // The model and the data lie in the run's folder here, so that the whole is one seed.
  Json description = readJson(run / "run.json");
  description["model"] = "MODEL";
  description["data"] = {"DATA"};
  description["lineage"]["data"] = Json::object();
  return {
      {"r/run.json", description.dump(1), Kind::Json},
      {"r/metrics.jsonl", metrics, Kind::JsonLines},
      {"r/samples.jsonl", "{\"step\": 4, \"prompt\": \"\", \"text\": \"hen\"}\n", Kind::JsonLines},
      {"r/checkpoints/step-4/state.json", readFile(checkpoint / "state.json"), Kind::Json},
      {"r/checkpoints/step-4/config.json", readFile(checkpoint / "config.json"), Kind::Json},
      {"r/checkpoints/step-4/model.safetensors", readFile(checkpoint / "model.safetensors"), Kind::Safetensors},
      {"r/checkpoints/step-4/optimizer.safetensors", readFile(checkpoint / "optimizer.safetensors"), Kind::Safetensors},
      {"r/checkpoints/step-4/tokenizer.json", readFile(checkpoint / "tokenizer.json"), Kind::Json},
      {"text.txt", readFile(data), Kind::Text}};
}

void readRun(const Path& folder, const Path&) {
  const Path run = folder / "r", file = run / "run.json";
  if (fs::exists(file)) { // the paths of this place
    std::string bytes = readFile(file);
    for (const auto& [word, path] :
         {std::pair("\"MODEL\"", run / "checkpoints" / "step-4"), {"\"DATA\"", folder / "text.txt"}})
      if (const size_t at = bytes.find(word); at != bytes.npos)
        bytes.replace(at, std::string(word).size(), "\"" + path.string() + "\"");
    writeFileAtomically(file, bytes);
  }
  // What the window's list makes of it must never throw.
  const QList<KnownRun> known = readRuns(text(folder), {});
  readRuns(text(folder), known);
  readSamples(text(run));
  findModels({QString(), text(folder), QString()});
  const auto resumed = Run::resume(run);
  const Path checkpoint = newestCheckpoint(run);
  if (checkpoint.empty()) return;
  readCheckpointState(checkpoint);
  const SafetensorsFile moments(checkpoint / "optimizer.safetensors");
  for (const TensorInfo& info : moments.tensors()) moments.readRaw(info.name);
}

void readMetrics(const Path& folder, const Path&) {
  MetricsFile file(text(folder / "metrics.jsonl"));
  file.update();
  for (const MetricsRow& row : file.rows())
    if (!(row.step >= 0 && row.step <= 9e15)) throw std::logic_error("a step that is no step");
  secondsOf(file.rows());
  LineLog log(folder / "metrics.jsonl");
  log.append("{}");
  log.cutTo(0);
  file.update();
}

void readRolloutFile(const Path& folder, const Path&) {
  readNotes(text(folder)); // the same lines are no warnings, and none of them may throw
  for (const RolloutReply& reply : readRollouts(folder / "step-9.jsonl").replies)
    for (const RolloutToken& token : reply.tokens)
      if (!std::isfinite(token.value)) throw std::logic_error("a value that is no number");
}

} // namespace

std::vector<Reader> runReaders() {
  std::vector<GoodFile> run = runSeed();
  GoodFile metrics = run[1];
  metrics.name = "metrics.jsonl";
  const std::string rollouts =
      R"({"step":9,"kl_coef":0.05,"episodes":6})"
      "\n"
      R"({"prompt":"hen 1","ended":true,"score":1.5,"kl":0.1,"ids":[1,2],"tokens":["a"," b"],"probability":[0.5,0.25],)"
      R"("reference":[0.5,0.2],"kl_token":[0,0.22314],"reward":[0,1.4888],"advantage":[0.5,-0.25],"value":[0.1,0.2]})"
      "\n";
  return {{"run", {run}, readRun},
          {"metrics", {{metrics}}, readMetrics},
          {"rollouts",
           {{{"step-9.jsonl", rollouts, metrics.kind}, {"warnings.jsonl", rollouts, metrics.kind}}},
           readRolloutFile}};
}

} // namespace attune::fuzz
