// What a model is: its family and sizes, read from and written to `config.json` as transformers has it.
//
// Families name the same thing differently (n_embd, hidden_size); here each has one name, and `readConfig` knows the
// file's. Fields that Attune does not compute with are kept and written again. A field that would change the numbers
// in a way Attune does not compute is refused, never ignored.
#pragma once

#include <cstdint>
#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace attune {

enum class Architecture { Gpt2, Llama };

enum class Activation {
  GeluTanh, // x/2 (1 + tanh(√(2/π) (x + 0.044715 x³))): transformers' "gelu_new", "gelu_pytorch_tanh"
  Silu,     // x / (1 + e⁻ˣ)
};

// Llama 3's change of the rotary frequencies for contexts longer than the original one.
struct Llama3Scaling {
  double factor = 8;
  double lowFreqFactor = 1;
  double highFreqFactor = 4;
  int64_t originalContext = 8192;
  bool operator==(const Llama3Scaling&) const = default;
};

struct ModelConfig {
  Architecture architecture = Architecture::Gpt2;
  int64_t nLayer = 12;
  int64_t nHead = 12;
  int64_t nKvHead = 12; // heads of keys and values; nHead of GPT-2
  int64_t nEmbd = 768;
  int64_t nInner = 3072; // width inside the feed-forward part
  int64_t nCtx = 1024;   // longest sequence
  int64_t headDim = 64;  // need not be nEmbd / nHead in Llama's family
  int64_t vocabSize = 50257;
  double eps = 1e-5; // of the normalisations
  bool tied = true;  // the language-model head is the token embedding
  Activation activation = Activation::GeluTanh;
  double initializerRange = 0.02; // standard deviation of new matrices
  double ropeTheta = 10000;       // Llama only
  std::optional<Llama3Scaling> ropeScaling;
  bool classifier = false; // one label: `score.weight` in place of the language-model head (a reward model)
  std::optional<int64_t> bos, pad;
  std::vector<int64_t> eos; // none, one or several ids that end a text

  // The config.json it came from, as text: what Attune has no name for is kept from it when writing.
  std::string source;

  int64_t attentionWidth() const { return nHead * headDim; }  // of all queries
  int64_t keyValueWidth() const { return nKvHead * headDim; } // of all keys, of all values
  bool operator==(const ModelConfig& other) const;            // without `source`
};

// "gpt2", "llama": as `--architecture` and `model_type` write it.
const char* architectureName(Architecture architecture);
Architecture parseArchitecture(std::string_view name); // throws Error naming the supported ones

// transformers' default sizes of a family (GPT-2 with 124 million parameters, Llama with 6.7 billion).
ModelConfig defaultConfig(Architecture architecture);

// From `config.json`, of transformers 4 or 5. Throws Error naming file and field: missing, of the wrong kind, out of
// range, or something that Attune does not compute. `assumed`: the family when the file has no `model_type`.
ModelConfig readConfig(const std::filesystem::path& file, std::optional<Architecture> assumed = {});
ModelConfig parseConfig(const nlohmann::json& json, const std::string& where, std::optional<Architecture> assumed = {});

// `dtype` is the stored weights' ("float32", "bfloat16", "float16"). Both major versions of transformers read it.
nlohmann::json configJson(const ModelConfig& config, const std::string& dtype = "float32");

// Applies `--set KEY=VALUE` in turn: n_layer, n_head, n_kv_head, n_embd, n_inner, n_ctx of every family, or any key
// that the family's config.json has. What follows from a changed size and is not set follows it: the head's size (when
// it was n_embd / n_head), the key-value heads (when there were n_head), the inner width (in proportion).
ModelConfig withSettings(const ModelConfig& config, const std::vector<std::string>& settings);

// Throws Error with one sentence that begins with `where` when the sizes contradict each other.
void checkConfig(const ModelConfig& config, const std::string& where);

} // namespace attune
