// Runs as they lie in their folder, whoever trains them: the window, attune-cli, or nobody now.
#pragma once

#include "train/run_settings.h"
#include "train/train_source.h"

#include <memory>

namespace attune {

// `modelDir` stands for the new model that a description may ask for.
RunSettings settingsFor(const RunDescription& run, const QString& modelDir, const QString& device);
RunDescription descriptionOf(const RunSettings& settings, const QString& name);

// The process that trains `folder`; 0: none.
qint64 trainerOf(const QString& folder);

// What a run's metrics say of its time.
double secondsOf(const std::vector<MetricsRow>& rows);

// What began to go wrong in it, read from its folder.
QList<RunNote> readNotes(const QString& run);

// The newest checkpoint's step and folder into `info`; step −1 where there is none.
void findCheckpoint(RunInfo& info);

// Whether the newest checkpoint is the end of all steps; one whose last evaluation was interrupted is not.
bool madeAllSteps(const RunInfo& info, const RunSettings& settings);

struct KnownRun {
  RunInfo info;
  std::shared_ptr<MetricsFile> metrics; // read up to now
  RunSettings settings;
};

// Every run in `folder`, the newest first. Reads all that is new to `known`, which may take a while; any thread.
QList<KnownRun> readRuns(const QString& folder, const QList<KnownRun>& known);

// The last samples of a run, the newest first.
QList<TrainSample> readSamples(const QString& run);

} // namespace attune
