#pragma once

#include "formats/safetensors.h"
#include "model/tensor_table.h"

namespace attune {

// The values that a tensor begins with, from `seed`; `index` is its place in the table.
std::vector<float> initialValues(const TensorEntry& entry, size_t index, uint64_t seed);

// A new model folder with random weights and the tokenizer of another folder; vocab_size follows the tokenizer where
// the configuration does not fit it. Throws Error.
void initializeModel(ModelConfig config, const std::filesystem::path& tokenizerFolder, const std::filesystem::path& out,
                     uint64_t seed);

} // namespace attune
