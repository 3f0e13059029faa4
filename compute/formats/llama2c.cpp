#include "formats/llama2c.h"
#include "error.h"
#include "formats/file.h"

#include <cstdlib>
#include <cstring>

namespace attune {

namespace {

constexpr size_t headerBytes = 7 * sizeof(int32_t);

// Takes the file's floats in turn.
struct Floats {
  const std::string& bytes;
  size_t at = headerBytes;

  std::vector<float> next(int64_t count) {
    std::vector<float> values(static_cast<size_t>(count));
    std::memcpy(values.data(), bytes.data() + at, values.size() * sizeof(float));
    at += values.size() * sizeof(float);
    return values;
  }
};

// Rows of [heads · width, columns]: in each head, row 2i goes to i and row 2i + 1 to i + width/2.
std::vector<float> neighboursToHalves(const std::vector<float>& rows, int64_t heads, int64_t width, int64_t columns) {
  std::vector<float> out(rows.size());
  for (int64_t head = 0; head < heads; ++head)
    for (int64_t row = 0; row < width; ++row) {
      const int64_t to = row % 2 * (width / 2) + row / 2;
      std::memcpy(&out[size_t((head * width + to) * columns)], &rows[size_t((head * width + row) * columns)],
                  size_t(columns) * sizeof(float));
    }
  return out;
}

ModelConfig readHeader(const std::string& bytes, const std::string& name) {
  if (bytes.size() < headerBytes)
    throw Error(name + " holds " + std::to_string(bytes.size()) +
                " bytes, too few for a llama2.c checkpoint; get it again.");
  int32_t header[7];
  std::memcpy(header, bytes.data(), headerBytes);
  if (header[0] == 0x616b3432)
    throw Error(name + " is a llama2.c checkpoint of a newer version; only the first, without a magic number, can be "
                       "read: export it with --version 0.");
  const char* fields[7] = {"dim", "hidden_dim", "n_layers", "n_heads", "n_kv_heads", "vocab_size", "seq_len"};
  for (int i = 0; i < 7; ++i) {
    const int64_t value = i == 5 && header[i] < 0 ? -int64_t(header[i]) : header[i];
    if (value < 1 || value > (1 << 28))
      throw Error(name + " is no llama2.c checkpoint: its header says " + fields[i] + " " + std::to_string(header[i]) +
                  ".");
  }
  ModelConfig config = defaultConfig(Architecture::Llama);
  config.nEmbd = header[0];
  config.nInner = header[1];
  config.nLayer = header[2];
  config.nHead = header[3];
  config.nKvHead = header[4];
  config.vocabSize = std::abs(int64_t(header[5]));
  config.tied = header[5] > 0; // a negative size marks a head of its own
  config.nCtx = header[6];
  config.eps = 1e-5; // fixed in llama2.c, as are the ids of BOS and EOS
  if (config.nEmbd % config.nHead != 0)
    throw Error(name + " is no llama2.c checkpoint: its width " + std::to_string(config.nEmbd) +
                " is not divisible by its " + std::to_string(config.nHead) + " heads.");
  config.headDim = config.nEmbd / config.nHead;
  checkConfig(config, name);
  return config;
}

} // namespace

Llama2cModel readLlama2c(const std::filesystem::path& file) {
  const std::string name = file.string();
  const std::string bytes = readFile(file);
  Llama2cModel model;
  const ModelConfig& c = model.config = readHeader(bytes, name);
  const int64_t L = c.nLayer, C = c.nEmbd, kv = c.keyValueWidth(), inner = c.nInner,
                tables = c.nCtx * c.headDim; // cos and sin, half a head each
  // Counted in doubles first: a hostile header must not overflow.
  const double layer =
      2.0 * double(C) + 2.0 * double(C) * double(C) + 2.0 * double(kv) * double(C) + 3.0 * double(inner) * double(C);
  const double floats =
      double(c.vocabSize) * double(C) * (c.tied ? 1 : 2) + double(L) * layer + double(C) + double(tables);
  if (double(headerBytes) + 4 * floats != double(bytes.size()))
    throw Error(name + " holds " + std::to_string(bytes.size()) + " bytes, but its header asks for " +
                std::to_string(int64_t(28 + 4 * floats)) +
                ": it is cut short or no llama2.c checkpoint; get it again.");

  Floats from{bytes};
  const auto add = [&](const std::string& tensor, std::vector<int64_t> shape, std::vector<float> values) {
    model.tensors[tensor] = {std::move(shape), std::move(values)};
  };
  // Each kind of tensor for all layers in turn.
  const auto addLayers = [&](const char* tensor, std::vector<int64_t> shape, int64_t rotaryHeads = 0) {
    int64_t count = 1;
    for (int64_t size : shape) count *= size;
    for (int64_t i = 0; i < L; ++i) {
      std::vector<float> values = from.next(count);
      if (rotaryHeads) values = neighboursToHalves(values, rotaryHeads, c.headDim, C);
      add("model.layers." + std::to_string(i) + "." + tensor, shape, std::move(values));
    }
  };
  add("model.embed_tokens.weight", {c.vocabSize, C}, from.next(c.vocabSize * C));
  addLayers("input_layernorm.weight", {C});
  addLayers("self_attn.q_proj.weight", {C, C}, c.nHead);
  addLayers("self_attn.k_proj.weight", {kv, C}, c.nKvHead);
  addLayers("self_attn.v_proj.weight", {kv, C});
  addLayers("self_attn.o_proj.weight", {C, C});
  addLayers("post_attention_layernorm.weight", {C});
  addLayers("mlp.gate_proj.weight", {inner, C});
  addLayers("mlp.down_proj.weight", {C, inner});
  addLayers("mlp.up_proj.weight", {inner, C});
  add("model.norm.weight", {C}, from.next(C));
  from.next(tables);
  if (!c.tied) add("lm_head.weight", {c.vocabSize, C}, from.next(c.vocabSize * C));
  return model;
}

} // namespace attune
