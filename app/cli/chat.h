// A conversation with a model on the terminal.
#pragma once

#include "cli/arguments.h"
#include "generate/generator.h"

namespace attune::cli {

// `settings`: how replies are sampled. Ends with the input. Also serves a pipe: a line in, a reply out.
int runChat(const Arguments& arguments, const GenerateRequest& settings);

} // namespace attune::cli
