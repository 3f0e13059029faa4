// `labels sample` and `labels rank`: answers to be compared, and their order.
#pragma once

#include "cli/arguments.h"

namespace attune::cli {

int sampleAnswers(const Arguments& arguments);
int rankAnswers(const Arguments& arguments);

} // namespace attune::cli
