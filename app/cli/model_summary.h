// A model in brief, as the commands that make or tell of models say it.
#pragma once

#include "cli/arguments.h"
#include "formats/json.h"
#include "model/config.h"

#include <filesystem>

namespace attune::cli {

Json configFields(const ModelConfig& config);
std::string sizesText(const ModelConfig& config); // "gpt2, 4 layers, 4 heads, 128 wide, …"

// Tells of the model just written to `out`.
void tellMade(const Arguments& arguments, const std::filesystem::path& out);

} // namespace attune::cli
