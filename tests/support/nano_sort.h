// The sorting model of the shared data (gpt-nano-sort): a trained GPT-2 in minGPT's layout, and every intermediate of
// one batch. Its linear weights are [out, in] and become GPT-2's [in, out]; its head is its own and not the embedding.
#pragma once

#include "formats/json.h"
#include "formats/safetensors.h"
#include "golden.h"
#include "model/tensor_table.h"

#include <cstring>
#include <nlohmann/json.hpp>

namespace attune::test {

struct NanoSort {
  ModelConfig config;
  std::map<std::string, HostTensor> tensors;  // by transformers' name
  std::map<std::string, HostTensor> partials; // "idx" [3, 11], "ln1" [3, 11, 48], "attSm" [3, 3, 11, 11], ..., of block
                                              // 0 unless named otherwise ("block1", "ln_f", "lm_head", "probs")
};

inline std::vector<float> floatsOfBase64(const std::string& text) {
  static const std::string letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string bytes;
  uint32_t pending = 0;
  int bits = 0;
  for (char letter : text) {
    const size_t value = letters.find(letter);
    if (value == std::string::npos) break; // the padding
    pending = pending << 6 | uint32_t(value);
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes += char(pending >> bits);
  }
  std::vector<float> values(bytes.size() / 4);
  std::memcpy(values.data(), bytes.data(), values.size() * 4);
  return values;
}

inline std::map<std::string, HostTensor> tensorsOfBase64(const std::filesystem::path& file) {
  std::map<std::string, HostTensor> tensors;
  const Json json = readJson(file);
  for (const auto& [name, value] : json.items())
    if (name != "config")
      tensors[name] = {value["shape"].get<std::vector<int64_t>>(), floatsOfBase64(value["data"].get<std::string>())};
  return tensors;
}

inline HostTensor transposed(const HostTensor& matrix) {
  const size_t rows = size_t(matrix.shape[0]), columns = size_t(matrix.shape[1]);
  HostTensor out{{matrix.shape[1], matrix.shape[0]}, std::vector<float>(matrix.data.size())};
  for (size_t row = 0; row < rows; ++row)
    for (size_t column = 0; column < columns; ++column)
      out.data[column * rows + row] = matrix.data[row * columns + column];
  return out;
}

// Empty tensors, after a line SKIPPED, when the data is absent.
inline NanoSort nanoSort() {
  NanoSort sort;
  const auto folder = sharedData("gpt-nano-sort");
  if (folder.empty()) return sort;
  sort.config = withSettings(defaultConfig(Architecture::Gpt2),
                             {"n_layer=3", "n_head=3", "n_embd=48", "n_ctx=11", "vocab_size=3",
                              "tie_word_embeddings=false", "bos_token_id=null", "eos_token_id=null"});
  for (auto& [name, tensor] : tensorsOfBase64(folder / "gpt-nano-sort-model.json")) {
    if (tensorOfFile(sort.config, name).skip) continue;
    const bool linear = tensor.shape.size() == 2 && name.find(".c_") != std::string::npos;
    sort.tensors[name] = linear ? transposed(tensor) : std::move(tensor);
  }
  sort.partials = tensorsOfBase64(folder / "gpt-nano-sort-t0-partials.json");
  return sort;
}

} // namespace attune::test
