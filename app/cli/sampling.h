// The sampling options, the same wherever a model speaks.
#pragma once

#include "cli/arguments.h"
#include "generate/sampler.h"

namespace attune::cli {

std::vector<Option> samplingOptions(int maxTokens);

// Throws WrongUsage for a setting out of range.
SamplerSettings samplerOf(const Arguments& arguments);

} // namespace attune::cli
