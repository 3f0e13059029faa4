#include "model/transformer.h"

#include "model/tensor_table.h"
#include "ops/dropout.h"
#include "ops/gated_unit.h"
#include "ops/linear.h"
#include "ops/norm.h"
#include "ops/rotary.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace attune {
namespace {

// Writes one decoder, holding what every block needs.
class Writer {
public:
  Writer(Graph& graph, const Transformer& model, const TokenInputs& inputs, const Attend& attend)
      : graph_(graph)
      , model_(model)
      , config_(model.config)
      , inputs_(inputs)
      , attend_(attend) {}

  Tensor gpt2(std::vector<Tensor>* each) {
    Tensor x = embed(graph_, parameter("transformer.wte.weight"), inputs_.ids, parameter("transformer.wpe.weight"),
                     inputs_.positions);
    x = dropped(x, {});
    for (int64_t layer = 0; layer < config_.nLayer; ++layer) {
      if (each) each->push_back(x);
      const std::string block = "transformer.h." + std::to_string(layer) + ".";
      const Tensor qkv = conv(norm(x, block + "ln_1"), block + "attn.c_attn");
      const int64_t width = config_.nEmbd;
      const Tensor a = attend_(graph_, layer, {{qkv, 0}, {qkv, width}, {qkv, 2 * width}});
      x = conv(a, block + "attn.c_proj", x);
      const Tensor h =
          conv(norm(x, block + "ln_2"), block + "mlp.c_fc", LinearOptions{.gelu = true, .training = model_.training});
      x = conv(h, block + "mlp.c_proj", x);
    }
    if (each) each->push_back(x);
    return norm(x, "transformer.ln_f");
  }

  Tensor llama(std::vector<Tensor>* each) {
    const Tensor table = graph_.external("rotary", {config_.nCtx, config_.headDim});
    const auto turned = [&](Tensor t) { return rotary(graph_, t, inputs_.positions.numbers, table); };
    Tensor x = dropped(embed(graph_, parameter("model.embed_tokens.weight"), inputs_.ids, {}, {}), {});
    for (int64_t layer = 0; layer < config_.nLayer; ++layer) {
      if (each) each->push_back(x);
      const std::string block = "model.layers." + std::to_string(layer) + ".";
      const Tensor n = rms(x, block + "input_layernorm");
      const Tensor q = turned(dense(n, block + "self_attn.q_proj")), k = turned(dense(n, block + "self_attn.k_proj"));
      const Tensor v = dense(n, block + "self_attn.v_proj");
      x = dense(attend_(graph_, layer, {{q}, {k}, {v}}), block + "self_attn.o_proj", x);
      const Tensor m = rms(x, block + "post_attention_layernorm");
      const Tensor gate = dense(m, block + "mlp.gate_proj"), up = dense(m, block + "mlp.up_proj");
      x = dense(gatedUnit(graph_, gate, up), block + "mlp.down_proj", x);
    }
    if (each) each->push_back(x);
    return rms(x, "model.norm");
  }

private:
  Tensor parameter(const std::string& name) const { return model_.parameters.at(name); }
  Tensor norm(Tensor x, const std::string& name) {
    return layerNorm(graph_, x, parameter(name + ".weight"), parameter(name + ".bias"), float(config_.eps));
  }
  Tensor rms(Tensor x, const std::string& name) {
    return rmsNorm(graph_, x, parameter(name + ".weight"), float(config_.eps));
  }
  Tensor conv(Tensor x, const std::string& name, LinearOptions options = {}) {
    options.bias = parameter(name + ".bias");
    return linear(graph_, x, parameter(name + ".weight"), WeightLayout::InOut, options);
  }
  Tensor dense(Tensor x, const std::string& name) {
    return linear(graph_, x, parameter(name + ".weight"), WeightLayout::OutIn);
  }

  // The same with a residual, which goes into the product's kernel where no dropout comes between.
  Tensor conv(Tensor x, const std::string& name, Tensor residual) {
    return model_.dropout > 0 ? dropped(conv(x, name), residual) : conv(x, name, LinearOptions{.residual = residual});
  }
  Tensor dense(Tensor x, const std::string& name, Tensor residual) {
    if (model_.dropout > 0) return dropped(dense(x, name), residual);
    return linear(graph_, x, parameter(name + ".weight"), WeightLayout::OutIn, {.residual = residual});
  }
  Tensor dropped(Tensor x, Tensor residual) {
    if (model_.dropout <= 0) return x;
    if (!dropoutStep_) dropoutStep_ = graph_.external("dropout", {4});
    return dropout(graph_, x, model_.dropout, residual, dropoutStep_, dropoutLayer_++);
  }

  Graph& graph_;
  const Transformer& model_;
  const ModelConfig& config_;
  const TokenInputs& inputs_;
  const Attend& attend_;
  Tensor dropoutStep_;
  uint32_t dropoutLayer_ = 0;
};

} // namespace

TokenInputs tokenInputs(Graph& graph, int64_t tokens, bool training) {
  TokenInputs inputs{{graph.external("ids", {tokens})}, {graph.external("positions", {tokens})}};
  if (training) {
    inputs.ids.order = graph.external("ids.order", {tokens});
    inputs.positions.order = graph.external("positions.order", {tokens});
  }
  return inputs;
}

std::map<std::string, Tensor> parameterTensors(Graph& graph, const ModelConfig& config) {
  std::map<std::string, Tensor> tensors;
  for (const TensorEntry& entry : tensorTable(config)) tensors[entry.name] = graph.external(entry.name, entry.shape);
  return tensors;
}

Tensor Transformer::hidden(Graph& graph, const TokenInputs& inputs, const Attend& attend,
                           std::vector<Tensor>* each) const {
  Writer writer(graph, *this, inputs, attend);
  return config.architecture == Architecture::Gpt2 ? writer.gpt2(each) : writer.llama(each);
}

Tensor Transformer::head() const {
  if (config.classifier) return parameters.at("score.weight");
  if (!config.tied) return parameters.at("lm_head.weight");
  return parameters.at(config.architecture == Architecture::Gpt2 ? "transformer.wte.weight"
                                                                 : "model.embed_tokens.weight");
}

std::vector<float> rotaryTable(const ModelConfig& config, int64_t positions) {
  const int64_t half = config.headDim / 2;
  std::vector<float> table(size_t(positions * config.headDim));
  for (int64_t d = 0; d < half; ++d) {
    double frequency = std::pow(config.ropeTheta, -2.0 * double(d) / double(config.headDim));
    if (config.ropeScaling) {
      // Llama 3: wavelengths beyond the original context are stretched by the factor, those well inside it stay, and
      // those between go from one to the other.
      const Llama3Scaling& s = *config.ropeScaling;
      const double turns = double(s.originalContext) * frequency / (2 * std::numbers::pi); // over the original context
      const double smooth = std::clamp((turns - s.lowFreqFactor) / (s.highFreqFactor - s.lowFreqFactor), 0.0, 1.0);
      frequency = (1 - smooth) * frequency / s.factor + smooth * frequency;
    }
    for (int64_t p = 0; p < positions; ++p) {
      table[size_t(p * config.headDim + d)] = float(std::cos(double(p) * frequency));
      table[size_t(p * config.headDim + half + d)] = float(std::sin(double(p) * frequency));
    }
  }
  return table;
}

} // namespace attune
