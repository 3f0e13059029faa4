#include "model/tensor_table.h"

#include <cmath>

namespace attune {

namespace {

using Shape = std::vector<int64_t>;

struct Table {
  std::vector<TensorEntry> entries;

  void matrix(std::string name, Shape shape, double std) {
    entries.push_back({std::move(name), std::move(shape), TensorInit::Normal, std, true});
  }
  void zeros(std::string name, int64_t width) {
    entries.push_back({std::move(name), {width}, TensorInit::Zeros, 0, false});
  }
  void ones(std::string name, int64_t width) {
    entries.push_back({std::move(name), {width}, TensorInit::Ones, 0, false});
  }
};

void addGpt2(Table& table, const ModelConfig& c) {
  const double std = c.initializerRange, residual = std / std::sqrt(2.0 * double(c.nLayer));
  const int64_t C = c.nEmbd;
  table.matrix("transformer.wte.weight", {c.vocabSize, C}, std);
  table.matrix("transformer.wpe.weight", {c.nCtx, C}, std);
  for (int64_t layer = 0; layer < c.nLayer; ++layer) {
    const std::string h = "transformer.h." + std::to_string(layer) + ".";
    table.ones(h + "ln_1.weight", C);
    table.zeros(h + "ln_1.bias", C);
    table.matrix(h + "attn.c_attn.weight", {C, 3 * C}, std); // [in, out]; queries, keys, values side by side
    table.zeros(h + "attn.c_attn.bias", 3 * C);
    table.matrix(h + "attn.c_proj.weight", {C, C}, residual);
    table.zeros(h + "attn.c_proj.bias", C);
    table.ones(h + "ln_2.weight", C);
    table.zeros(h + "ln_2.bias", C);
    table.matrix(h + "mlp.c_fc.weight", {C, c.nInner}, std);
    table.zeros(h + "mlp.c_fc.bias", c.nInner);
    table.matrix(h + "mlp.c_proj.weight", {c.nInner, C}, residual);
    table.zeros(h + "mlp.c_proj.bias", C);
  }
  table.ones("transformer.ln_f.weight", C);
  table.zeros("transformer.ln_f.bias", C);
}

void addLlama(Table& table, const ModelConfig& c) {
  const double std = c.initializerRange;
  const int64_t C = c.nEmbd;
  table.matrix("model.embed_tokens.weight", {c.vocabSize, C}, std);
  for (int64_t layer = 0; layer < c.nLayer; ++layer) {
    const std::string l = "model.layers." + std::to_string(layer) + ".";
    table.matrix(l + "self_attn.q_proj.weight", {c.attentionWidth(), C}, std); // [out, in]
    table.matrix(l + "self_attn.k_proj.weight", {c.keyValueWidth(), C}, std);
    table.matrix(l + "self_attn.v_proj.weight", {c.keyValueWidth(), C}, std);
    table.matrix(l + "self_attn.o_proj.weight", {C, c.attentionWidth()}, std);
    table.matrix(l + "mlp.gate_proj.weight", {c.nInner, C}, std);
    table.matrix(l + "mlp.up_proj.weight", {c.nInner, C}, std);
    table.matrix(l + "mlp.down_proj.weight", {C, c.nInner}, std);
    table.ones(l + "input_layernorm.weight", C);
    table.ones(l + "post_attention_layernorm.weight", C);
  }
  table.ones("model.norm.weight", C);
}

// The text after `prefix` and a whole number and a dot ("h.12.attn.bias" gives "attn.bias"); empty when it is not so.
std::string_view afterLayer(std::string_view name, std::string_view prefix) {
  if (!name.starts_with(prefix)) return {};
  name.remove_prefix(prefix.size());
  size_t digits = 0;
  while (digits < name.size() && name[digits] >= '0' && name[digits] <= '9') ++digits;
  if (digits == 0 || digits >= name.size() || name[digits] != '.') return {};
  return name.substr(digits + 1);
}

} // namespace

int64_t TensorEntry::elements() const {
  int64_t count = 1;
  for (int64_t size : shape) count *= size;
  return count;
}

std::vector<TensorEntry> tensorTable(const ModelConfig& config) {
  Table table;
  if (config.architecture == Architecture::Gpt2)
    addGpt2(table, config);
  else
    addLlama(table, config);
  if (config.classifier)
    table.matrix("score.weight", {1, config.nEmbd}, 1 / std::sqrt(double(config.nEmbd) + 1));
  else if (!config.tied)
    table.matrix("lm_head.weight", {config.vocabSize, config.nEmbd}, config.initializerRange);
  return table.entries;
}

int64_t parameterCount(const ModelConfig& config) {
  int64_t count = 0;
  for (const TensorEntry& entry : tensorTable(config)) count += entry.elements();
  return count;
}

FileTensor tensorOfFile(const ModelConfig& config, std::string_view fileName) {
  const bool gpt2 = config.architecture == Architecture::Gpt2;
  const std::string_view prefix = gpt2 ? "transformer." : "model.";
  const bool head = fileName == "lm_head.weight" || fileName == "score.weight";
  std::string name(fileName);
  if (!head && !fileName.starts_with(prefix)) name = std::string(prefix) + name;
  // What carries nothing: the causal mask as a buffer, the rotary frequencies, a tied head's second copy.
  const std::string_view inLayer = afterLayer(name, gpt2 ? "transformer.h." : "model.layers.");
  if (gpt2 && (inLayer == "attn.bias" || inLayer == "attn.masked_bias")) return {{}, true};
  if (!gpt2 && (inLayer == "self_attn.rotary_emb.inv_freq" || name == "model.rotary_emb.inv_freq")) return {{}, true};
  if (name == "lm_head.weight" && config.tied && !config.classifier) return {{}, true};
  return {name, false};
}

} // namespace attune
