// What commands read before they work: a device, a model, its tokenizer, token ids from options.
#pragma once

#include "cli/arguments.h"
#include "model/model.h"
#include "text/tokenizer.h"

#include <filesystem>
#include <memory>
#include <optional>

namespace attune::cli {

Option modelOption();

// The model folder that --model names (a folder, a checkpoint or a run).
std::filesystem::path modelFolder(const Arguments& arguments);

// The tokenizer of a model folder; null where it has none.
std::shared_ptr<const Tokenizer> tokenizerIn(const std::filesystem::path& folder);
// The same where the job cannot go without one. Throws Error; `instead` says what can be done ("give --ids").
std::shared_ptr<const Tokenizer> requireTokenizer(const std::filesystem::path& folder, const std::string& instead);

std::shared_ptr<vulkan::Device> openDevice(const Arguments& arguments);
std::shared_ptr<Model> loadModel(const Arguments& arguments, const std::filesystem::path& folder);

// Wrong usage unless exactly one of --`textOption` and --ids is there, and the ids are numbers. Comes before all work.
void checkTextOrIds(const Arguments& arguments, const std::string& textOption);

// The token ids of --ids or of the text that --`textOption` gives (a person's: no special tokens in it); an empty text
// is the start token.
std::vector<int32_t> idsOf(const Arguments& arguments, const std::string& textOption,
                           const std::shared_ptr<const Tokenizer>& tokenizer, const std::filesystem::path& folder);
// Throws Error naming the first id that the model does not know.
void checkIds(const std::vector<int32_t>& ids, const ModelConfig& config);

// What ends a text: the end-of-text ids of config.json, generation_config.json and the tokenizer, and the end of a turn
// of its chat template. Sorted, each once.
std::vector<int32_t> stopIdsOf(const std::filesystem::path& folder, const ModelConfig& config,
                               const std::shared_ptr<const Tokenizer>& tokenizer);

// All of standard input.
std::string readInput();

// The output folder or file that --out names; WrongUsage when it is missing.
std::filesystem::path outOf(const Arguments& arguments);

} // namespace attune::cli
