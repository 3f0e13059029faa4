// A model on disk as transformers keeps it: config.json, model.safetensors (or its shards with an index),
// generation_config.json, the tokenizer's files, and attune.json.
//
// Opening checks everything against the table of tensors: each must be there once, with its shape and a float type, and
// nothing else may be. Numbers are read tensor by tensor (or in parts), written in any order, and never held twice.
#pragma once

#include "formats/file_lock.h"
#include "formats/lineage.h"
#include "formats/safetensors.h"
#include "model/tensor_table.h"

#include <memory>
#include <unordered_map>

namespace attune {

// What `--model` names: a model folder itself, a checkpoint (RUN/checkpoints/step-N), or a run, which gives its newest
// checkpoint. Throws Error.
std::filesystem::path resolveModelPath(const std::filesystem::path& path);

// The newest RUN/checkpoints/step-N, or empty.
std::filesystem::path newestCheckpoint(const std::filesystem::path& run);

class ModelFolder {
public:
  // Reads the configuration and the headers; throws Error naming file and tensor.
  explicit ModelFolder(const std::filesystem::path& folder);

  const std::filesystem::path& path() const { return folder; }
  const ModelConfig& config() const { return modelConfig; }
  const std::vector<TensorEntry>& tensors() const { return table; } // the whole model, in the table's order
  DType dtype(std::string_view name) const;                         // as stored
  DType dtype() const;                                              // of the first tensor: the embedding
  uint64_t weightBytes() const;                                     // on disk

  // By name in the table; float32, exact. The second reads out.size() elements from `first` on.
  HostTensor read(std::string_view name) const;
  void read(std::string_view name, std::span<float> out, int64_t first = 0) const;

  // Names of tensors that hold a NaN or an infinity (allowed, but worth telling). Reads the whole model.
  std::vector<std::string> notFinite() const;

  // SHA-256 of the weights' file; with shards, of their hashes in the order of their names.
  std::string sha256() const;

private:
  struct Source {
    size_t file;
    const TensorInfo* info;
  };
  void openFiles();
  void match();
  const Source& sourceOf(std::string_view name) const;

  std::filesystem::path folder;
  ModelConfig modelConfig;
  std::vector<TensorEntry> table;
  std::vector<SafetensorsFile> files;
  std::unordered_map<std::string, Source> sources; // by name in the table
};

// Writes a model folder that appears whole or not at all; a second writer of the same folder is refused.
class ModelFolderWriter {
public:
  // `dtype`: F32, F16 or BF16. A folder that exists and is not empty is refused unless `replace`, which then takes its
  // place in one step.
  ModelFolderWriter(const std::filesystem::path& folder, const ModelConfig& config, DType dtype = DType::F32,
                    bool replace = false);
  ~ModelFolderWriter();

  // By name in the table, tensors in any order, each one's elements in order in as many parts as wanted.
  void write(std::string_view name, std::span<const float> values);

  // Copies the tokenizer's files (tokenizer.json, tokenizer_config.json, ...) and generation_config.json of another
  // folder, as far as they are there.
  void copyTokenizer(const std::filesystem::path& from);
  void setLineage(const Lineage& lineage);
  // Where further files may be written before `commit` (a checkpoint's optimizer state): they appear with the rest.
  const std::filesystem::path& path() const { return target.path(); }

  void commit();

private:
  FileLock lock;
  AtomicFolder target;
  std::unique_ptr<SafetensorsWriter> weights;
};

// A whole copy with another element type (`model export`).
void exportModel(const ModelFolder& model, const std::filesystem::path& folder, DType dtype);

} // namespace attune
