// Training runs from the command line: their options, how far they are, how they end.
#pragma once

#include "cli/arguments.h"
#include "train/run_settings.h"

namespace attune::cli {

// What every training command takes beside its model, data and folder.
std::vector<Option> trainingOptions();

// Throws WrongUsage for a value that is malformed or out of range.
RunSettings runSettingsOf(const Arguments& arguments, RunKind kind);

int startRun(const Arguments& arguments, RunKind kind);
int resumeRun(const Arguments& arguments);
int pauseRun(const Arguments& arguments);

} // namespace attune::cli
