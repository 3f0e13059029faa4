#pragma once

#include "model/config.h"
#include "text/tokenizer.h"

#include <memory>

namespace attune {

// What ends a reply: the configuration's and the tokenizer's end-of-text, and the end of a turn of its chat template.
// Sorted, each once, within the vocabulary.
std::vector<int32_t> endTokens(const ModelConfig& config, const std::shared_ptr<const Tokenizer>& tokenizer);

} // namespace attune
