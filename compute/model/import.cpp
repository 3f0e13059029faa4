#include "model/import.h"

#include "error.h"
#include "formats/llama2c.h"
#include "formats/model_folder.h"
#include "sha256.h"
#include "text/tokenizer.h"

#include <algorithm>

namespace attune {

namespace fs = std::filesystem;

namespace {

constexpr int64_t part = int64_t(1) << 20; // elements passed through memory at a time

Lineage lineageOf(const fs::path& source, const std::string& hash) {
  Lineage lineage;
  lineage.createdBy = "attune " ATTUNE_VERSION;
  lineage.job = "import";
  lineage.parents = {{source.string(), hash, "model"}};
  return lineage;
}

std::shared_ptr<const Tokenizer> tokenizerOf(const std::optional<fs::path>& file, const ModelConfig& config) {
  if (!file) return nullptr;
  const auto tokenizer =
      file->extension() == ".bin" ? Tokenizer::importLlama2c(*file, int(config.vocabSize)) : Tokenizer::load(*file);
  if (tokenizer->size() > config.vocabSize)
    throw Error(file->string() + " has " + std::to_string(tokenizer->size()) + " tokens, but the model knows " +
                std::to_string(config.vocabSize) + "; take the tokenizer that belongs to the model.");
  return tokenizer;
}

void importFolder(const fs::path& source, const std::optional<fs::path>& tokenizerFile, const fs::path& out) {
  const ModelFolder model(source);
  const auto tokenizer = tokenizerOf(tokenizerFile, model.config());
  ModelFolderWriter writer(out, model.config(), model.dtype());
  std::vector<float> values;
  for (const TensorEntry& entry : model.tensors())
    for (int64_t first = 0, total = entry.elements(); first < total; first += part) {
      values.resize(size_t(std::min(part, total - first)));
      model.read(entry.name, values, first);
      writer.write(entry.name, values);
    }
  writer.copyTokenizer(source);
  if (tokenizer) tokenizer->save(writer.path());
  Lineage lineage = lineageOf(source, model.sha256());
  if (fs::exists(source / "attune.json")) lineage.rewardShift = readLineage(source).rewardShift;
  writer.setLineage(lineage);
  writer.commit();
}

void importLlama2cFile(const fs::path& source, const std::optional<fs::path>& tokenizerFile, const fs::path& out) {
  const Llama2cModel model = readLlama2c(source);
  const auto tokenizer = tokenizerOf(tokenizerFile, model.config);
  ModelFolderWriter writer(out, model.config);
  for (const auto& [name, tensor] : model.tensors) writer.write(name, tensor.data);
  if (tokenizer) tokenizer->save(writer.path());
  writer.setLineage(lineageOf(source, sha256OfFile(source)));
  writer.commit();
}

} // namespace

void importModel(const fs::path& source, const std::optional<fs::path>& tokenizer, const fs::path& out) {
  std::error_code error;
  if (!fs::exists(source, error))
    throw Error(source.string() + " does not exist; a model folder or a llama2.c checkpoint was expected.");
  if (fs::is_directory(source, error)) return importFolder(resolveModelPath(source), tokenizer, out);
  if (source.extension() == ".safetensors" || source.extension() == ".json")
    return importFolder(source.parent_path().empty() ? fs::path(".") : source.parent_path(), tokenizer, out);
  if (source.extension() == ".gguf" || source.extension() == ".pt" || source.extension() == ".pth")
    throw Error(source.string() + " is of a kind that cannot be imported; a model folder of transformers or a llama2.c "
                                  "checkpoint (.bin) was expected.");
  importLlama2cFile(source, tokenizer, out);
}

} // namespace attune
