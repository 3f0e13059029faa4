#include "catch.h"
#include "error.h"
#include "file_limit.h"
#include "formats/file.h"
#include "formats/json.h"
#include "formats/model_folder.h"
#include "golden.h"
#include "scratch.h"

#include <cmath>
#include <functional>
#include <nlohmann/json.hpp>
#include <set>
#include <unistd.h>

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

namespace {

// A copy of a golden folder to break.
fs::path copyOf(const char* name, const Scratch& scratch) {
  fs::copy(golden(name), scratch / "m");
  for (const auto& entry : fs::directory_iterator(scratch / "m")) fs::permissions(entry.path(), fs::perms::owner_all);
  return scratch / "m";
}

// Rewrites a model's file with one change to its tensors.
void rewrite(const fs::path& file, const std::function<void(std::map<std::string, HostTensor>&)>& change) {
  std::map<std::string, HostTensor> tensors;
  {
    const SafetensorsFile old(file);
    for (const TensorInfo& info : old.tensors()) tensors[info.name] = old.read(info.name);
  }
  change(tensors);
  writeSafetensors(file, tensors);
}

bool emptyButFor(const fs::path& folder, const std::set<std::string>& names) {
  std::set<std::string> found;
  for (const auto& entry : fs::directory_iterator(folder)) found.insert(entry.path().filename().string());
  return found == names;
}

} // namespace

TEST_CASE("tensors that are missing, left over, misshapen, twice there or of another type are refused by name") {
  if (golden("gpt2-tiny").empty()) return;
  const auto broken = [](const std::function<void(std::map<std::string, HostTensor>&)>& change,
                         const std::string& part) {
    const Scratch scratch;
    const fs::path folder = copyOf("gpt2-tiny", scratch);
    rewrite(folder / "model.safetensors", change);
    CHECK_THROWS_WITH(ModelFolder(folder), Contains(part));
  };
  broken([](auto& t) { t.erase("transformer.h.1.ln_2.bias"); },
         "\"transformer.h.1.ln_2.bias\" of shape [32] is missing");
  broken([](auto& t) { t["transformer.h.3.ln_2.bias"] = t["transformer.h.1.ln_2.bias"]; },
         "\"transformer.h.3.ln_2.bias\" is not part");
  broken(
      [](auto& t) {
        t["transformer.h.1.ln_2.bias"] = {{4, 8}, std::vector<float>(32)};
      },
      "[4, 8], but config.json asks for [32]");
  broken([](auto& t) { t["h.1.ln_2.bias"] = t["transformer.h.1.ln_2.bias"]; }, "is there twice");

  const Scratch scratch;
  const fs::path folder = copyOf("gpt2-tiny", scratch);
  rewrite(folder / "model.safetensors",
          [](auto& t) { t["lm_head.weight"] = t["transformer.wte.weight"]; }); // tied: passed over
  CHECK_NOTHROW(ModelFolder(folder));
  writeFileAtomically(folder / "model.safetensors", readFile(folder / "model.safetensors").substr(0, 5000));
  CHECK_THROWS_WITH(ModelFolder(folder), Contains("cut short"));
  fs::remove(folder / "model.safetensors");
  CHECK_THROWS_WITH(ModelFolder(folder), Contains("has no model.safetensors"));
  writeFileAtomically(folder / "pytorch_model.bin", "x");
  CHECK_THROWS_WITH(ModelFolder(folder), Contains("safe_serialization"));
  fs::remove(folder / "config.json");
  CHECK_THROWS_WITH(ModelFolder(folder), Contains("no config.json"));
}

TEST_CASE("a number of layers that no file could hold is refused before anything is made of it") {
  if (golden("gpt2-tiny").empty()) return;
  const Scratch scratch;
  const fs::path folder = copyOf("gpt2-tiny", scratch);
  Json config = readJson(folder / "config.json");
  config["n_layer"] = 99999;
  writeJson(folder / "config.json", config);
  CHECK_THROWS_WITH(ModelFolder(folder), Contains("asks for 99999 layers"));
}

TEST_CASE("shards: what the index names must be there, and in the folder") {
  if (golden("llama-scaled").empty()) return;
  const auto broken = [](const char* tensor, const Json& file, const std::string& part) {
    const Scratch scratch;
    const fs::path folder = copyOf("llama-scaled", scratch), index = folder / "model.safetensors.index.json";
    Json json = readJson(index);
    json["weight_map"][tensor] = file;
    writeJson(index, json);
    CHECK_THROWS_WITH(ModelFolder(folder), Contains(part));
  };
  broken("model.norm.weight", "../model.safetensors", "no file of this folder");
  broken("model.norm.weight", "/etc/passwd", "no file of this folder");
  broken("model.norm.weight", 3, "must be a string");
  broken("model.norm.weight", "model-00001-of-00005.safetensors", "is not in");
  broken("model.norm.bias", "model-00001-of-00005.safetensors", "\"model.norm.bias\" is not in");
  broken("model.norm.weight", "model-00006-of-00005.safetensors", "does not exist");
  const Scratch scratch;
  const fs::path folder = copyOf("llama-scaled", scratch);
  fs::remove(folder / "model-00003-of-00005.safetensors");
  CHECK_THROWS_WITH(ModelFolder(folder), Contains("model-00003-of-00005.safetensors"));
}

TEST_CASE("a model with a NaN opens and says where it is") {
  if (golden("gpt2-tiny").empty()) return;
  const Scratch scratch;
  const fs::path folder = copyOf("gpt2-tiny", scratch);
  rewrite(folder / "model.safetensors", [](auto& t) {
    t["transformer.h.1.ln_2.bias"].data[3] = NAN;
    t["transformer.wte.weight"].data[0] = INFINITY;
  });
  CHECK(ModelFolder(folder).notFinite() ==
        std::vector<std::string>{"transformer.wte.weight", "transformer.h.1.ln_2.bias"});
}

TEST_CASE("a folder that exists is refused, or replaced in one step") {
  if (golden("gpt2-tiny").empty()) return;
  const Scratch scratch;
  const ModelFolder model(golden("gpt2-tiny"));
  exportModel(model, scratch / "m", DType::F32);
  CHECK_THROWS_WITH(exportModel(model, scratch / "m", DType::F32), Contains("exists already"));
  writeFileAtomically(scratch / "file", "x");
  CHECK_THROWS_WITH(exportModel(model, scratch / "file", DType::F32), Contains("is a file"));
  fs::create_directory(scratch / "empty");
  exportModel(model, (scratch / "empty").string() + "/", DType::BF16);
  CHECK(ModelFolder(scratch / "empty").dtype() == DType::BF16);
  {
    ModelFolderWriter writer(scratch / "m", model.config(), DType::F16, true);
    for (const TensorEntry& entry : model.tensors()) writer.write(entry.name, model.read(entry.name).data);
    CHECK(ModelFolder(scratch / "m").dtype() == DType::F32); // the old one until the end
    CHECK_THROWS_WITH(ModelFolderWriter(scratch / "m", model.config(), DType::F16, true),
                      Contains("is being written by process " + std::to_string(::getpid())));
    writer.commit();
  }
  CHECK(ModelFolder(scratch / "m").dtype() == DType::F16);
  CHECK(emptyButFor(scratch.path(), {"m", "empty", "file"}));
}

TEST_CASE("a writer that fails leaves nothing, and clears what a killed one left") {
  if (golden("gpt2-tiny").empty()) return;
  const Scratch scratch;
  const ModelFolder model(golden("gpt2-tiny"));
  fs::create_directory(scratch / ".m.new-999999999-1");
  writeFileAtomically(scratch / ".m.new-999999999-1/model.safetensors", "half");
  {
    ModelFolderWriter writer(scratch / "m", model.config());
    writer.write("transformer.ln_f.bias", model.read("transformer.ln_f.bias").data);
    CHECK_THROWS_WITH(writer.commit(), Contains("was given"));
  }
  CHECK(fs::is_empty(scratch.path()));
  withFileLimit(100'000, [&] {
    CHECK_THROWS_WITH(exportModel(model, scratch / "m", DType::F32),
                      Contains((scratch / "m").string() + "/model.safetensors cannot be written") &&
                          Contains("larger than is allowed"));
  });
  CHECK(fs::is_empty(scratch.path()));
  withFileLimit(100, [&] { CHECK_THROWS_AS(exportModel(model, scratch / "m", DType::F32), Error); });
  CHECK(fs::is_empty(scratch.path()));
}

TEST_CASE("the tokenizer's files and the lineage travel with a model") {
  if (golden("gpt2-tiny").empty()) return;
  const Scratch scratch;
  const fs::path folder = copyOf("gpt2-tiny", scratch);
  writeFileAtomically(folder / "tokenizer.json", "{\"t\": 1}");
  writeFileAtomically(folder / "chat_template.jinja", "x");
  CHECK(readLineage(folder) == Lineage{});
  Lineage lineage{.createdBy = "attune",
                  .job = "sft",
                  .run = "r",
                  .data = {{"d.jsonl", "00"}},
                  .seed = UINT64_MAX,
                  .device = "llvmpipe",
                  .step = 5,
                  .rewardShift = -0.25};
  lineage.parents = {{"p", "ff", "policy"}};
  writeLineage(folder, lineage);
  CHECK(readLineage(folder) == lineage);
  exportModel(ModelFolder(folder), scratch / "out", DType::F32);
  CHECK(readFile(scratch / "out" / "tokenizer.json") == "{\"t\": 1}");
  CHECK(readFile(scratch / "out" / "chat_template.jinja") == "x");
  CHECK(readFile(scratch / "out" / "generation_config.json") == readFile(folder / "generation_config.json"));
  const Lineage exported = readLineage(scratch / "out");
  CHECK(exported.rewardShift == -0.25);
  REQUIRE(exported.parents.size() == 1);
  CHECK(exported.parents[0].sha256 == ModelFolder(folder).sha256());
  writeFileAtomically(folder / "attune.json", "{\"seed\": \"x\"}");
  CHECK_THROWS_WITH(readLineage(folder), Contains("attune.json") && Contains("seed"));
}

TEST_CASE("--model takes a folder, a checkpoint, or a run's newest checkpoint") {
  if (golden("gpt2-tiny").empty()) return;
  const Scratch scratch;
  const fs::path run = scratch / "run";
  CHECK_THROWS_WITH(resolveModelPath(run), Contains("does not exist"));
  fs::create_directory(run);
  CHECK_THROWS_WITH(resolveModelPath(run), Contains("is no model"));
  writeFileAtomically(run / "run.json", "{}");
  CHECK_THROWS_WITH(resolveModelPath(run), Contains("without a checkpoint"));
  CHECK_THROWS_WITH(resolveModelPath(run / "run.json"), Contains("is a file"));
  for (const char* name : {"step-5", "step-40", "step-100", "step-007", "step-x", "step-900", ".step-1000.new-1-1"}) {
    fs::create_directories(run / "checkpoints" / name);
    if (std::string(name) != "step-900") writeFileAtomically(run / "checkpoints" / name / "config.json", "{}");
  }
  CHECK(resolveModelPath(run) == run / "checkpoints" / "step-100");
  CHECK(resolveModelPath(run / "checkpoints" / "step-5") == run / "checkpoints" / "step-5");
  CHECK(newestCheckpoint(scratch.path()).empty());
}
