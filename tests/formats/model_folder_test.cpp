#include "catch.h"
#include "error.h"
#include "formats/file.h"
#include "formats/json.h"
#include "formats/model_folder.h"
#include "golden.h"
#include "scratch.h"

#include <cmath>
#include <nlohmann/json.hpp>

using namespace attune;
using namespace attune::test;
namespace fs = std::filesystem;

TEST_CASE("the golden models open with their shapes and values") {
  for (const char* name : {"gpt2-tiny", "gpt2-odd", "gpt2-half", "llama-tiny", "llama-scaled", "adamw-50"}) {
    const fs::path folder = golden(name);
    if (folder.empty()) return;
    INFO(name);
    const ModelFolder model(folder);
    int64_t count = 0;
    for (const TensorEntry& entry : model.tensors()) {
      const HostTensor tensor = model.read(entry.name);
      CHECK(tensor.shape == entry.shape);
      CHECK(int64_t(tensor.data.size()) == entry.elements());
      count += entry.elements();
    }
    CHECK(count == parameterCount(model.config()));
    CHECK(model.notFinite().empty());
  }
}

TEST_CASE("a hidden state of the embedding is its token's and position's row") {
  // hidden.0 of the reference is wte[id] + wpe[position]: values and orientation are right, and widening bfloat16 is
  // exact.
  for (const char* name : {"gpt2-tiny", "gpt2-odd", "gpt2-half"}) {
    const fs::path folder = golden(name);
    if (folder.empty()) return;
    const ModelFolder model(folder);
    const int64_t C = model.config().nEmbd;
    const HostTensor wte = model.read("transformer.wte.weight"), wpe = model.read("transformer.wpe.weight");
    const HostTensor hidden = SafetensorsFile(folder / "expected.safetensors").read("hidden.0");
    const auto ids = readJson(folder / "ids.json")["ids"].get<std::vector<int64_t>>();
    REQUIRE(hidden.shape == std::vector<int64_t>{int64_t(ids.size()), C});
    for (int64_t t = 0; t < int64_t(ids.size()); ++t)
      for (int64_t c = 0; c < C; ++c)
        REQUIRE(std::abs(hidden.data[t * C + c] - (wte.data[ids[t] * C + c] + wpe.data[t * C + c])) < 1e-6f);
  }
}

TEST_CASE("what is saved is read again, bit for bit, and saving twice gives the same bytes") {
  const fs::path folder = golden("llama-scaled");
  if (folder.empty()) return;
  const Scratch scratch;
  const ModelFolder model(folder);
  for (const char* out : {"a", "b"}) {
    ModelFolderWriter writer(scratch / out, model.config());
    for (const TensorEntry& entry : model.tensors()) writer.write(entry.name, model.read(entry.name).data);
    writer.commit();
  }
  const ModelFolder again(scratch / "a");
  CHECK(again.config() == model.config());
  for (const TensorEntry& entry : model.tensors()) CHECK(again.read(entry.name).data == model.read(entry.name).data);
  for (const char* file : {"model.safetensors", "config.json", "generation_config.json"})
    CHECK(readFile(scratch.path() / "a" / file) == readFile(scratch.path() / "b" / file));
}
