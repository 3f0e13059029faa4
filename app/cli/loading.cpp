#include "cli/loading.h"

#include "cli/output.h"
#include "error.h"
#include "formats/json.h"
#include "formats/model_folder.h"
#include "text/chat_template.h"
#include "text/utf8.h"

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>

namespace attune::cli {

namespace fs = std::filesystem;

Option modelOption() {
  return {"model", "DIR", "a model folder, a checkpoint, or a run (its newest checkpoint)", "", false, true};
}

fs::path modelFolder(const Arguments& arguments) { return resolveModelPath(arguments.text("model")); }

std::shared_ptr<const Tokenizer> tokenizerIn(const fs::path& folder) {
  return Tokenizer::isIn(folder) ? Tokenizer::load(folder) : nullptr;
}

std::shared_ptr<const Tokenizer> requireTokenizer(const fs::path& folder, const std::string& instead) {
  if (auto tokenizer = tokenizerIn(folder)) return tokenizer;
  throw Error(folder.string() + " has no tokenizer (tokenizer.json); " + instead + ".");
}

std::shared_ptr<vulkan::Device> openDevice(const Arguments& arguments) {
  return vulkan::Device::open(arguments.text("device"));
}

std::shared_ptr<Model> loadModel(const Arguments& arguments, const fs::path& folder) {
  return Model::load(openDevice(arguments), folder);
}

void checkTextOrIds(const Arguments& arguments, const std::string& textOption) {
  if (arguments.has(textOption) == arguments.has("ids"))
    arguments.wrong("One of --" + textOption + " TEXT and --ids 1,2,3 was expected");
  if (arguments.has("ids")) parseIds(arguments, arguments.all("ids"), "--ids");
}

std::vector<int32_t> idsOf(const Arguments& arguments, const std::string& textOption,
                           const std::shared_ptr<const Tokenizer>& tokenizer, const fs::path& folder) {
  if (arguments.has("ids")) return parseIds(arguments, arguments.all("ids"), "--ids");
  if (!tokenizer)
    throw Error(folder.string() + " has no tokenizer (tokenizer.json), so a text means nothing to it; give --ids 1,2,3 "
                                  "or put its tokenizer there.");
  const std::string text = arguments.text(textOption);
  requireUtf8(text, "--" + textOption);
  std::vector<int32_t> ids = tokenizer->encode(text, SpecialTokens::AsText);
  if (ids.empty()) ids = {tokenizer->startToken()};
  return ids;
}

void checkIds(const std::vector<int32_t>& ids, const ModelConfig& config) {
  for (const int32_t id : ids)
    if (id < 0 || id >= config.vocabSize)
      throw Error("Token id " + std::to_string(id) + " is out of range; the model knows 0 to " +
                  std::to_string(config.vocabSize - 1) + ".");
}

std::vector<int32_t> stopIdsOf(const fs::path& folder, const ModelConfig& config,
                               const std::shared_ptr<const Tokenizer>& tokenizer) {
  std::vector<int32_t> stops;
  const auto add = [&](int64_t id) {
    if (id >= 0 && id < config.vocabSize) stops.push_back(int32_t(id));
  };
  for (const int64_t id : config.eos) add(id);
  if (const fs::path file = folder / "generation_config.json"; fs::exists(file)) {
    const Json json = readJson(file);
    const JsonFields fields(json, file.string());
    if (fields.has("eos_token_id")) {
      if (fields.at("eos_token_id").is_array())
        for (const int64_t id : fields.integers("eos_token_id")) add(id);
      else
        add(fields.integer("eos_token_id"));
    }
  }
  if (tokenizer && tokenizer->eos()) add(*tokenizer->eos());
  if (tokenizer && tokenizer->chatTemplate()) try {
      add(ChatTemplate(tokenizer).endOfTurn());
    } catch (const Error&) {
      // A template that Attune does not know matters to chat, not to a text that goes on.
    }
  std::sort(stops.begin(), stops.end());
  stops.erase(std::unique(stops.begin(), stops.end()), stops.end());
  return stops;
}

std::string readInput() {
  std::string all;
  char part[1 << 16];
  while (const size_t got = std::fread(part, 1, sizeof part, stdin)) all.append(part, got);
  if (std::ferror(stdin)) throw Error("Standard input could not be read; pipe a file or a text into this command.");
  return all;
}

fs::path outOf(const Arguments& arguments) { return arguments.text("out"); }

} // namespace attune::cli
