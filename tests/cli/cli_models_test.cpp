#include "catch.h"
#include "formats/file.h"
#include "formats/model_folder.h"
#include "formats/safetensors.h"
#include "golden.h"
#include "run_cli.h"
#include "scratch.h"
#include "tiny_models.h"

#include <cmath>
#include <nlohmann/json.hpp>

using namespace attune;
using namespace attune::test;
namespace fs = std::filesystem;

namespace {

std::string idsText(const Json& ids) {
  std::string text;
  for (const Json& id : ids) text += (text.empty() ? "" : ",") + std::to_string(id.get<int>());
  return text;
}

double norm(const std::vector<float>& values) {
  double sum = 0;
  for (const float value : values) sum += double(value) * value;
  return std::sqrt(sum);
}

} // namespace

TEST_CASE("generate continues the golden models greedily, id for id, and has no text without a tokenizer") {
  const Scratch scratch;
  for (const char* name : {"gpt2-tiny", "llama-tiny"}) {
    const fs::path folder = golden(name);
    if (folder.empty()) return;
    INFO(name);
    const Json greedy = readJson(folder / "ids.json")["greedy"];
    const Json prompt = greedy["prompt"], all = greedy["ids"];
    const CliResult result =
        runCli(scratch.path(), {"generate", "--model", folder.string(), "--ids", idsText(prompt), "--greedy",
                                "--ignore-eos", "--max-tokens", std::to_string(all.size() - prompt.size()), "--json"});
    INFO(result.err);
    REQUIRE(result.code == 0);
    const Json json = result.json();
    CHECK(json["ids"] == Json(std::vector<Json>(all.begin() + long(prompt.size()), all.end())));
    CHECK(json["text"].is_null());
    CHECK(json["finish"] == "length");
  }
}

TEST_CASE("inspect writes the golden numbers") {
  const Scratch scratch;
  for (const char* name : {"gpt2-odd", "llama-scaled"}) {
    const fs::path folder = golden(name);
    if (folder.empty()) return;
    INFO(name);
    const fs::path out = scratch / (std::string(name) + ".safetensors");
    const CliResult result =
        runCli(scratch.path(), {"inspect", "--model", folder.string(), "--ids",
                                idsText(readJson(folder / "ids.json")["ids"]), "--out", out.string(), "--gradients"});
    INFO(result.err);
    REQUIRE(result.code == 0);
    const SafetensorsFile ours(out), theirs(folder / "expected.safetensors");
    double largest = 0;
    for (const TensorInfo& info : theirs.tensors())
      if (info.name.starts_with("grad.")) largest = std::max(largest, norm(theirs.read(info.name).data));
    for (const TensorInfo& info : theirs.tensors()) {
      INFO(info.name);
      const HostTensor a = ours.read(info.name), b = theirs.read(info.name);
      REQUIRE(a.shape == b.shape);
      std::vector<float> difference(a.data.size());
      for (size_t i = 0; i < difference.size(); ++i) difference[i] = a.data[i] - b.data[i];
      const bool gradient = info.name.starts_with("grad.");
      CHECK(norm(difference) <= (gradient ? 1e-4 : 1e-5) * std::max(norm(b.data), gradient ? 1e-3 * largest : 0.0));
    }
  }
}

TEST_CASE("llama2.c's trained model is imported and tells its story, byte for byte") {
  const fs::path folder = sharedData("stories260K");
  if (folder.empty()) return;
  const Scratch scratch;
  const std::string model = (scratch / "stories").string();
  const CliResult made =
      runCli(scratch.path(), {"model", "import", (folder / "stories260K.bin").string(), "--tokenizer",
                              (folder / "tok512.bin").string(), "--out", model, "--json"});
  INFO(made.err);
  REQUIRE(made.code == 0);
  CHECK(made.json()["parameters"] == 260032);
  const std::string story = readFile(folder / "greedy-expected.txt");
  const CliResult told =
      runCli(scratch.path(), {"generate", "--model", model, "--prompt", "", "--greedy", "--max-tokens", "256"});
  REQUIRE(told.code == 0);
  CHECK(told.out.substr(0, story.size()) == story);
  // The same with the tokens counted, whole.
  const CliResult ids = runCli(scratch.path(), {"tokenizer", "encode", "--model", model, "--json"}, story);
  const size_t tokens = ids.json()["ids"].size();
  const Json whole = runCli(scratch.path(), {"generate", "--model", model, "--prompt", "", "--greedy", "--max-tokens",
                                             std::to_string(tokens), "--json"})
                         .json();
  CHECK(whole["text"] == story);
  const CliResult decoded =
      runCli(scratch.path(), {"tokenizer", "decode", "--model", model, "403", "407", "261", "378"});
  CHECK(decoded.out == "Once upon a time");
}

TEST_CASE("sampling repeats with its seed, and replies differ") {
  const Scratch scratch;
  const std::string model = (scratch / "m").string();
  makeTinyModel(model, false);
  const auto generate = [&](const std::string& seed) {
    return runCli(scratch.path(), {"generate", "--model", model, "--prompt", "Hello", "--max-tokens", "12", "--replies",
                                   "3", "--seed", seed, "--json"})
        .json();
  };
  const Json first = generate("7");
  CHECK(first == generate("7"));
  CHECK(first != generate("8"));
  REQUIRE(first["replies"].size() == 3);
  CHECK(first["replies"][0]["ids"] != first["replies"][1]["ids"]);
  CHECK(first["ids"] == first["replies"][0]["ids"]);
  CHECK(first["text"].is_string());
}

TEST_CASE("a tokenizer is trained, a model made, told of, exported and read again") {
  const Scratch scratch;
  const std::string text = (scratch / "text.txt").string(), tokenizer = (scratch / "tok").string(),
                    model = (scratch / "model").string(), copy = (scratch / "copy").string();
  std::string words;
  for (int i = 0; i < 200; ++i) words += "the ferry waits for the hen, ";
  writeFileAtomically(text, words);
  const CliResult trained =
      runCli(scratch.path(), {"tokenizer", "train", text, "--vocab", "270", "--out", tokenizer, "--json"});
  INFO(trained.err);
  REQUIRE(trained.code == 0);
  CHECK(trained.json()["vocab_size"] == 270);
  CHECK(runCli(scratch.path(),
               {"tokenizer", "train", text, "--vocab", "3", "--out", (scratch / "bytes").string(), "--json"})
            .json()["vocab_size"] == 257);

  const CliResult made = runCli(
      scratch.path(), {"model",    "init",        "--architecture", "llama",     "--set", "n_layer=2",  "n_head=4",
                       "--set",    "n_kv_head=2", "--set",          "n_embd=32", "--set", "n_inner=48", "--set",
                       "n_ctx=64", "--tokenizer", tokenizer,        "--out",     model,   "--seed",     "5"});
  INFO(made.err);
  REQUIRE(made.code == 0);
  const Json info = runCli(scratch.path(), {"model", "info", model, "--json"}).json();
  CHECK(info["architecture"] == "llama");
  CHECK(info["n_kv_head"] == 2);
  CHECK(info["n_inner"] == 48);
  CHECK(info["n_ctx"] == 64);
  CHECK(info["vocab_size"] == 270);
  CHECK(info["lineage"]["job"] == "init");
  CHECK(info["lineage"]["seed"] == 5);
  CHECK_THAT(runCli(scratch.path(), {"model", "info", model}).out, Contains("2 layers, 4 heads"));

  REQUIRE(runCli(scratch.path(), {"model", "export", model, "--out", copy, "--dtype", "BF16"}).code == 0);
  const Json exported = runCli(scratch.path(), {"model", "info", copy, "--json"}).json();
  CHECK(exported["dtype"] == "BF16");
  CHECK(exported["lineage"]["parents"][0]["sha256"] == info["sha256"]);
  const CliResult again = runCli(scratch.path(), {"model", "export", model, "--out", copy});
  CHECK(again.code == 1); // the folder is not empty
  CHECK_THAT(again.err, Contains(copy));
  CHECK(runCli(scratch.path(), {"model", "info", copy, "--json"}).json() == exported);

  // Any bytes go through encode and decode; special tokens are recognised.
  const std::string bytes = std::string("hen\xff\x00 ferry<|endoftext|>", 24);
  const Json ids = runCli(scratch.path(), {"tokenizer", "encode", "--model", model, "--json"}, bytes).json()["ids"];
  CHECK(ids.back() == 0);
  std::vector<std::string> decode = {"tokenizer", "decode", "--model", model};
  for (const Json& id : ids) decode.push_back(std::to_string(id.get<int>()));
  CHECK(runCli(scratch.path(), decode).out == bytes);
  CHECK_THAT(runCli(scratch.path(), {"tokenizer", "encode", "--model", tokenizer}, "hen").out,
             !Contains(",") && Contains("\n"));
}

TEST_CASE("heads are drawn as PNG and SVG and written as CSV") {
  const Scratch scratch;
  const std::string model = (scratch / "m").string();
  makeTinyModel(model, false);
  const auto draw = [&](const std::string& file, const std::vector<std::string>& more) {
    std::vector<std::string> words = {"attention", "export",        "--model", model,
                                      "--text",    "The hen waits", "--out",   (scratch / file).string()};
    words.insert(words.end(), more.begin(), more.end());
    const CliResult result = runCli(scratch.path(), words);
    INFO(result.err);
    REQUIRE(result.code == 0);
    return readFile(scratch / file);
  };
  CHECK(draw("head.png", {"--layer", "1", "--head", "0"}).starts_with("\x89PNG"));
  CHECK_THAT(draw("head.svg", {"--layer", "0", "--head", "1", "--theme", "dark"}), Contains("<svg"));
  CHECK(draw("grid.png", {}).starts_with("\x89PNG"));
  const std::string csv = draw("head.csv", {"--layer", "1", "--head", "0"});
  // The first token can only read itself.
  CHECK_THAT(csv, Contains("\n0,The,1,,,\n"));
  const CliResult none = runCli(scratch.path(), {"attention", "export", "--model", model, "--text", "a", "--layer",
                                                 "99", "--head", "0", "--out", (scratch / "none.png").string()});
  CHECK(none.code == 1);
  CHECK_THAT(none.err, Contains("layer 99"));
  CHECK(!fs::exists(scratch / "none.png"));
}
