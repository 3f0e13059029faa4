// Small real models made in a test: the golden ones with a byte tokenizer trained here, with or without a chat
// template.
#pragma once

#include "formats/model_folder.h"
#include "golden.h"
#include "text/chat_template.h"
#include "text/tokenizer.h"

#include <filesystem>

namespace attune::test {

// A GPT-2 with random weights (fixed seed) at `folder`; a chat model's tokenizer carries Attune's template. `scale`:
// the weights' standard deviation: larger ones speak less evenly.
void makeTinyModel(const std::filesystem::path& folder, bool chat, int context = 128, double scale = 0.15);

// The same as a reward model of such chat models: one score, from the last token.
void makeTinyRewardModel(const std::filesystem::path& folder, int context = 128);

} // namespace attune::test
