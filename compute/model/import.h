// Models from elsewhere become model folders of ours: a folder of transformers, or llama2.c's checkpoint.
#pragma once

#include <filesystem>
#include <optional>

namespace attune {

// `source`: a model folder (or its config.json or model.safetensors), or a llama2.c checkpoint. `tokenizer`: a file or
// folder that Tokenizer::load reads, or llama2.c's tokenizer file; without it the folder's own, if it has one. Weights
// keep their element type. `out` appears whole or not at all. Throws Error.
void importModel(const std::filesystem::path& source, const std::optional<std::filesystem::path>& tokenizer,
                 const std::filesystem::path& out);

} // namespace attune
