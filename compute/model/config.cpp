#include "model/config.h"
#include "error.h"
#include "formats/json.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <nlohmann/json.hpp>
#include <tuple>

namespace attune {

namespace {

constexpr int64_t largest = int64_t(1) << 31; // of any size; products of two stay far from overflow

// What each family's config.json calls the sizes.
struct Keys {
  const char *nLayer, *nHead, *nKvHead, *nEmbd, *nInner, *nCtx, *eps, *activation;
};
constexpr Keys gpt2Keys{
    "n_layer", "n_head", nullptr, "n_embd", "n_inner", "n_positions", "layer_norm_epsilon", "activation_function"};
constexpr Keys llamaKeys{"num_hidden_layers", "num_attention_heads",     "num_key_value_heads", "hidden_size",
                         "intermediate_size", "max_position_embeddings", "rms_norm_eps",        "hidden_act"};

const Keys& keysOf(Architecture architecture) { return architecture == Architecture::Gpt2 ? gpt2Keys : llamaKeys; }

struct ClassName {
  const char* name;
  Architecture architecture;
  bool classifier;
};
constexpr std::array<ClassName, 5> classNames{{{"GPT2LMHeadModel", Architecture::Gpt2, false},
                                               {"GPT2ForSequenceClassification", Architecture::Gpt2, true},
                                               {"LlamaForCausalLM", Architecture::Llama, false},
                                               {"LlamaForSequenceClassification", Architecture::Llama, true},
                                               {"GPT2Model", Architecture::Gpt2, false}}};

const char* supported = "supported are GPT2LMHeadModel, LlamaForCausalLM, and GPT2ForSequenceClassification and "
                        "LlamaForSequenceClassification with one label";

const ClassName* classOf(const std::string& name) {
  for (const ClassName& known : classNames)
    if (name == known.name) return &known;
  return nullptr;
}

Activation parseActivation(const JsonFields& fields, const char* key, Activation fallback) {
  if (!fields.has(key)) return fallback;
  const std::string name = fields.text(key);
  if (name == "gelu_new" || name == "gelu_pytorch_tanh") return Activation::GeluTanh;
  if (name == "silu" || name == "swish") return Activation::Silu;
  fields.fail(key, "is \"" + name +
                       "\", which Attune does not compute; supported are gelu_new, gelu_pytorch_tanh and silu.");
}

// A field that must have this value (or be absent) because Attune computes nothing else.
void refuseUnless(const JsonFields& fields, const char* key, bool expected) {
  if (fields.boolean(key, expected) != expected)
    fields.fail(key, std::string("is ") + (expected ? "false" : "true") +
                         ", which Attune does not compute; choose a model where it is " +
                         (expected ? "true." : "false."));
}

void readSpecialIds(const JsonFields& fields, ModelConfig& config) {
  const auto id = [&](const char* key) -> std::optional<int64_t> {
    if (!fields.has(key)) return std::nullopt;
    const int64_t number = fields.integer(key);
    return number < 0 ? std::nullopt : std::optional(number); // −1 stands for none in some files
  };
  config.bos = id("bos_token_id");
  config.pad = id("pad_token_id");
  config.eos.clear();
  if (!fields.has("eos_token_id")) return;
  if (fields.at("eos_token_id").is_array())
    config.eos = fields.integers("eos_token_id");
  else if (const auto one = id("eos_token_id"))
    config.eos = {*one};
}

void readRope(const JsonFields& fields, ModelConfig& config) {
  // Version 5 keeps all in rope_parameters; version 4 has rope_theta, and rope_scaling for anything but the plain kind.
  config.ropeTheta = fields.number("rope_theta", 10000);
  const bool five = fields.has("rope_parameters");
  if (!five && !fields.has("rope_scaling")) return;
  const JsonFields rope = fields.object(five ? "rope_parameters" : "rope_scaling");
  config.ropeTheta = rope.number("rope_theta", config.ropeTheta);
  if (rope.number("partial_rotary_factor", 1) != 1)
    rope.fail("partial_rotary_factor", "is not 1; Attune rotates whole heads only.");
  const std::string type = rope.text("rope_type", rope.text("type", "default"));
  if (type == "default") return;
  if (type != "llama3")
    rope.fail("rope_type", "is \"" + type + "\", which Attune does not compute; supported are default and llama3.");
  Llama3Scaling scaling;
  scaling.factor = rope.number("factor");
  scaling.lowFreqFactor = rope.number("low_freq_factor");
  scaling.highFreqFactor = rope.number("high_freq_factor");
  scaling.originalContext = rope.integerIn("original_max_position_embeddings", 1, largest);
  if (scaling.factor < 1) rope.fail("factor", "must be at least 1.");
  if (!(scaling.lowFreqFactor > 0 && scaling.highFreqFactor > scaling.lowFreqFactor))
    rope.fail("high_freq_factor", "must be larger than low_freq_factor, and both larger than 0.");
  config.ropeScaling = scaling;
}

// Family and head from `architectures` and `model_type`.
void readKind(const JsonFields& fields, ModelConfig& config, std::optional<Architecture> assumed) {
  const std::string type = fields.text("model_type", assumed ? architectureName(*assumed) : "");
  const ClassName* known = nullptr;
  if (fields.has("architectures") && !fields.array("architectures").empty()) {
    const std::string name = fields.texts("architectures").front();
    known = classOf(name);
    if (!known)
      fields.fail("architectures", "is \"" + name + "\", a model that Attune does not know; " + supported + ".");
  }
  if (type.empty() && !known)
    fields.fail("model_type", std::string("is missing; it must name the model's family: gpt2 or llama."));
  if (!type.empty() && type != "gpt2" && type != "llama")
    fields.fail("model_type", "is \"" + type + "\", a family that Attune does not know; supported are gpt2 and llama.");
  config.architecture = type.empty() ? known->architecture : parseArchitecture(type);
  if (known && known->architecture != config.architecture)
    fields.fail("architectures",
                std::string("is \"") + known->name + "\", which is no model of the family \"" + type + "\".");
  if (assumed && *assumed != config.architecture)
    fields.fail("model_type", "is \"" + type + "\", but " + architectureName(*assumed) + " was asked for.");
  config.classifier = known && known->classifier;
  if (!config.classifier) return;
  int64_t labels = fields.integer("num_labels", 2); // transformers' default
  if (fields.has("id2label")) labels = int64_t(fields.object("id2label").json().size());
  if (labels != 1)
    throw Error(fields.where() + ": the classifier has " + std::to_string(labels) +
                " labels; Attune computes those with one label (reward models).");
}

void readSizes(const JsonFields& fields, const Keys& keys, ModelConfig& config) {
  config.nLayer = fields.integerIn(keys.nLayer, 1, 100000);
  config.nHead = fields.integerIn(keys.nHead, 1, largest);
  config.nEmbd = fields.integerIn(keys.nEmbd, 1, largest);
  config.vocabSize = fields.integerIn("vocab_size", 1, largest);
  if (config.nEmbd % config.nHead != 0)
    throw Error(fields.where() + ": \"" + keys.nEmbd + "\" " + std::to_string(config.nEmbd) +
                " is not divisible by \"" + keys.nHead + "\" " + std::to_string(config.nHead) +
                "; choose a multiple of it.");
  config.headDim = config.nEmbd / config.nHead;
  config.initializerRange = fields.number("initializer_range", 0.02);
  if (config.initializerRange < 0) fields.fail("initializer_range", "must not be negative.");
}

void readGpt2(const JsonFields& fields, ModelConfig& config) {
  config.nKvHead = config.nHead;
  config.nInner = fields.integerIn("n_inner", 1, largest, 4 * config.nEmbd);
  config.nCtx =
      fields.has("n_positions") ? fields.integerIn("n_positions", 1, largest) : fields.integerIn("n_ctx", 1, largest);
  config.eps = fields.number("layer_norm_epsilon", 1e-5);
  config.activation = parseActivation(fields, "activation_function", Activation::GeluTanh);
  config.tied = fields.boolean("tie_word_embeddings", true);
  refuseUnless(fields, "scale_attn_weights", true);
  refuseUnless(fields, "scale_attn_by_inverse_layer_idx", false);
  refuseUnless(fields, "add_cross_attention", false);
}

void readLlama(const JsonFields& fields, ModelConfig& config) {
  config.nKvHead = fields.integerIn("num_key_value_heads", 1, largest, config.nHead);
  config.headDim = fields.integerIn("head_dim", 1, largest, config.headDim);
  config.nInner = fields.integerIn("intermediate_size", 1, largest);
  config.nCtx = fields.integerIn("max_position_embeddings", 1, largest, 2048);
  config.eps = fields.number("rms_norm_eps", 1e-6);
  config.activation = parseActivation(fields, "hidden_act", Activation::Silu);
  config.tied = fields.boolean("tie_word_embeddings", false);
  refuseUnless(fields, "attention_bias", false);
  refuseUnless(fields, "mlp_bias", false);
  readRope(fields, config);
}

Json numberOrNull(const std::optional<int64_t>& id) { return id ? Json(*id) : Json(nullptr); }

void writeRope(const ModelConfig& config, Json& json) {
  Json scaling = nullptr;
  Json rope = {{"rope_type", "default"}};
  if (config.ropeScaling) {
    rope = {{"rope_type", "llama3"},
            {"factor", config.ropeScaling->factor},
            {"low_freq_factor", config.ropeScaling->lowFreqFactor},
            {"high_freq_factor", config.ropeScaling->highFreqFactor},
            {"original_max_position_embeddings", config.ropeScaling->originalContext}};
    scaling = rope;
  }
  rope["rope_theta"] = config.ropeTheta;
  json["rope_parameters"] = rope;
  json["rope_theta"] = config.ropeTheta;
  json["rope_scaling"] = scaling;
}

} // namespace

bool ModelConfig::operator==(const ModelConfig& other) const {
  const auto all = [](const ModelConfig& c) {
    return std::tie(c.architecture, c.nLayer, c.nHead, c.nKvHead, c.nEmbd, c.nInner, c.nCtx, c.headDim, c.vocabSize,
                    c.eps, c.tied, c.activation, c.initializerRange, c.ropeTheta, c.ropeScaling, c.classifier, c.bos,
                    c.pad, c.eos);
  };
  return all(*this) == all(other);
}

const char* architectureName(Architecture architecture) {
  return architecture == Architecture::Gpt2 ? "gpt2" : "llama";
}

Architecture parseArchitecture(std::string_view name) {
  if (name == "gpt2") return Architecture::Gpt2;
  if (name == "llama") return Architecture::Llama;
  throw Error("The architecture \"" + std::string(name) + "\" is unknown; supported are gpt2 and llama.");
}

ModelConfig defaultConfig(Architecture architecture) {
  ModelConfig config;
  config.architecture = architecture;
  config.bos = 50256;
  config.eos = {50256};
  if (architecture == Architecture::Gpt2) return config;
  config.nLayer = config.nHead = config.nKvHead = 32;
  config.nEmbd = 4096;
  config.nInner = 11008;
  config.nCtx = 2048;
  config.headDim = 128;
  config.vocabSize = 32000;
  config.eps = 1e-6;
  config.tied = false;
  config.activation = Activation::Silu;
  config.bos = 1;
  config.eos = {2};
  return config;
}

ModelConfig readConfig(const std::filesystem::path& file, std::optional<Architecture> assumed) {
  return parseConfig(readJson(file), file.string(), assumed);
}

ModelConfig parseConfig(const Json& json, const std::string& where, std::optional<Architecture> assumed) {
  const JsonFields fields(json, where);
  ModelConfig config;
  readKind(fields, config, assumed);
  if (fields.has("quantization_config"))
    fields.fail(
        "quantization_config",
        "says that the weights are quantized, which Attune does not compute; take the model in its full precision.");
  readSizes(fields, keysOf(config.architecture), config);
  if (config.architecture == Architecture::Gpt2)
    readGpt2(fields, config);
  else
    readLlama(fields, config);
  readSpecialIds(fields, config);
  config.source = json.dump();
  checkConfig(config, where);
  return config;
}

void checkConfig(const ModelConfig& config, const std::string& where) {
  const Keys& keys = keysOf(config.architecture);
  const auto refuse = [&](const std::string& what) { throw Error(where + ": " + what); };
  for (int64_t size : {config.nLayer, config.nHead, config.nKvHead, config.nEmbd, config.nInner, config.nCtx,
                       config.headDim, config.vocabSize})
    if (size < 1 || size > largest)
      refuse("a size of " + std::to_string(size) + " is not possible; each must lie between 1 and " +
             std::to_string(largest) + ".");
  if (config.attentionWidth() > largest) refuse("the heads together are too wide.");
  if (config.nHead % config.nKvHead != 0)
    refuse(std::string("\"") + keys.nHead + "\" " + std::to_string(config.nHead) +
           " is not divisible by the number of key-value heads, " + std::to_string(config.nKvHead) +
           "; choose a divisor of it.");
  if (config.architecture == Architecture::Gpt2 &&
      (config.nKvHead != config.nHead || config.headDim * config.nHead != config.nEmbd))
    refuse("GPT-2 has as many key-value heads as heads, each n_embd / n_head wide; choose llama for grouped heads.");
  if (config.architecture == Architecture::Llama && config.headDim % 2 != 0)
    refuse("the size of a head, " + std::to_string(config.headDim) + ", is odd; rotary positions need an even one.");
  const Activation needed = config.architecture == Architecture::Gpt2 ? Activation::GeluTanh : Activation::Silu;
  if (config.activation != needed)
    refuse(std::string("\"") + keys.activation + "\" is not what Attune computes in this family; it must be " +
           (needed == Activation::Silu ? "silu." : "gelu_new."));
  if (!(config.eps > 0) || config.eps > 1) refuse(std::string("\"") + keys.eps + "\" must lie between 0 and 1.");
  if (!(config.ropeTheta > 0)) refuse("\"rope_theta\" must be larger than 0.");
  // In doubles: the true product may overflow. A trillion is four terabytes.
  const double layer = double(config.nEmbd) * (2.0 * double(config.attentionWidth()) +
                                               2.0 * double(config.keyValueWidth()) + 2.0 * double(config.nInner));
  const double rows = double(config.vocabSize) + (config.architecture == Architecture::Gpt2 ? double(config.nCtx) : 0);
  if (double(config.nLayer) * layer + rows * double(config.nEmbd) > 1e12)
    refuse("the sizes ask for more than a trillion parameters, which no machine holds; choose a smaller \"" +
           std::string(keys.nEmbd) + "\", \"" + keys.nLayer + "\" or \"" + keys.nCtx + "\".");
}

Json configJson(const ModelConfig& config, const std::string& dtype) {
  const bool gpt2 = config.architecture == Architecture::Gpt2;
  const Keys& keys = keysOf(config.architecture);
  Json json = config.source.empty() ? Json::object() : Json::parse(config.source);
  const auto orElse = [&](const char* key, Json value) {
    if (!json.contains(key)) json[key] = std::move(value);
  };
  json["model_type"] = architectureName(config.architecture);
  for (const ClassName& known : classNames)
    if (known.architecture == config.architecture && known.classifier == config.classifier) {
      json["architectures"] = {known.name};
      break;
    }
  json[keys.nLayer] = config.nLayer;
  json[keys.nHead] = config.nHead;
  json[keys.nEmbd] = config.nEmbd;
  json[keys.nCtx] = config.nCtx;
  json[keys.eps] = config.eps;
  json["vocab_size"] = config.vocabSize;
  json["tie_word_embeddings"] = config.tied;
  json["initializer_range"] = config.initializerRange;
  json["dtype"] = json["torch_dtype"] = dtype;
  json["bos_token_id"] = numberOrNull(config.bos);
  json["pad_token_id"] = numberOrNull(config.pad);
  json["eos_token_id"] = config.eos.empty()       ? Json(nullptr)
                         : config.eos.size() == 1 ? Json(config.eos[0])
                                                  : Json(config.eos);
  orElse("use_cache", true);
  if (gpt2) {
    json["n_inner"] = config.nInner == 4 * config.nEmbd ? Json(nullptr) : Json(config.nInner);
    if (json.contains("n_ctx")) json["n_ctx"] = config.nCtx; // the older name beside n_positions
    orElse("activation_function", "gelu_new");
    for (const char* key : {"resid_pdrop", "embd_pdrop", "attn_pdrop"}) orElse(key, 0.0);
    orElse("scale_attn_weights", true);
    orElse("scale_attn_by_inverse_layer_idx", false);
    orElse("reorder_and_upcast_attn", false);
    orElse("add_cross_attention", false);
  } else {
    json["num_key_value_heads"] = config.nKvHead;
    json["head_dim"] = config.headDim;
    json["intermediate_size"] = config.nInner;
    orElse("hidden_act", "silu");
    orElse("attention_bias", false);
    orElse("attention_dropout", 0.0);
    orElse("mlp_bias", false);
    orElse("pretraining_tp", 1);
    writeRope(config, json);
  }
  json.erase("num_labels");
  json.erase("id2label");
  json.erase("label2id");
  if (config.classifier) {
    json["id2label"] = {{"0", "LABEL_0"}};
    json["label2id"] = {{"LABEL_0", 0}};
  }
  return json;
}

ModelConfig withSettings(const ModelConfig& config, const std::vector<std::string>& settings) {
  const Keys& keys = keysOf(config.architecture);
  const bool gpt2 = config.architecture == Architecture::Gpt2;
  Json json = configJson(config);
  std::vector<std::string> set;
  for (const std::string& setting : settings) {
    const size_t equals = setting.find('=');
    if (equals == std::string::npos || equals == 0)
      throw Error("The setting \"" + setting + "\" is malformed; write KEY=VALUE, for example n_layer=4.");
    std::string key = setting.substr(0, equals);
    const std::string text = setting.substr(equals + 1);
    const std::pair<const char*, const char*> names[] = {{"n_layer", keys.nLayer}, {"n_head", keys.nHead},
                                                         {"n_embd", keys.nEmbd},   {"n_kv_head", keys.nKvHead},
                                                         {"n_inner", keys.nInner}, {"n_ctx", keys.nCtx}};
    bool sameAsHeads = false;
    for (const auto& [common, native] : names)
      if (key == common) {
        sameAsHeads = native == nullptr; // GPT-2 has no key for it
        if (native) key = native;
        break;
      }
    if (!sameAsHeads && (!json.contains(key) || key == "architectures" || key == "model_type" || key == "id2label" ||
                         key == "label2id"))
      throw Error("The setting \"" + key + "\" is unknown to the family " + architectureName(config.architecture) +
                  "; known are n_layer, n_head, n_kv_head, n_embd, n_inner, n_ctx and the fields of its config.json.");
    Json value = Json::parse(text, nullptr, false);
    if (value.is_discarded()) value = text;
    set.push_back(key);
    json[key] = std::move(value);
  }
  const auto was = [&](const char* key) { return key && std::find(set.begin(), set.end(), key) != set.end(); };
  const bool resized = was(keys.nEmbd) || was(keys.nHead);
  if (!gpt2) {
    if (was("rope_theta")) json["rope_parameters"]["rope_theta"] = json["rope_theta"];
    if (was("rope_scaling") && !was("rope_parameters")) json.erase("rope_parameters");
    if (resized && !was("head_dim") && config.headDim * config.nHead == config.nEmbd) json.erase("head_dim");
    if (was(keys.nHead) && !was(keys.nKvHead) && config.nKvHead == config.nHead) json.erase(keys.nKvHead);
    if (was(keys.nEmbd) && !was(keys.nInner) && json[keys.nEmbd].is_number())
      json[keys.nInner] = std::max<int64_t>(
          1, std::llround(json[keys.nEmbd].get<double>() * double(config.nInner) / double(config.nEmbd)));
  } else if (was("n_kv_head")) {
    if (json["n_kv_head"] != json["n_head"])
      throw Error("The setting \"n_kv_head\" must equal n_head in the family gpt2; choose llama for grouped heads.");
    json.erase("n_kv_head");
  }
  return parseConfig(json, "The settings");
}

} // namespace attune
