#include "train/job_run.h"

#include "data/pretrain_data.h"
#include "error.h"
#include "formats/file_lock.h"
#include "formats/files.h"
#include "train/job_log.h"
#include "train/rollout_file.h"
#include "train/run_files.h"
#include "train/run_job.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

namespace attune {

namespace fs = std::filesystem;

Json RunJob::report(const Tell&) { return {}; }

std::unique_ptr<RunJob> makeJob(const RunSettings& settings, const fs::path& checkpoint) {
  if (settings.kind == RunKind::Reward) return makeRewardJob(settings, checkpoint);
  if (settings.kind == RunKind::Dpo) return makeDpoJob(settings, checkpoint);
  return makePpoJob(settings, checkpoint);
}

namespace {

// The report that a finished run of this kind has in its folder; null: none.
const char* reportName(RunKind kind) {
  return kind == RunKind::Reward ? "reward_report.json" : kind == RunKind::Ppo ? "ppo_report.json" : nullptr;
}

double valueOf(const std::vector<Metric>& metrics, const std::string& key, double fallback) {
  for (const Metric& metric : metrics)
    if (metric.key == key) return metric.value;
  return fallback;
}

class JobRun : public Run {
public:
  JobRun(RunSettings settings, fs::path folder)
      : settings_(std::move(settings))
      , folder_(std::move(folder))
      , parents_(folder_)
      , lock_(lockFolder(folder_))
      , log_(folder_) {}

  void create() {
    job_ = makeJob(settings_, {});
    if (settings_.steps == 0) settings_.steps = std::max<int64_t>(1, job_->stepsOfAnEpoch());
    if (settings_.warmup < 0) settings_.warmup = std::min<int64_t>(100, settings_.steps / 10);
    Json json = toJson(settings_);
    json["context"] = job_->context();
    json["lineage"] = {{"data", job_->hashes()}};
    if (!job_->parents().empty()) json["lineage"]["model_sha256"] = job_->parents()[0].sha256;
    createRunFolder(folder_, json);
  }

  void resume() {
    const Json json = readJson(folder_ / "run.json");
    settings_ = parseRunSettings(json, (folder_ / "run.json").string());
    checkpoint_ = newestCheckpoint(folder_);
    readState();
    reported_ = !reportName(settings_.kind) || fs::exists(folder_ / reportName(settings_.kind));
    if (finished()) return;
    job_ = makeJob(settings_, checkpoint_);
    const auto parents = job_->parents();
    const bool fromStart = checkpoint_.empty() && !parents.empty();
    checkBeforeResuming(folder_, json, fromStart ? settings_.model : fs::path(),
                        fromStart ? parents[0].sha256 : std::string(), job_->hashes());
    log_.cutTo(metricsLines_, samplesLines_);
    forgetRolloutsAfter(folder_, step_ + (open_ && open_->metrics));
  }

  const RunSettings& settings() const override { return settings_; }
  const Path& folder() const override { return folder_; }
  bool finished() const override { return step_ >= settings_.steps && reported_; }
  RunEnd train(const OnProgress& onProgress, const std::atomic<bool>* stop) override;

private:
  // A step that was begun: what was measured of it, once it was learned from (nothing before that).
  struct OpenStep {
    std::optional<std::vector<Metric>> metrics;
    double seconds = 0;
  };

  void readState();
  void report();
  bool step();
  void learn();
  void finishStep();
  void save();
  bool stopWanted() const { return stop_ && *stop_; }
  JobWatch watch() {
    return {[this](const std::string& doing) { tell(doing); },
            [this] { return stopWanted() || fs::exists(pauseFile(folder_)); }};
  }
  void tell(const std::string& doing) {
    progress_.doing = doing;
    if (onProgress_) onProgress_(progress_);
  }

  RunSettings settings_;
  fs::path folder_;
  MadeParents parents_;
  FileLock lock_;
  JobLog log_;
  std::unique_ptr<RunJob> job_;
  fs::path checkpoint_;                         // to go on from; empty: from the start
  int64_t step_ = 0;                            // whole ones
  int64_t metricsLines_ = 0, samplesLines_ = 0; // of the checkpoint
  Json jobState_;                               // of the checkpoint
  std::optional<OpenStep> open_;                // of the step after those
  bool reported_ = false;
  RunProgress progress_;
  int64_t timed_ = 0; // steps of this process
  OnProgress onProgress_;
  const std::atomic<bool>* stop_ = nullptr;
  std::string device_;
};

Json toJson(const std::vector<Metric>& metrics) {
  Json list = Json::array();
  for (const Metric& metric : metrics) list.push_back({metric.key, metric.tag, metric.value});
  return list;
}

std::vector<Metric> parseMetrics(const Json& list) {
  std::vector<Metric> metrics;
  for (const Json& one : list) metrics.push_back({one.at(0), one.at(1), one.at(2)});
  return metrics;
}

void JobRun::readState() {
  if (checkpoint_.empty()) return;
  const fs::path file = checkpoint_ / "state.json";
  const Json json = readJson(file);
  try {
    step_ = json.at("step");
    metricsLines_ = json.at("metrics_lines");
    samplesLines_ = json.at("samples_lines");
    jobState_ = json.at("job");
    if (json.contains("open_step")) {
      --step_; // it is being made
      const Json& open = json.at("open_step");
      open_.emplace();
      open_->seconds = open.at("time_step");
      if (!open.at("metrics").is_null()) open_->metrics = parseMetrics(open.at("metrics"));
    }
  } catch (const Json::exception& problem) {
    throw Error(file.string() + ": not a checkpoint's state (" + problem.what() +
                "); delete this checkpoint and resume from the one before");
  }
}

// What comes after the last step: it may have been killed before, and is then done by resuming.
void JobRun::report() {
  if (const char* name = reportName(settings_.kind)) {
    tell("Writing the report");
    writeJson(folder_ / name, job_->report([this](const std::string& doing) { tell(doing); }));
    tell("");
  }
  reported_ = true;
}

RunEnd JobRun::train(const OnProgress& onProgress, const std::atomic<bool>* stop) {
  if (finished()) return RunEnd::Done;
  onProgress_ = onProgress;
  stop_ = stop;
  fs::remove(pauseFile(folder_));
  progress_.step = step_;
  progress_.steps = settings_.steps;
  tell("Preparing the device");
  const auto device = vulkan::Device::open(settings_.device);
  device_ = device->info().name;
  job_->open(device);
  if (!checkpoint_.empty()) job_->restore(checkpoint_, jobState_);
  log_.open(settings_);
  tell("");
  while (step_ < settings_.steps) {
    const bool whole = step(), last = whole && step_ == settings_.steps;
    const bool stopped = stopWanted(), paused = !stopped && (!whole || fs::exists(pauseFile(folder_)));
    const bool kept = step_ == 0 || newestCheckpoint(folder_).filename() == "step-" + std::to_string(step_);
    if (!whole ? open_ || !kept
               : last || stopped || paused || job_->wantsCheckpoint() ||
                     (settings_.checkpointEvery && step_ % settings_.checkpointEvery == 0))
      save();
    fs::remove(pauseFile(folder_));
    tell("");
    if (!last && (stopped || paused)) return stopped ? RunEnd::Stopped : RunEnd::Paused;
  }
  report();
  return RunEnd::Done;
}

// The next step, or the rest of the one that is open. False: interrupted on the way.
bool JobRun::step() {
  try {
    watch().check();
    if (!open_ || !open_->metrics) learn();
    finishStep();
    return true;
  } catch (const Interrupted&) {
    return false;
  }
}

void JobRun::learn() {
  const auto begin = std::chrono::steady_clock::now();
  const double before = open_ ? open_->seconds : 0, rate = settings_.schedule().at(step_);
  std::vector<Metric> metrics;
  try {
    metrics = job_->step(step_, rate, watch());
    log_.checkLoss(metrics, *job_);
  } catch (const Interrupted&) {
    if (job_->midway()) open_ = OpenStep{{}, before + secondsSince(begin)};
    throw;
  } catch (const vulkan::DeviceLost&) {
    throw;
  } catch (const Error& problem) {
    throw Error("stopped at step " + std::to_string(step_ + 1) + ": " + problem.what());
  }
  metrics.push_back({"lr", settings_.kind == RunKind::Ppo ? "lr" : "train/learning_rate", rate});
  const double seconds = before + secondsSince(begin);
  // The first step also compiles kernels; it counts only until the second is known.
  progress_.secondsAStep = timed_++ < 2 ? seconds : 0.9 * progress_.secondsAStep + 0.1 * seconds;
  open_ = OpenStep{std::move(metrics), seconds};
  if (const std::string rollouts = job_->rollouts(step_ + 1); !rollouts.empty())
    keepRollouts(folder_, step_ + 1, rollouts);
}

// Evaluates where it is time to, and writes the step down.
void JobRun::finishStep() {
  const int64_t made = step_ + 1;
  std::vector<Metric> metrics = *open_->metrics;
  const double seconds = open_->seconds;
  progress_.step = made;
  progress_.loss = valueOf(metrics, "loss", 0);
  progress_.rate = valueOf(metrics, "lr", 0);
  progress_.gradientNorm = valueOf(metrics, "grad_norm", 0);
  progress_.tokensAStep = int64_t(valueOf(metrics, "tokens", 0));
  progress_.heldOutLoss = -1;
  const bool evaluated = made == settings_.steps || (settings_.evaluateEvery && made % settings_.evaluateEvery == 0);
  if (evaluated) {
    tell("Evaluating");
    for (Metric& metric : job_->evaluate(made, watch())) metrics.push_back(std::move(metric));
    progress_.heldOutLoss = valueOf(metrics, "held_out_loss", -1);
  }
  if (settings_.kind == RunKind::Ppo)
    metrics.push_back({"time_episodes_a_second", "eps", double(settings_.batch) / seconds});
  for (const RunWarning& warning : log_.write(made, seconds, metrics)) {
    progress_.warning = warning.words();
    tell("");
    progress_.warning.clear();
  }
  if (evaluated) log_.addSamples(made, job_->samples());
  step_ = made;
  open_.reset();
}

// The last whole step, or the one that is open.
void JobRun::save() {
  const int64_t made = open_ ? step_ + 1 : step_;
  tell("Saving step " + std::to_string(made));
  log_.sync();
  const fs::path folder = folder_ / "checkpoints" / ("step-" + std::to_string(made));
  fs::create_directories(folder.parent_path());
  ModelFolderWriter writer(folder, job_->config(), DType::F32, true);
  Json state{{"step", made},
             {"seed", settings_.seed},
             {"metrics_lines", log_.metricsLines()},
             {"samples_lines", log_.samplesLines()},
             {"job", job_->save(writer)}};
  if (open_) { // the fields that every run's open step has, and the metrics
    const std::vector<Metric> metrics = open_->metrics.value_or(std::vector<Metric>());
    state["open_step"] = {{"loss", valueOf(metrics, "loss", 0)},
                          {"lr", valueOf(metrics, "lr", 0)},
                          {"grad_norm", valueOf(metrics, "grad_norm", 0)},
                          {"tokens", int64_t(valueOf(metrics, "tokens", 0))},
                          {"time_step", open_->seconds},
                          {"held_out_batches", 0},
                          {"held_out_loss_sum", 0},
                          {"held_out_count", 0},
                          {"metrics", open_->metrics ? toJson(metrics) : Json()}};
  }
  writeJson(writer.path() / "state.json", state);
  Lineage lineage;
  lineage.createdBy = "attune " ATTUNE_VERSION;
  lineage.job = runKindName(settings_.kind);
  lineage.parents = job_->parents();
  lineage.run = folder_.string();
  lineage.data = job_->hashes();
  lineage.seed = settings_.seed;
  lineage.device = device_;
  lineage.step = made;
  job_->addLineage(lineage);
  writer.setLineage(lineage);
  writer.commit();
}

} // namespace

std::unique_ptr<Run> createJobRun(const RunSettings& settings, const fs::path& folder) {
  auto run = std::make_unique<JobRun>(withWholePaths(settings), wholePath(folder));
  run->create();
  return run;
}

std::unique_ptr<Run> resumeJobRun(const fs::path& folder) {
  auto run = std::make_unique<JobRun>(RunSettings{}, wholePath(folder));
  run->resume();
  return run;
}

} // namespace attune
