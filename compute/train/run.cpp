#include "train/run.h"

#include "data/pretrain_data.h"
#include "error.h"
#include "formats/file_lock.h"
#include "formats/files.h"
#include "formats/json.h"
#include "formats/line_log.h"
#include "formats/model_folder.h"
#include "formats/tensorboard.h"
#include "generate/generator.h"
#include "train/checkpoint.h"
#include "train/job_run.h"
#include "train/run_data.h"
#include "train/run_files.h"
#include "train/run_start.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>

namespace attune {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr int sampleTokens = 64;

class RunFolder : public Run {
public:
  RunFolder(RunSettings settings, fs::path folder)
      : settings_(std::move(settings))
      , folder_(std::move(folder))
      , parents_(folder_)
      , lock_(lockFolder(folder_)) {}

  // What must hold before anything is written. Reads model headers and all data.
  void prepare(const fs::path& model) {
    start_ = startOf(settings_, model);
    data_ = readRunData(settings_, start_.tokenizer, start_.context);
  }

  void create() {
    Json json = toJson(settings_);
    json["context"] = start_.context;
    json["lineage"] = {{"model_sha256", start_.parentHash}, {"data", data_->hashes()}};
    createRunFolder(folder_, json);
  }

  void resume() {
    const fs::path checkpoint = newestCheckpoint(folder_);
    const Json json = readJson(folder_ / "run.json");
    settings_ = parseRunSettings(json, (folder_ / "run.json").string());
    if (!checkpoint.empty()) state_ = readCheckpointState(checkpoint);
    if (finished()) return;
    prepare(checkpoint.empty() ? settings_.model : checkpoint);
    checkpoint_ = checkpoint;
    start_.parentHash = checkBeforeResuming(folder_, json, checkpoint.empty() ? settings_.model : fs::path(),
                                            start_.parentHash, data_->hashes());
    cutToLines(folder_ / "metrics.jsonl", state_.metricsLines);
    cutToLines(folder_ / "samples.jsonl", state_.samplesLines);
  }

  const RunSettings& settings() const override { return settings_; }
  const Path& folder() const override { return folder_; }
  bool finished() const override { return state_.step >= settings_.steps && !state_.open; }

  RunEnd train(const OnProgress& onProgress, const std::atomic<bool>* stop) override;

private:
  void step(Trainer& trainer);
  bool finishStep(Trainer& trainer);
  bool evaluate(Trainer& trainer, OpenStep& open);
  bool sample();
  void save(Trainer& trainer);
  bool stopWanted() const { return stop_ && *stop_; }
  bool interrupted() const { return stopWanted() || fs::exists(pauseFile(folder_)); }
  void tell(const std::string& doing) {
    if (!doing.empty() && doing == progress_.doing) return;
    progress_.doing = doing;
    if (onProgress_) onProgress_(progress_);
  }

  RunSettings settings_;
  fs::path folder_;
  MadeParents parents_;
  FileLock lock_;
  RunStart start_;
  std::unique_ptr<RunData> data_;
  fs::path checkpoint_; // to go on from; empty: from the start
  RunPosition state_;
  RunProgress progress_;
  int64_t timed_ = 0; // steps of this process
  OnProgress onProgress_;
  const std::atomic<bool>* stop_ = nullptr;
  std::shared_ptr<Model> model_;
  std::optional<Generator> generator_;
  std::optional<LineLog> metrics_, samples_;
  std::optional<TensorBoardWriter> events_;
};

RunEnd RunFolder::train(const OnProgress& onProgress, const std::atomic<bool>* stop) {
  if (finished()) return RunEnd::Done;
  onProgress_ = onProgress;
  stop_ = stop;
  fs::remove(pauseFile(folder_));
  progress_.step = state_.step;
  progress_.steps = settings_.steps;
  tell("Preparing the device");
  model_ = std::make_shared<Model>(vulkan::Device::open(settings_.device), start_.config);
  loadWeights(start_, *model_, settings_.seed);
  Trainer trainer(model_, settings_.optimizer);
  trainer.setDropout(settings_.dropout, settings_.seed);
  if (!checkpoint_.empty()) state_ = readCheckpoint(checkpoint_, trainer);
  state_.seed = settings_.seed;
  metrics_.emplace(folder_ / "metrics.jsonl");
  samples_.emplace(folder_ / "samples.jsonl");
  events_.emplace(folder_, wallClock());
  tell("");

  while (!finished()) {
    if (!state_.open) step(trainer);
    const bool whole = finishStep(trainer), last = finished();
    const bool stopped = stopWanted(), paused = !stopped && interrupted();
    if (!whole || last || stopped || paused ||
        (settings_.checkpointEvery && state_.step % settings_.checkpointEvery == 0))
      save(trainer);
    fs::remove(pauseFile(folder_));
    tell("");
    if (!whole || (!last && (stopped || paused))) return stopped ? RunEnd::Stopped : RunEnd::Paused;
  }
  return RunEnd::Done;
}

void RunFolder::step(Trainer& trainer) {
  const Clock::time_point begin = Clock::now();
  std::vector<Batch> batches;
  for (int part = 0; part < settings_.accumulate; ++part)
    batches.push_back(data_->batch(uint64_t(state_.step) * uint64_t(settings_.accumulate) + uint64_t(part)));
  const double rate = settings_.schedule().at(state_.step);
  const StepResult result = [&] {
    try {
      return trainer.step(batches, rate);
    } catch (const Error& problem) {
      throw Error("stopped at step " + std::to_string(state_.step + 1) + ": " + problem.what());
    }
  }();
  const double seconds = secondsSince(begin);
  ++state_.step;
  // The first step also compiles kernels; it counts only until the second is known.
  progress_.secondsAStep = timed_++ < 2 ? seconds : 0.9 * progress_.secondsAStep + 0.1 * seconds;
  state_.open = OpenStep{result.loss, rate, result.gradientNorm, seconds, result.tokens, 0, 0, 0};
}

// Evaluates and samples where it is time to, and writes the step down. False where pause or stop came before all of it
// was done: the step stays open, and what was written of it belongs to no checkpoint.
bool RunFolder::finishStep(Trainer& trainer) {
  OpenStep& open = *state_.open;
  progress_.step = state_.step;
  progress_.loss = open.loss;
  progress_.rate = open.rate;
  progress_.gradientNorm = open.gradientNorm;
  progress_.tokensAStep = open.tokens;
  progress_.heldOutLoss = -1;

  const bool evaluated =
      state_.step == settings_.steps || (settings_.evaluateEvery && state_.step % settings_.evaluateEvery == 0);
  if (evaluated && !data_->heldOut().empty()) {
    if (!evaluate(trainer, open)) return false;
    progress_.heldOutLoss = open.heldOutLoss / open.heldOutCount;
  }
  Json row{{"step", state_.step},   {"loss", open.loss},        {"lr", open.rate}, {"grad_norm", open.gradientNorm},
           {"tokens", open.tokens}, {"time_step", open.seconds}};
  std::vector<std::pair<std::string, float>> scalars{{"train/loss", float(open.loss)},
                                                     {"train/learning_rate", float(open.rate)},
                                                     {"train/grad_norm", float(open.gradientNorm)}};
  if (progress_.heldOutLoss >= 0) {
    row["held_out_loss"] = progress_.heldOutLoss;
    scalars.emplace_back("eval/loss", float(progress_.heldOutLoss));
  }
  metrics_->append(jsonLine(row));
  events_->scalars(state_.step, scalars, wallClock());
  const int64_t samplesBefore = state_.samplesLines;
  if (evaluated && !sample()) {
    state_.samplesLines = samplesBefore;
    return false;
  }
  ++state_.metricsLines;
  state_.open.reset();
  return true;
}

// Goes on with the held-out batches. False: interrupted before the last.
bool RunFolder::evaluate(Trainer& trainer, OpenStep& open) {
  const auto& batches = data_->heldOut();
  while (open.batches < int64_t(batches.size())) {
    tell("Evaluating, " + std::to_string(100 * size_t(open.batches) / batches.size()) + " %");
    if (interrupted()) return false;
    const Trainer::Sum part = trainer.evaluate(batches[size_t(open.batches)]);
    open.heldOutLoss += part.loss;
    open.heldOutCount += part.count;
    ++open.batches;
  }
  return true;
}

// False: interrupted before the last word.
bool RunFolder::sample() {
  tell("Writing a sample");
  if (!generator_) generator_.emplace(model_);
  generator_->forget(); // the weights are new
  for (const std::vector<int32_t>& prompt : data_->samplePrompts()) {
    GenerateRequest request;
    request.prompt = prompt;
    const int64_t context = model_->config().nCtx;
    if (int64_t(prompt.size()) > context - std::min<int64_t>(context / 4, sampleTokens / 2)) continue; // little room
    request.maxTokens = sampleTokens;
    request.seed = settings_.seed;
    if (settings_.kind == RunKind::Sft) request.sampler.greedy = true;
    if (start_.tokenizer->eos()) request.stopIds = {*start_.tokenizer->eos()};
    const Reply reply = generator_->generate(request, [this](const GeneratedToken&) { return !interrupted(); })[0];
    if (reply.finish == Finish::Cancelled) return false;
    const std::string text = start_.tokenizer->decode(reply.ids);
    Json row{{"step", state_.step},
             {"prompt", settings_.kind == RunKind::Sft ? start_.tokenizer->decode(prompt) : ""},
             {"text", text}};
    samples_->append(row.dump(-1, ' ', false, Json::error_handler_t::replace));
    ++state_.samplesLines;
  }
  return true;
}

void RunFolder::save(Trainer& trainer) {
  tell("Saving step " + std::to_string(state_.step));
  metrics_->sync();
  samples_->sync();
  Lineage lineage;
  lineage.createdBy = "attune " ATTUNE_VERSION;
  lineage.job = runKindName(settings_.kind);
  lineage.parents = {{settings_.model.string(), start_.parentHash, "model"}};
  lineage.run = folder_.string();
  lineage.data = data_->hashes();
  lineage.seed = settings_.seed;
  lineage.device = model_->device().info().name;
  writeCheckpoint(folder_, trainer, *start_.tokenizer, lineage, state_);
}

} // namespace

std::unique_ptr<Run> Run::create(const RunSettings& asked, const Path& folder) {
  check(asked);
  if (isJob(asked.kind)) return createJobRun(asked, folder);
  const RunSettings settings = withWholePaths(asked);
  auto run = std::make_unique<RunFolder>(settings, wholePath(folder));
  run->prepare(settings.model);
  run->create();
  return run;
}

std::unique_ptr<Run> Run::resume(const Path& folder) {
  if (!fs::exists(folder / "run.json")) throw Error(folder.string() + " is not a run: it has no run.json");
  const fs::path description = folder / "run.json";
  if (isJob(parseRunSettings(readJson(description), description.string()).kind)) return resumeJobRun(folder);
  auto run = std::make_unique<RunFolder>(RunSettings{}, wholePath(folder));
  run->resume();
  return run;
}

void requestPause(const fs::path& folder) {
  if (!fs::exists(folder / "run.json")) throw Error(folder.string() + " is not a run: it has no run.json");
  bool free = true;
  try {
    const FileLock lock = lockFolder(folder);
  } catch (const Error&) {
    free = false; // somebody trains it
  }
  if (free) throw Error(folder.string() + " is not being trained by any process; there is nothing to pause");
  if (!std::ofstream(pauseFile(folder)))
    throw Error(pauseFile(folder).string() + " cannot be written, which asks the run to pause: " + reasonOf(errno));
}

} // namespace attune
