#include "train/job_run.h"

#include "data/pretrain_data.h"
#include "error.h"
#include "formats/file_lock.h"
#include "formats/files.h"
#include "formats/line_log.h"
#include "formats/tensorboard.h"
#include "train/run_files.h"
#include "train/run_job.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

namespace attune {
namespace {

namespace fs = std::filesystem;

RunSettings withWholePaths(RunSettings s) {
  const auto whole = [](fs::path& path) {
    if (!path.empty()) path = wholePath(path);
  };
  whole(s.model);
  for (fs::path& file : s.data) whole(file);
  if (const HeldOut heldOut = HeldOut::parse(s.heldOut); heldOut.file) s.heldOut = wholePath(*heldOut.file).string();
  whole(s.reward.demonstrations);
  whole(s.ppo.reward);
  for (fs::path& file : s.ppo.pretrainData) whole(file);
  return s;
}

} // namespace

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
      , lock_(lockFolder(folder_)) {}

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
    const Json lineage = json.value("lineage", Json::object());
    const auto parents = job_->parents();
    if (checkpoint_.empty() && !parents.empty() && lineage.value("model_sha256", "") != parents[0].sha256)
      throw Error(settings_.model.string() +
                  " has changed since the run began; put the old model back, or start a new run");
    const Json recorded = lineage.value("data", Json::object());
    for (const auto& [file, hash] : job_->hashes())
      if (recorded.contains(file) && recorded[file] != hash)
        throw Error(file + " has changed since the run began; put the old one back, or start a new run");
    cutToLines(folder_ / "metrics.jsonl", metricsLines_);
    cutToLines(folder_ / "samples.jsonl", samplesLines_);
  }

  const RunSettings& settings() const override { return settings_; }
  const Path& folder() const override { return folder_; }
  bool finished() const override { return step_ >= settings_.steps && reported_; }
  RunEnd train(const OnProgress& onProgress, const std::atomic<bool>* stop) override;

private:
  void readState();
  void report();
  void step();
  void save();
  void tell(const std::string& doing) {
    progress_.doing = doing;
    if (onProgress_) onProgress_(progress_);
  }

  RunSettings settings_;
  fs::path folder_;
  MadeParents parents_;
  FileLock lock_;
  std::unique_ptr<RunJob> job_;
  fs::path checkpoint_; // to go on from; empty: from the start
  int64_t step_ = 0, metricsLines_ = 0, samplesLines_ = 0;
  Json jobState_; // of the checkpoint
  bool reported_ = false;
  RunProgress progress_;
  int64_t timed_ = 0; // steps of this process
  OnProgress onProgress_;
  std::string device_;
  std::optional<LineLog> metrics_, samples_;
  std::optional<TensorBoardWriter> events_;
};

void JobRun::readState() {
  if (checkpoint_.empty()) return;
  const fs::path file = checkpoint_ / "state.json";
  const Json json = readJson(file);
  try {
    step_ = json.at("step");
    metricsLines_ = json.at("metrics_lines");
    samplesLines_ = json.at("samples_lines");
    jobState_ = json.at("job");
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
  fs::remove(pauseFile(folder_));
  progress_.step = step_;
  progress_.steps = settings_.steps;
  tell("Preparing the device");
  const auto device = vulkan::Device::open(settings_.device);
  device_ = device->info().name;
  job_->open(device);
  if (!checkpoint_.empty()) job_->restore(checkpoint_, jobState_);
  metrics_.emplace(folder_ / "metrics.jsonl");
  samples_.emplace(folder_ / "samples.jsonl");
  events_.emplace(folder_, wallClock());
  tell("");
  while (step_ < settings_.steps) {
    step();
    const bool last = step_ == settings_.steps;
    const bool stopped = stop && *stop, paused = fs::exists(pauseFile(folder_));
    if (last || stopped || paused || job_->wantsCheckpoint() ||
        (settings_.checkpointEvery && step_ % settings_.checkpointEvery == 0))
      save();
    fs::remove(pauseFile(folder_));
    tell("");
    if (!last && (stopped || paused)) return stopped ? RunEnd::Stopped : RunEnd::Paused;
  }
  report();
  return RunEnd::Done;
}

void JobRun::step() {
  const auto begin = std::chrono::steady_clock::now();
  const double rate = settings_.schedule().at(step_);
  std::vector<Metric> metrics = [&] {
    try {
      return job_->step(step_, rate);
    } catch (const vulkan::DeviceLost&) {
      throw;
    } catch (const Error& problem) {
      throw Error("stopped at step " + std::to_string(step_ + 1) + ": " + problem.what());
    }
  }();
  const double seconds = secondsSince(begin);
  ++step_;
  progress_.step = step_;
  progress_.loss = valueOf(metrics, "loss", 0);
  progress_.rate = rate;
  progress_.gradientNorm = valueOf(metrics, "grad_norm", 0);
  progress_.tokensAStep = int64_t(valueOf(metrics, "tokens", 0));
  // The first step also compiles kernels; it counts only until the second is known.
  progress_.secondsAStep = timed_++ < 2 ? seconds : 0.9 * progress_.secondsAStep + 0.1 * seconds;
  progress_.heldOutLoss = -1;
  metrics.push_back({"lr", settings_.kind == RunKind::Ppo ? "lr" : "train/learning_rate", rate});

  const bool evaluated = step_ == settings_.steps || (settings_.evaluateEvery && step_ % settings_.evaluateEvery == 0);
  if (evaluated) {
    tell("Evaluating");
    for (Metric& metric : job_->evaluate(step_, [this](const std::string& doing) { tell(doing); }))
      metrics.push_back(std::move(metric));
    progress_.heldOutLoss = valueOf(metrics, "held_out_loss", -1);
  }
  if (settings_.kind == RunKind::Ppo)
    metrics.push_back({"time_episodes_a_second", "eps", double(settings_.batch) / seconds});
  Json row{{"step", step_}, {"time_step", seconds}};
  std::vector<std::pair<std::string, float>> scalars;
  for (const Metric& metric : metrics) {
    row[metric.key] =
        metric.key == "tokens" || metric.key == "episode" ? Json(int64_t(metric.value)) : Json(metric.value);
    if (!metric.tag.empty()) scalars.emplace_back(metric.tag, float(metric.value));
  }
  metrics_->append(jsonLine(row));
  ++metricsLines_;
  events_->scalars(step_, scalars, wallClock());
  if (!evaluated) return;
  for (Json& sample : job_->samples()) {
    sample["step"] = step_;
    samples_->append(sample.dump(-1, ' ', false, Json::error_handler_t::replace));
    ++samplesLines_;
  }
}

void JobRun::save() {
  tell("Saving step " + std::to_string(step_));
  metrics_->sync();
  samples_->sync();
  const fs::path folder = folder_ / "checkpoints" / ("step-" + std::to_string(step_));
  fs::create_directories(folder.parent_path());
  ModelFolderWriter writer(folder, job_->config(), DType::F32, true);
  const Json state = job_->save(writer);
  writeJson(writer.path() / "state.json", {{"step", step_},
                                           {"seed", settings_.seed},
                                           {"metrics_lines", metricsLines_},
                                           {"samples_lines", samplesLines_},
                                           {"job", state}});
  Lineage lineage;
  lineage.createdBy = "attune " ATTUNE_VERSION;
  lineage.job = runKindName(settings_.kind);
  lineage.parents = job_->parents();
  lineage.run = folder_.string();
  lineage.data = job_->hashes();
  lineage.seed = settings_.seed;
  lineage.device = device_;
  lineage.step = step_;
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
