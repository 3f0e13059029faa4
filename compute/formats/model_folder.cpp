#include "formats/model_folder.h"
#include "error.h"
#include "formats/json.h"
#include "sha256.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

namespace attune {

namespace fs = std::filesystem;

namespace {

constexpr const char* weightsName = "model.safetensors";
constexpr const char* indexName = "model.safetensors.index.json";
constexpr int64_t part = int64_t(1) << 20; // elements passed through memory at a time

// The number of a folder called step-N without leading zeros, or −1.
int64_t stepOf(const fs::path& folder) {
  const std::string name = folder.filename().string();
  if (!name.starts_with("step-") || name.size() < 6 || name.size() > 23) return -1;
  const std::string digits = name.substr(5);
  if (!std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; })) return -1;
  return digits.size() > 1 && digits[0] == '0' ? -1 : std::stoll(digits);
}

} // namespace

fs::path newestCheckpoint(const fs::path& run) {
  fs::path newest;
  int64_t step = -1;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(run / "checkpoints", error))
    if (const int64_t found = stepOf(entry.path()); found > step && fs::exists(entry.path() / "config.json")) {
      newest = entry.path();
      step = found;
    }
  return newest;
}

fs::path resolveModelPath(const fs::path& path) {
  std::error_code error;
  if (!fs::exists(path, error))
    throw Error(path.string() + " does not exist; a model folder, a checkpoint or a run was expected.");
  if (!fs::is_directory(path, error))
    throw Error(path.string() + " is a file; a model folder, a checkpoint or a run was expected.");
  if (fs::exists(path / "config.json", error)) return path;
  if (const fs::path newest = newestCheckpoint(path); !newest.empty()) return newest;
  if (fs::exists(path / "run.json", error) || fs::exists(path / "checkpoints", error))
    throw Error(path.string() + " is a run without a checkpoint yet; resume it or wait for its first one.");
  throw Error(path.string() + " is no model: it has neither a config.json nor a run's checkpoints.");
}

ModelFolder::ModelFolder(const fs::path& path)
    : folder(path) {
  if (!fs::exists(folder / "config.json")) throw Error(folder.string() + " is no model folder: it has no config.json.");
  modelConfig = readConfig(folder / "config.json");
  openFiles();
  // Refused before a table is made of it: a number of layers that the files cannot hold.
  size_t count = 0;
  for (const SafetensorsFile& file : files) count += file.tensors().size();
  if (uint64_t(modelConfig.nLayer) > count)
    throw Error((folder / "config.json").string() + " asks for " + std::to_string(modelConfig.nLayer) +
                " layers, but the weights hold only " + std::to_string(count) +
                " tensors; take the config.json that belongs to them.");
  table = tensorTable(modelConfig);
  match();
}

void ModelFolder::openFiles() {
  if (fs::exists(folder / weightsName)) {
    files.emplace_back(folder / weightsName);
    return;
  }
  const fs::path index = folder / indexName;
  if (!fs::exists(index)) {
    const bool old = fs::exists(folder / "pytorch_model.bin");
    throw Error(folder.string() + " has no model.safetensors" +
                (old ? ", only a pytorch_model.bin; save the model with safe_serialization=True first."
                     : "; get the model again."));
  }
  const Json json = readJson(index);
  const JsonFields map = JsonFields(json, index.string()).object("weight_map");
  std::set<std::string> names;
  for (const auto& [tensor, file] : map.json().items()) {
    const std::string name = map.text(tensor.c_str());
    if (name.empty() || fs::path(name).filename() != fs::path(name) || name == "..")
      map.fail(tensor.c_str(), "is in \"" + name + "\", which is no file of this folder.");
    names.insert(name);
  }
  for (const std::string& name : names) files.emplace_back(folder / name);
  for (const auto& [tensor, file] : map.json().items()) {
    const std::string name = file.get<std::string>();
    const auto found = std::find_if(files.begin(), files.end(),
                                    [&](const SafetensorsFile& one) { return one.path().filename() == name; });
    if (!found->find(tensor))
      map.fail(tensor.c_str(),
               "is not in " + found->path().string() + ", where the index has it; get the model again.");
  }
}

void ModelFolder::match() {
  std::unordered_map<std::string_view, const TensorEntry*> wanted;
  for (const TensorEntry& entry : table) wanted[entry.name] = &entry;
  for (size_t file = 0; file < files.size(); ++file)
    for (const TensorInfo& info : files[file].tensors()) {
      const std::string where = files[file].path().string() + ": tensor \"" + info.name + "\" ";
      const FileTensor tensor = tensorOfFile(modelConfig, info.name);
      if (tensor.skip) continue;
      const auto entry = wanted.find(tensor.name);
      if (entry == wanted.end())
        throw Error(where +
                    "is not part of the model that config.json describes; take the config.json that belongs to it.");
      if (entry->second->shape != info.shape)
        throw Error(where + "has the shape " + shapeText(info.shape) + ", but config.json asks for " +
                    shapeText(entry->second->shape) + "; take the config.json that belongs to it.");
      if (info.dtype != DType::F32 && info.dtype != DType::F16 && info.dtype != DType::BF16)
        throw Error(where + "is stored as " + dtypeName(info.dtype) + "; F32, F16 or BF16 was expected.");
      if (!sources.emplace(tensor.name, Source{file, &info}).second)
        throw Error(where + "is there twice; get the model again.");
    }
  for (const TensorEntry& entry : table)
    if (!sources.contains(entry.name))
      throw Error(folder.string() + ": tensor \"" + entry.name + "\" of shape " + shapeText(entry.shape) +
                  " is missing from the weights; get the model again or take the config.json that belongs to it.");
}

const ModelFolder::Source& ModelFolder::sourceOf(std::string_view name) const {
  const auto found = sources.find(std::string(name));
  if (found == sources.end()) throw Error(folder.string() + ": the model has no tensor \"" + std::string(name) + "\".");
  return found->second;
}

DType ModelFolder::dtype(std::string_view name) const { return sourceOf(name).info->dtype; }
DType ModelFolder::dtype() const { return dtype(table.front().name); }

uint64_t ModelFolder::weightBytes() const {
  uint64_t bytes = 0;
  for (const SafetensorsFile& file : files) bytes += fs::file_size(file.path());
  return bytes;
}

HostTensor ModelFolder::read(std::string_view name) const {
  const Source& source = sourceOf(name);
  return files[source.file].read(source.info->name);
}

void ModelFolder::read(std::string_view name, std::span<float> out, int64_t first) const {
  const Source& source = sourceOf(name);
  files[source.file].read(*source.info, out, first);
}

std::vector<std::string> ModelFolder::notFinite() const {
  std::vector<std::string> names;
  std::vector<float> values;
  for (const TensorEntry& entry : table)
    for (int64_t first = 0, total = entry.elements(); first < total; first += part) {
      values.resize(size_t(std::min(part, total - first)));
      read(entry.name, values, first);
      if (std::all_of(values.begin(), values.end(), [](float value) { return std::isfinite(value); })) continue;
      names.push_back(entry.name);
      break;
    }
  return names;
}

std::string ModelFolder::sha256() const {
  if (files.size() == 1) return sha256OfFile(files[0].path());
  std::string hashes;
  for (const SafetensorsFile& file : files) hashes += sha256OfFile(file.path());
  return sha256Hex(hashes);
}

} // namespace attune
