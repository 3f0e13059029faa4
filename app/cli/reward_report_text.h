// A reward model's report as `reward` prints it.
#pragma once

#include "formats/json.h"

#include <string>

namespace attune::cli {

std::string rewardReportText(const Json& report);

} // namespace attune::cli
