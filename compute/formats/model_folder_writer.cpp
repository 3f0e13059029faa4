#include "error.h"
#include "formats/file.h"
#include "formats/json.h"
#include "formats/model_folder.h"

#include <algorithm>
#include <cerrno>
#include <nlohmann/json.hpp>

namespace attune {

namespace fs = std::filesystem;

namespace {

constexpr int64_t part = int64_t(1) << 20; // elements passed through memory at a time

// What transformers may look for beside the weights; which of them are there depends on who saved the tokenizer.
constexpr const char* tokenizerFiles[] = {
    "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json", "vocab.json",
    "merges.txt",     "tokenizer.model",       "chat_template.jinja"};

const char* torchName(DType dtype) {
  return dtype == DType::F16 ? "float16" : dtype == DType::BF16 ? "bfloat16" : "float32";
}

// Runs `work`; its errors name the folder that was asked for and not the hidden one beside it.
template <class Work> void named(const AtomicFolder& folder, const Work& work) {
  try {
    work();
  } catch (const Error& error) {
    std::string sentence = error.what();
    const std::string hidden = folder.path().string();
    if (const size_t at = sentence.find(hidden); at != std::string::npos)
      sentence.replace(at, hidden.size(), folder.target().string());
    throw Error(sentence);
  }
}

Json generationConfig(const ModelConfig& config) {
  Json json = {{"_from_model_config", true}};
  if (config.bos) json["bos_token_id"] = *config.bos;
  if (config.pad) json["pad_token_id"] = *config.pad;
  if (config.eos.size() == 1) json["eos_token_id"] = config.eos[0];
  if (config.eos.size() > 1) json["eos_token_id"] = config.eos;
  return json;
}

} // namespace

ModelFolderWriter::ModelFolderWriter(const fs::path& folder, const ModelConfig& config, DType dtype, bool replace)
    : lock(lockFolder(folder))
    , target(folder, replace) {
  std::vector<TensorSpec> specs;
  for (TensorEntry& entry : tensorTable(config))
    specs.push_back({std::move(entry.name), std::move(entry.shape), dtype});
  named(target, [&] {
    writeJson(path() / "config.json", configJson(config, torchName(dtype)));
    writeJson(path() / "generation_config.json", generationConfig(config));
    weights = std::make_unique<SafetensorsWriter>(path() / "model.safetensors", std::move(specs));
  });
}

ModelFolderWriter::~ModelFolderWriter() = default;

void ModelFolderWriter::write(std::string_view name, std::span<const float> values) {
  named(target, [&] { weights->write(name, values); });
}

void ModelFolderWriter::copyTokenizer(const fs::path& from) {
  named(target, [&] {
    for (const char* name : tokenizerFiles)
      if (fs::exists(from / name)) writeFileAtomically(path() / name, readFile(from / name));
    if (fs::exists(from / "generation_config.json"))
      writeFileAtomically(path() / "generation_config.json", readFile(from / "generation_config.json"));
  });
}

void ModelFolderWriter::setLineage(const Lineage& lineage) {
  named(target, [&] { writeLineage(path(), lineage); });
}

void ModelFolderWriter::commit() {
  named(target, [&] { weights->commit(); });
  target.commit();
}

void exportModel(const ModelFolder& model, const fs::path& folder, DType dtype) {
  ModelFolderWriter writer(folder, model.config(), dtype);
  std::vector<float> values;
  for (const TensorEntry& entry : model.tensors())
    for (int64_t first = 0, total = entry.elements(); first < total; first += part) {
      values.resize(size_t(std::min(part, total - first)));
      model.read(entry.name, values, first);
      writer.write(entry.name, values);
    }
  writer.copyTokenizer(model.path());
  Lineage lineage = readLineage(model.path());
  lineage.job = "export";
  lineage.parents = {{model.path().string(), model.sha256(), "model"}};
  writer.setLineage(lineage);
  writer.commit();
}

} // namespace attune
