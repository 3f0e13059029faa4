#include "cli/commands.h"
#include "cli/training.h"

#include <climits>

namespace attune::cli {
namespace {

int pretrain(const Arguments& arguments) { return startRun(arguments, runSettingsOf(arguments, RunKind::Pretrain)); }
int sft(const Arguments& arguments) { return startRun(arguments, runSettingsOf(arguments, RunKind::Sft)); }

Command trainingCommand(const std::string& name, const std::string& summary, const std::string& data,
                        int (*run)(const Arguments&)) {
  std::vector<Option> options = {
      {"model", "DIR", "the model to start from: a folder, a checkpoint or a run", "", false, true},
      {"data", "FILE", data, "", true, true},
      {"out", "RUN", "the run's folder", "", false, true}};
  for (Option& option : trainingOptions()) options.push_back(std::move(option));
  return {name,
          summary,
          "",
          0,
          0,
          std::move(options),
          run,
          "Ctrl+C and SIGTERM stop the run after the step or the held-out batch it is at, with a checkpoint; "
          "attune-cli resume goes on from there."};
}

} // namespace

std::vector<Command> trainCommands() {
  return {
      trainingCommand("pretrain", "Trains a model to predict the next token of texts.",
                      "text files (UTF-8), or JSON Lines with a text each", pretrain),
      trainingCommand("sft", "Fine-tunes a model on demonstrations; only what the assistant says counts.",
                      "JSON Lines of messages, or of prompt and completion", sft),
      {"resume",
       "Goes on with a run that was paused, stopped or killed, from its newest checkpoint.",
       "RUN",
       1,
       1,
       {},
       resumeRun},
      {"pause",
       "Asks the process that trains a run to stop after its step or held-out batch, with a checkpoint.",
       "RUN",
       1,
       1,
       {},
       pauseRun},
  };
}

} // namespace attune::cli
