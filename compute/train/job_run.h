// A run of preference training: the same folder as every run's, filled by a job.
#pragma once

#include "train/run.h"
#include "train/run_settings.h"

namespace attune {

inline bool isJob(RunKind kind) { return kind != RunKind::Pretrain && kind != RunKind::Sft; }

// As Run::create and Run::resume.
std::unique_ptr<Run> createJobRun(const RunSettings& settings, const std::filesystem::path& folder);
std::unique_ptr<Run> resumeJobRun(const std::filesystem::path& folder);

} // namespace attune
