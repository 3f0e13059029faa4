#include "catch.h"
#include "error.h"
#include "formats/json.h"
#include "golden.h"
#include "model/config.h"

#include <nlohmann/json.hpp>

using namespace attune;
using namespace attune::test;

namespace {

Json gpt2Json() {
  return {{"model_type", "gpt2"}, {"architectures", {"GPT2LMHeadModel"}},
          {"vocab_size", 96},     {"n_positions", 64},
          {"n_embd", 32},         {"n_layer", 3},
          {"n_head", 4}};
}

Json llamaJson() {
  return {{"model_type", "llama"},    {"architectures", {"LlamaForCausalLM"}},
          {"vocab_size", 101},        {"hidden_size", 48},
          {"intermediate_size", 112}, {"num_hidden_layers", 3},
          {"num_attention_heads", 6}};
}

// The sentence for `json` with one field changed ("gone" removes it).
std::string refusal(Json json, const char* key, const Json& value) {
  if (value == "gone")
    json.erase(key);
  else
    json[key] = value;
  try {
    parseConfig(json, "config.json");
  } catch (const Error& error) {
    INFO(error.what());
    CHECK(std::string(error.what()).starts_with("config.json: "));
    return error.what();
  }
  return "accepted";
}

void checkRefusal(const Json& json, const char* key, const Json& value, const std::string& part) {
  const std::string said = refusal(json, key, value);
  INFO(key << ": " << said);
  CHECK(said.find(part) != std::string::npos);
}

} // namespace

TEST_CASE("the golden configurations are read") {
  if (golden("gpt2-odd").empty() || golden("llama-scaled").empty()) return;
  const ModelConfig odd = readConfig(golden("gpt2-odd") / "config.json");
  CHECK(odd.architecture == Architecture::Gpt2);
  CHECK(odd.nLayer == 2);
  CHECK(odd.nHead == 3);
  CHECK(odd.nKvHead == 3);
  CHECK(odd.nEmbd == 33);
  CHECK(odd.headDim == 11);
  CHECK(odd.nInner == 70);
  CHECK(odd.nCtx == 63);
  CHECK(odd.vocabSize == 131);
  CHECK(odd.eps == 1e-5);
  CHECK(odd.tied);
  CHECK(odd.bos == 0);
  CHECK(odd.eos == std::vector<int64_t>{0});
  CHECK(!odd.pad);
  CHECK(!odd.classifier);
  CHECK(readConfig(golden("gpt2-tiny") / "config.json").nInner == 128);

  const ModelConfig scaled = readConfig(golden("llama-scaled") / "config.json");
  CHECK(scaled.architecture == Architecture::Llama);
  CHECK(scaled.nHead == 4);
  CHECK(scaled.nKvHead == 1);
  CHECK(scaled.nEmbd == 40);
  CHECK(scaled.headDim == 16);
  CHECK(scaled.attentionWidth() == 64);
  CHECK(scaled.keyValueWidth() == 16);
  CHECK(scaled.tied);
  CHECK(scaled.eps == 1e-6);
  CHECK(scaled.ropeTheta == 500000);
  CHECK(scaled.ropeScaling == Llama3Scaling{8, 1, 4, 32});
  CHECK(scaled.eos == std::vector<int64_t>{2});
  // The older version's words say the same.
  CHECK(readConfig(golden("llama-scaled") / "config-4x.json") == scaled);

  const ModelConfig tiny = readConfig(golden("llama-tiny") / "config.json");
  CHECK(!tiny.tied);
  CHECK(!tiny.ropeScaling);
  CHECK(tiny.ropeTheta == 10000);
}

TEST_CASE("sizes that no machine holds are refused before anything is made of them") {
  const ModelConfig gpt2 = defaultConfig(Architecture::Gpt2);
  for (const auto& settings : {std::vector<std::string>{"n_embd=1048576", "n_head=1"},
                               {"n_embd=2147483648", "n_head=1", "n_inner=1", "n_layer=1"},
                               {"n_ctx=2147483648"}})
    CHECK_THROWS_WITH(withSettings(gpt2, settings), Contains("trillion"));
  CHECK_THROWS_WITH(withSettings(gpt2, {"n_embd=2147483648", "n_head=1"}), Contains("2147483648"));
}

TEST_CASE("a one-label classifier is read") {
  if (golden("reward-gpt2").empty() || golden("reward-llama").empty()) return;
  CHECK(readConfig(golden("reward-gpt2") / "config.json").classifier);
  CHECK(readConfig(golden("reward-llama") / "config.json").classifier);
  CHECK(readConfig(golden("reward-llama") / "config.json").pad == 0);
}

TEST_CASE("what is written is read as the same, in both versions' words, and keeps what Attune has no name for") {
  Json json = llamaJson();
  json["rope_scaling"] = {{"type", "llama3"},
                          {"factor", 4},
                          {"low_freq_factor", 1},
                          {"high_freq_factor", 3},
                          {"original_max_position_embeddings", 64}};
  json["rope_theta"] = 1234.5;
  json["eos_token_id"] = {2, 7};
  json["pad_token_id"] = 5;
  json["someone_elses"] = {{"deep", 1}};
  const ModelConfig config = parseConfig(json, "config.json");
  CHECK(config.ropeScaling->originalContext == 64);
  const Json out = configJson(config, "bfloat16");
  CHECK(parseConfig(out, "config.json") == config);
  CHECK(out["someone_elses"]["deep"] == 1);
  CHECK(out["dtype"] == "bfloat16");
  CHECK(out["torch_dtype"] == "bfloat16");
  CHECK(out["rope_theta"] == 1234.5);
  CHECK(out["rope_scaling"]["factor"] == 4);
  CHECK(out["rope_parameters"]["rope_theta"] == 1234.5);
  CHECK(out["eos_token_id"] == Json({2, 7}));
  for (const char* gone : {"rope_theta", "rope_scaling"}) { // each version's half alone
    Json five = out;
    five.erase(gone);
    CHECK(parseConfig(five, "config.json") == config);
  }
  Json four = out;
  four.erase("rope_parameters");
  CHECK(parseConfig(four, "config.json") == config);

  ModelConfig reward = parseConfig(gpt2Json(), "config.json");
  reward.classifier = true;
  const Json classifier = configJson(reward);
  CHECK(classifier["architectures"] == Json({"GPT2ForSequenceClassification"}));
  CHECK(classifier["id2label"].size() == 1);
  CHECK(parseConfig(classifier, "config.json") == reward);
  reward.classifier = false;
  CHECK(configJson(reward)["architectures"] == Json({"GPT2LMHeadModel"}));
}

TEST_CASE("absent fields have transformers' defaults") {
  const ModelConfig gpt2 = parseConfig(gpt2Json(), "c");
  CHECK(gpt2.nInner == 128);
  CHECK(gpt2.eps == 1e-5);
  CHECK(gpt2.tied);
  CHECK(gpt2.initializerRange == 0.02);
  CHECK(!gpt2.bos);
  CHECK(gpt2.eos.empty());
  const ModelConfig llama = parseConfig(llamaJson(), "c");
  CHECK(llama.nKvHead == 6);
  CHECK(llama.headDim == 8);
  CHECK(llama.nCtx == 2048);
  CHECK(llama.eps == 1e-6);
  CHECK(!llama.tied);
  CHECK(llama.ropeTheta == 10000);
  Json bare = gpt2Json();
  bare.erase("architectures");
  CHECK(parseConfig(bare, "c") == gpt2);
  bare.erase("model_type");
  CHECK_THROWS_WITH(parseConfig(bare, "c"), Contains("model_type"));
  CHECK(parseConfig(bare, "c", Architecture::Gpt2) == gpt2);
  CHECK_THROWS_WITH(parseConfig(gpt2Json(), "c", Architecture::Llama), Contains("asked for"));
}

TEST_CASE("what is missing, of the wrong kind, or not computed is refused") {
  CHECK(refusal(gpt2Json(), "n_ctx", 64) == "accepted");
  for (const char* key : {"vocab_size", "n_positions", "n_embd", "n_layer", "n_head"}) {
    checkRefusal(gpt2Json(), key, "gone", "missing");
    checkRefusal(gpt2Json(), key, "twelve", std::string("\"") + key + "\" must be a whole number");
    checkRefusal(gpt2Json(), key, 2.5, "whole number");
    checkRefusal(gpt2Json(), key, 0, "between");
    checkRefusal(gpt2Json(), key, -4, "between");
    checkRefusal(gpt2Json(), key, int64_t(1) << 40, "between");
  }
  for (const char* key : {"vocab_size", "hidden_size", "intermediate_size", "num_hidden_layers", "num_attention_heads"})
    checkRefusal(llamaJson(), key, "gone", "missing");
  checkRefusal(gpt2Json(), "n_head", 5, "not divisible");
  checkRefusal(gpt2Json(), "model_type", "mistral", "supported are gpt2 and llama");
  checkRefusal(gpt2Json(), "model_type", "llama", "no model of the family");
  checkRefusal(gpt2Json(), "architectures", Json({"Qwen2ForCausalLM"}), "supported are GPT2LMHeadModel");
  checkRefusal(gpt2Json(), "architectures", Json({"GPT2ForSequenceClassification"}), "2 labels");
  checkRefusal(gpt2Json(), "architectures", Json({3}), "strings");
  checkRefusal(gpt2Json(), "activation_function", "relu", "relu");
  checkRefusal(gpt2Json(), "activation_function", "silu", "gelu_new");
  checkRefusal(gpt2Json(), "scale_attn_by_inverse_layer_idx", true, "scale_attn_by_inverse_layer_idx");
  checkRefusal(gpt2Json(), "scale_attn_weights", false, "scale_attn_weights");
  checkRefusal(gpt2Json(), "add_cross_attention", true, "add_cross_attention");
  checkRefusal(gpt2Json(), "quantization_config", Json::object(), "quantized");
  checkRefusal(gpt2Json(), "layer_norm_epsilon", 0, "layer_norm_epsilon");
  checkRefusal(gpt2Json(), "tie_word_embeddings", "yes", "true or false");
  checkRefusal(gpt2Json(), "initializer_range", -1, "negative");
  checkRefusal(llamaJson(), "num_attention_heads", 7, "not divisible");
  checkRefusal(llamaJson(), "num_key_value_heads", 4, "not divisible");
  checkRefusal(llamaJson(), "head_dim", 7, "odd");
  checkRefusal(llamaJson(), "hidden_act", "gelu", "gelu");
  checkRefusal(llamaJson(), "attention_bias", true, "attention_bias");
  checkRefusal(llamaJson(), "mlp_bias", true, "mlp_bias");
  checkRefusal(llamaJson(), "rope_theta", -1, "rope_theta");
  checkRefusal(llamaJson(), "rope_scaling", {{"rope_type", "yarn"}, {"factor", 2}}, "yarn");
  checkRefusal(llamaJson(), "rope_scaling", {{"rope_type", "llama3"}, {"factor", 2}}, "low_freq_factor");
  checkRefusal(llamaJson(), "rope_parameters", {{"rope_type", "default"}, {"partial_rotary_factor", 0.5}},
               "partial_rotary_factor");
  CHECK_THROWS_WITH(parseConfig(Json::array(), "config.json"), Contains("must be an object"));
}

TEST_CASE("settings name the same sizes in every family") {
  for (Architecture architecture : {Architecture::Gpt2, Architecture::Llama}) {
    const ModelConfig config = withSettings(defaultConfig(architecture), {"n_layer=2", "n_head=4", "n_embd=64",
                                                                          "n_inner=100", "n_ctx=33", "vocab_size=257"});
    CHECK(config.nLayer == 2);
    CHECK(config.nHead == 4);
    CHECK(config.nKvHead == 4);
    CHECK(config.nEmbd == 64);
    CHECK(config.headDim == 16);
    CHECK(config.nInner == 100);
    CHECK(config.nCtx == 33);
    CHECK(config.vocabSize == 257);
  }
  const ModelConfig llama =
      withSettings(defaultConfig(Architecture::Llama), {"n_embd=64", "n_head=4", "n_kv_head=2", "rope_theta=500",
                                                        "tie_word_embeddings=true", "rms_norm_eps=1e-5"});
  CHECK(llama.nKvHead == 2);
  CHECK(llama.nInner == 172);
  CHECK(llama.ropeTheta == 500);
  CHECK(llama.tied);
  CHECK(llama.eps == 1e-5);
  CHECK(withSettings(defaultConfig(Architecture::Llama), {"head_dim=32"}).headDim == 32);
  const ModelConfig gpt2 = withSettings(defaultConfig(Architecture::Gpt2), {"n_embd=96", "n_kv_head=12"});
  CHECK(gpt2.nInner == 384);
  CHECK(gpt2.headDim == 8);
}

TEST_CASE("a setting that makes no sense is refused") {
  const ModelConfig gpt2 = defaultConfig(Architecture::Gpt2);
  CHECK_THROWS_WITH(withSettings(gpt2, {"n_layers=2"}), Contains("n_layers") && Contains("unknown"));
  CHECK_THROWS_WITH(withSettings(gpt2, {"hidden_size=2"}), Contains("unknown"));
  CHECK_THROWS_WITH(withSettings(gpt2, {"n_layer"}), Contains("KEY=VALUE"));
  CHECK_THROWS_WITH(withSettings(gpt2, {"n_layer=two"}), Contains("whole number"));
  CHECK_THROWS_WITH(withSettings(gpt2, {"n_layer="}), Contains("whole number"));
  CHECK_THROWS_WITH(withSettings(gpt2, {"n_head=7"}), Contains("not divisible"));
  CHECK_THROWS_WITH(withSettings(gpt2, {"n_kv_head=2"}), Contains("llama"));
  CHECK_THROWS_WITH(withSettings(gpt2, {"model_type=llama"}), Contains("unknown"));
  CHECK_THROWS_WITH(parseArchitecture("qwen2"), Contains("supported are gpt2 and llama"));
}
