// The commands of attune-cli, in the order its help lists them. Each group stands in a file of its own.
#pragma once

#include "cli/arguments.h"

namespace attune::cli {

std::vector<Command> deviceCommands();
std::vector<Command> tokenizerCommands();
std::vector<Command> modelInitCommands();
std::vector<Command> modelCommands();
std::vector<Command> trainCommands();
std::vector<Command> preferenceCommands();
std::vector<Command> evaluateCommands();
std::vector<Command> compareCommands();
std::vector<Command> proxyGoldCommands();
std::vector<Command> generateCommands();
std::vector<Command> chatCommands();
std::vector<Command> inspectCommands();
std::vector<Command> labelsCommands();
std::vector<Command> dataCommands();
std::vector<Command> attentionCommands();
std::vector<Command> benchCommands();

// All of them.
const std::vector<Command>& commands();

// Runs the command that `words` names (without the program's own name) and returns the exit code: 0 done, 1 failed, 2
// wrong usage. What went wrong is said in one sentence on standard error.
int runCommandLine(const std::vector<std::string>& words);

} // namespace attune::cli
