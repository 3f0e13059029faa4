#include "catch.h"
#include "formats/safetensors.h"
#include "golden.h"
#include "model/tensor_table.h"

#include <cmath>
#include <map>
#include <set>

using namespace attune;
using namespace attune::test;

TEST_CASE("the table has the tensors of the golden files, no more and no fewer") {
  for (const char* name : {"gpt2-tiny", "gpt2-half", "llama-tiny", "reward-gpt2", "reward-llama"}) {
    const auto folder = golden(name);
    if (folder.empty()) continue;
    INFO(name);
    const SafetensorsFile file(folder / "model.safetensors");
    std::set<std::string> names;
    for (const TensorEntry& entry : tensorTable(readConfig(folder / "config.json"))) {
      names.insert(entry.name);
      CHECK(file.at(entry.name).shape == entry.shape);
    }
    CHECK(names.size() == file.tensors().size());
  }
}

TEST_CASE("the count of parameters is the published one") {
  CHECK(parameterCount(defaultConfig(Architecture::Gpt2)) == 124439808);
  CHECK(parameterCount(defaultConfig(Architecture::Llama)) == 6738415616);
}

TEST_CASE("matrices decay, norms and biases do not; each begins as its kind does") {
  std::map<std::string, TensorEntry> gpt2;
  for (const TensorEntry& entry : tensorTable(defaultConfig(Architecture::Gpt2))) {
    gpt2[entry.name] = entry;
    CHECK(entry.decay == (entry.shape.size() == 2));
  }
  const std::string h = "transformer.h.11.";
  CHECK(gpt2.at("transformer.wpe.weight").std == 0.02);
  CHECK(gpt2.at(h + "attn.c_attn.weight").shape == std::vector<int64_t>{768, 2304});
  CHECK(gpt2.at(h + "attn.c_attn.weight").std == 0.02);
  CHECK(std::abs(gpt2.at(h + "attn.c_proj.weight").std - 0.02 / std::sqrt(24.0)) < 1e-12);
  CHECK(std::abs(gpt2.at(h + "mlp.c_proj.weight").std - 0.02 / std::sqrt(24.0)) < 1e-12);
  CHECK(gpt2.at(h + "mlp.c_proj.weight").shape == std::vector<int64_t>{3072, 768});
  CHECK(gpt2.at(h + "ln_1.weight").init == TensorInit::Ones);
  CHECK(gpt2.at(h + "ln_1.bias").init == TensorInit::Zeros);
  CHECK(gpt2.at(h + "mlp.c_fc.bias").init == TensorInit::Zeros);

  ModelConfig reward = defaultConfig(Architecture::Llama);
  reward.classifier = true;
  const auto table = tensorTable(reward);
  CHECK(table.back().name == "score.weight");
  CHECK(table.back().shape == std::vector<int64_t>{1, 4096});
  CHECK(std::abs(table.back().std - 1 / std::sqrt(4097.0)) < 1e-12);
  for (const TensorEntry& entry : table) CHECK(entry.name != "lm_head.weight");
  for (const TensorEntry& entry : table)
    if (entry.name == "model.layers.0.self_attn.o_proj.weight") CHECK(entry.std == 0.02);
}

TEST_CASE("older names are understood and buffers passed over") {
  const ModelConfig gpt2 = defaultConfig(Architecture::Gpt2), llama = defaultConfig(Architecture::Llama);
  CHECK(tensorOfFile(gpt2, "h.0.ln_1.weight").name == "transformer.h.0.ln_1.weight");
  CHECK(tensorOfFile(gpt2, "transformer.h.0.ln_1.weight").name == "transformer.h.0.ln_1.weight");
  CHECK(tensorOfFile(gpt2, "h.0.attn.bias").skip);
  CHECK(tensorOfFile(gpt2, "transformer.h.11.attn.masked_bias").skip);
  CHECK(!tensorOfFile(gpt2, "h.0.attn.c_attn.bias").skip);
  CHECK(!tensorOfFile(gpt2, "h..attn.bias").skip);
  CHECK(tensorOfFile(gpt2, "lm_head.weight").skip); // tied
  CHECK(!tensorOfFile(llama, "lm_head.weight").skip);
  CHECK(tensorOfFile(llama, "model.layers.3.self_attn.rotary_emb.inv_freq").skip);
  CHECK(tensorOfFile(llama, "layers.3.mlp.up_proj.weight").name == "model.layers.3.mlp.up_proj.weight");
  CHECK(tensorOfFile(llama, "score.weight").name == "score.weight");
}
