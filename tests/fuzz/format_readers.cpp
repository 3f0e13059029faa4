#include "cli/loading.h"
#include "formats/file.h"
#include "formats/llama2c.h"
#include "formats/model_folder.h"
#include "formats/tensorboard.h"
#include "model/import.h"
#include "model/initialize.h"
#include "readers.h"
#include "scratch.h"
#include "text/tokenizer.h"

#include <algorithm>
#include <cstring>
#include <nlohmann/json.hpp>

namespace attune::fuzz {

namespace {

// The files of a folder as a seed; their kinds by their names.
std::vector<GoodFile> filesOf(const Path& folder) {
  std::vector<GoodFile> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const Path& file = entry.path();
    const Kind kind = file.extension() == ".json"          ? Kind::Json
                      : file.extension() == ".safetensors" ? Kind::Safetensors
                                                           : Kind::Bytes;
    files.push_back({file.filename().string(), readFile(file), kind});
  }
  std::sort(files.begin(), files.end(), [](const GoodFile& a, const GoodFile& b) { return a.name < b.name; });
  return files;
}

std::vector<GoodFile> safetensorsOfAllTypes() {
  const test::Scratch scratch;
  const Path file = scratch / "all.safetensors";
  SafetensorsWriter writer(file, {{"a", {2, 3}, DType::F32},
                                  {"b.c", {4}, DType::F16},
                                  {"d", {}, DType::BF16},
                                  {"e", {0, 5}, DType::F32},
                                  {"bytes", {3}, DType::U8},
                                  {"i", {1, 1, 2}, DType::I64}});
  const std::vector<float> six{1, 2, 3, 4, 5, 6};
  writer.write("a", six);
  writer.write("b.c", std::span(six).first(4));
  writer.write("d", std::span(six).first(1));
  const std::vector<std::byte> raw(16, std::byte{7});
  writer.writeRaw("bytes", std::span(raw).first(3));
  writer.writeRaw("i", raw);
  writer.commit();
  return filesOf(scratch.path());
}

void readSafetensors(const Path& folder, const Path&) {
  const SafetensorsFile file(folder / "all.safetensors");
  for (const TensorInfo& info : file.tensors()) {
    file.readRaw(info.name);
    if (info.dtype == DType::F32 || info.dtype == DType::F16 || info.dtype == DType::BF16) file.read(info.name);
  }
}

ModelConfig tinyConfig(Architecture architecture) {
  std::vector<std::string> settings{"n_layer=1", "n_head=2", "n_embd=8", "n_inner=8", "n_ctx=8"};
  if (architecture == Architecture::Llama) settings.push_back("n_kv_head=1");
  return withSettings(defaultConfig(architecture), settings);
}

std::vector<GoodFile> modelSeed(Architecture architecture) {
  const test::Scratch scratch;
  const Path tokenizer = scratch / "tokenizer", model = scratch / "model";
  std::filesystem::create_directories(tokenizer);
  Tokenizer::trainBytePairsOnText("the ferry waits for the hen", 258)->save(tokenizer);
  initializeModel(tinyConfig(architecture), tokenizer, model, 1);
  std::vector<GoodFile> files = filesOf(model);
  std::erase_if(files,
                [](const GoodFile& file) { return file.name.starts_with("tokenizer"); }); // has a reader of its own
  return files;
}

// The same in two files with an index.
std::vector<GoodFile> shardedSeed() {
  std::vector<GoodFile> files = modelSeed(Architecture::Llama);
  const test::Scratch scratch;
  for (const GoodFile& file : files) writeFileAtomically(scratch / file.name, file.bytes);
  const ModelFolder model(scratch.path());
  std::map<std::string, HostTensor> parts[2];
  Json map = Json::object();
  const std::string names[2] = {"model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"};
  size_t next = 0;
  for (const TensorEntry& entry : model.tensors()) {
    parts[next % 2][entry.name] = model.read(entry.name);
    map[entry.name] = names[next++ % 2];
  }
  for (int i : {0, 1}) writeSafetensors(scratch / names[i], parts[i]);
  writeJson(scratch / "model.safetensors.index.json", {{"metadata", {{"total_size", 1}}}, {"weight_map", map}});
  std::filesystem::remove(scratch / "model.safetensors");
  return filesOf(scratch.path());
}

void readModel(const Path& folder, const Path& out) {
  const ModelFolder model(resolveModelPath(folder));
  model.notFinite();
  model.sha256();
  readLineage(folder);
  cli::stopIdsOf(folder, model.config(), nullptr);
  exportModel(model, out / "copy", DType::F16);
  std::filesystem::remove_all(out / "copy");
}

// A checkpoint as llama2.c writes it: header, tensors, tables.
std::vector<GoodFile> llama2cSeed() {
  const int32_t header[7] = {4, 8, 1, 2, 1, 6, 4}; // width, inner, layers, heads, key heads, vocabulary, context
  const size_t floats = 6 * 4 + (4 + 16 + 8 + 8 + 16 + 4 + 32 * 3) + 4 + 4 * 2;
  std::string bytes(sizeof header + 4 * floats, '\0');
  std::memcpy(bytes.data(), header, sizeof header);
  return {{"model.bin", bytes, Kind::Bytes}};
}

void readLlama2cSeed(const Path& folder, const Path& out) {
  importModel(folder / "model.bin", {}, out / "model");
  std::filesystem::remove_all(out / "model");
}

// An events file that a run goes on with.
std::vector<GoodFile> eventsSeed() {
  const test::Scratch scratch;
  TensorBoardWriter writer(scratch.path(), 1000);
  const std::pair<std::string, float> values[] = {{"train/loss", 2.5f}, {"train/learning_rate", 1e-3f}};
  for (int step : {1, 2, 3}) writer.scalars(step, values, 1000 + step);
  return filesOf(scratch.path());
}

void goOnWithEvents(const Path& folder, const Path&) {
  const std::pair<std::string, float> values[] = {{"train/loss", 1.5f}};
  TensorBoardWriter(folder, 2000).scalars(4, values, 2001);
}

} // namespace

std::vector<Reader> formatReaders() {
  return {{"safetensors", {safetensorsOfAllTypes()}, readSafetensors},
          {"model", {modelSeed(Architecture::Gpt2), modelSeed(Architecture::Llama), shardedSeed()}, readModel},
          {"llama2c", {llama2cSeed()}, readLlama2cSeed},
          {"events", {eventsSeed()}, goOnWithEvents}};
}

} // namespace attune::fuzz
