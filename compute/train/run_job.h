// What a run of preference training does, apart from its folder: its data and models, a step, an evaluation, what a
// checkpoint keeps. The folder, the logs, pausing and resuming are the same for all (job_run.cpp).
#pragma once

#include "formats/lineage.h"
#include "formats/model_folder.h"
#include "model/model.h"
#include "train/job_watch.h"
#include "train/run_settings.h"

#include <functional>
#include <map>
#include <memory>

namespace attune {

// A figure of a step: its field in metrics.jsonl and its tag in TensorBoard (TRL's, where TRL has it; empty: none).
struct Metric {
  std::string key, tag;
  double value = 0;
};

// A model of a run and the bytes that it takes on the device.
struct RunModel {
  std::string role; // "policy"
  uint64_t bytes = 0;
};

class RunJob {
public:
  using Path = std::filesystem::path;
  using Tell = std::function<void(const std::string& doing)>;
  virtual ~RunJob() = default;

  // What the run comes from: SHA-256 of every file it reads, and of its models.
  virtual const std::map<std::string, std::string>& hashes() const = 0;
  virtual std::vector<Lineage::Parent> parents() const = 0;
  virtual int context() const = 0;
  virtual int64_t stepsOfAnEpoch() const { return 0; } // of data that is gone through; 0: there is none

  // Models on the device, from the start or from a checkpoint with the state that `save` gave.
  virtual void open(const std::shared_ptr<vulkan::Device>& device) = 0;
  virtual void restore(const Path& checkpoint, const Json& state) = 0;

  // Step `step` (from 0). The metric "loss" is always there, and "tokens". Where `watch` throws Interrupted on the way,
  // the job is as before the step, or midway: then a checkpoint holds what is needed to go on with the same step.
  virtual std::vector<Metric> step(int64_t step, double rate, const JobWatch& watch) = 0;
  virtual bool midway() const { return false; }
  // On what is held out (nothing: empty), after `steps` steps. Interrupted, it begins anew when it is called again.
  virtual std::vector<Metric> evaluate(int64_t steps, const JobWatch& watch) = 0;
  // What a person reads of the last step (rollout_file.h); empty for kinds of run that have none.
  virtual std::string rollouts(int64_t) { return {}; }
  // The tensor that the last step's gradient of this loss ("loss", "value_loss") was the largest of.
  virtual std::string largestGradient(const std::string& loss) = 0;
  // What stands in samples.jsonl after an evaluation: an object each, without the step.
  virtual std::vector<Json> samples() { return {}; }

  // Whether this step must be kept, beside those that the settings keep: the evaluation was the best so far.
  virtual bool wantsCheckpoint() const { return false; }

  // A step over the longest rows that the run will meet, for a device of paper; `steps`: of the run.
  struct Rehearsed {
    double learned = 0, read = 0; // tokens of a step, padding included: forward and backward, forward alone
    int length = 0;               // of a row
  };
  virtual Rehearsed rehearse(int64_t steps) = 0;
  // The models that `open` put on the device, each with what it learns with; of kinds of run that have several.
  virtual std::vector<RunModel> models() const { return {}; }

  // A checkpoint: the model's configuration and weights, further files in writer.path(); returns further state.
  virtual ModelConfig config() const = 0;
  virtual Json save(ModelFolderWriter& writer) = 0;
  virtual void addLineage(Lineage&) {}
  // What is written into the run's folder when all steps are made, for kinds of run that have a report.
  virtual Json report(const Tell&);
};

// The job of a kind of run. Reads data and model headers; throws Error naming file and what is wrong. `checkpoint`: to
// go on from, or empty.
std::unique_ptr<RunJob> makeJob(const RunSettings& settings, const std::filesystem::path& checkpoint);
std::unique_ptr<RunJob> makeRewardJob(const RunSettings& settings, const std::filesystem::path& checkpoint);
std::unique_ptr<RunJob> makeDpoJob(const RunSettings& settings, const std::filesystem::path& checkpoint);
std::unique_ptr<RunJob> makePpoJob(const RunSettings& settings, const std::filesystem::path& checkpoint);

} // namespace attune
