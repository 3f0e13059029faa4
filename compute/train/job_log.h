// What a run of preference training writes down, step by step: metrics.jsonl, samples.jsonl, warnings.jsonl, rollouts
// and TensorBoard's events.
#pragma once

#include "formats/line_log.h"
#include "formats/tensorboard.h"
#include "train/run_job.h"
#include "train/run_warnings.h"

#include <optional>

namespace attune {

class JobLog {
public:
  using Path = std::filesystem::path;
  explicit JobLog(Path folder)
      : folder_(std::move(folder)) {}

  // Forgets what was written after a checkpoint, which had so many lines. Throws Error when there are fewer.
  void cutTo(int64_t metricsLines, int64_t samplesLines);
  // Must come before the first step; reads what there is, for the warnings.
  void open(const RunSettings& settings);

  // A step's row; returns what begins to go wrong with it.
  std::vector<RunWarning> write(int64_t step, double seconds, const std::vector<Metric>& metrics);
  // Throws Error where this row's loss left all bounds; `job` names the tensor.
  void checkLoss(const std::vector<Metric>& metrics, RunJob& job) const;
  void addSamples(int64_t step, std::vector<Json> samples);
  void sync();

  int64_t metricsLines() const { return metricsLines_; }
  int64_t samplesLines() const { return samplesLines_; }

private:
  Path folder_;
  int64_t metricsLines_ = 0, samplesLines_ = 0;
  std::optional<RunWatch> watch_;
  std::optional<LineLog> metrics_, samples_, warnings_;
  std::optional<TensorBoardWriter> events_;
};

} // namespace attune
