#include "train/job_log.h"

#include "error.h"
#include "formats/file.h"
#include "train/run_files.h"

#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>

namespace attune {
namespace {

Json rowOf(const std::vector<Metric>& metrics) {
  Json row = Json::object();
  for (const Metric& metric : metrics)
    row[metric.key] =
        metric.key == "tokens" || metric.key == "episode" ? Json(int64_t(metric.value)) : Json(metric.value);
  return row;
}

} // namespace

void JobLog::cutTo(int64_t metricsLines, int64_t samplesLines) {
  cutToLines(folder_ / "metrics.jsonl", metricsLines);
  cutToLines(folder_ / "samples.jsonl", samplesLines);
  metricsLines_ = metricsLines;
  samplesLines_ = samplesLines;
}

void JobLog::open(const RunSettings& settings) {
  watch_.emplace(settings);
  std::string known;
  if (std::ifstream in(folder_ / "metrics.jsonl"); in)
    for (std::string line; std::getline(in, line);)
      for (const RunWarning& warning : watch_->see(Json::parse(line, nullptr, false)))
        known += jsonLine(toJson(warning)) + "\n";
  // Those of steps that are made again come again.
  const Path warnings = folder_ / "warnings.jsonl";
  if (std::filesystem::exists(warnings)) writeFileAtomically(warnings, known);
  metrics_.emplace(folder_ / "metrics.jsonl");
  samples_.emplace(folder_ / "samples.jsonl");
  warnings_.emplace(warnings);
  events_.emplace(folder_, wallClock());
}

void JobLog::checkLoss(const std::vector<Metric>& metrics, RunJob& job) const {
  const auto explosion = watch_->explosion(rowOf(metrics));
  if (!explosion) return;
  char words[96];
  std::snprintf(words, sizeof words, "from %.4g to %.4g", explosion->from, explosion->to);
  throw Error(std::string(explosion->loss == "loss" ? "the loss" : "the value loss") + " exploded, " + words +
              "; the largest gradient is that of '" + job.largestGradient(explosion->loss) +
              "'; go on from the last checkpoint with a lower learning rate or a smaller --clip");
}

std::vector<RunWarning> JobLog::write(int64_t step, double seconds, const std::vector<Metric>& metrics) {
  Json row = rowOf(metrics);
  row["step"] = step;
  row["time_step"] = seconds;
  metrics_->append(jsonLine(row));
  ++metricsLines_;
  std::vector<std::pair<std::string, float>> scalars;
  for (const Metric& metric : metrics)
    if (!metric.tag.empty()) scalars.emplace_back(metric.tag, float(metric.value));
  events_->scalars(step, scalars, wallClock());
  std::vector<RunWarning> told = watch_->see(row);
  for (const RunWarning& warning : told) warnings_->append(jsonLine(toJson(warning)));
  return told;
}

void JobLog::addSamples(int64_t step, std::vector<Json> samples) {
  for (Json& sample : samples) {
    sample["step"] = step;
    samples_->append(sample.dump(-1, ' ', false, Json::error_handler_t::replace));
    ++samplesLines_;
  }
}

void JobLog::sync() {
  metrics_->sync();
  samples_->sync();
  warnings_->sync();
}

} // namespace attune
