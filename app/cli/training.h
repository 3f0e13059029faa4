// Training runs from the command line: their options, how far they are, how they end.
#pragma once

#include "cli/arguments.h"
#include "train/run_settings.h"

namespace attune::cli {

// What every training command takes beside its model, data and folder. Of rankings, steps are one epoch unless given.
std::vector<Option> trainingOptions(RunKind kind = RunKind::Pretrain);

// Throws WrongUsage for a value that is malformed or out of range.
RunSettings runSettingsOf(const Arguments& arguments, RunKind kind);
double above(const Arguments& arguments, const std::string& name, double fallback);
double atLeastZero(const Arguments& arguments, const std::string& name, double fallback);

int startRun(const Arguments& arguments, const RunSettings& settings);
int resumeRun(const Arguments& arguments);
int pauseRun(const Arguments& arguments);

} // namespace attune::cli
