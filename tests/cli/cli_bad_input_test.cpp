#include "catch.h"
#include "formats/file.h"
#include "formats/json.h"
#include "golden.h"
#include "run_cli.h"
#include "scratch.h"
#include "tiny_models.h"

#include <cstring>
#include <nlohmann/json.hpp>

using namespace attune;
using namespace attune::test;
namespace fs = std::filesystem;

namespace {

// Exit code 1, one line on standard error that names the thing, nothing on standard output.
void refused(const Scratch& scratch, const std::vector<std::string>& words, const std::string& named,
             const std::string& input = {}) {
  std::string line;
  for (const std::string& word : words) line += word.substr(0, 60) + " ";
  INFO(line);
  const CliResult result = runCli(scratch / "home", words, input);
  INFO(result.err);
  CHECK(result.code == 1);
  CHECK(result.out.empty());
  CHECK_THAT(result.err, Contains(named));
  CHECK(result.err.starts_with("attune-cli: "));
  CHECK(result.err.find('\n') == result.err.size() - 1);
}

// A copy of a golden model, to be spoilt.
fs::path copyOf(const fs::path& model, const fs::path& to) {
  fs::copy(model, to, fs::copy_options::recursive | fs::copy_options::overwrite_existing);
  return to;
}

void rewriteHeader(const fs::path& file, const std::function<void(Json&)>& change) {
  std::string bytes = readFile(file);
  uint64_t length = 0;
  std::memcpy(&length, bytes.data(), 8);
  Json header = Json::parse(bytes.substr(8, length));
  change(header);
  const std::string text = header.dump();
  const uint64_t size = text.size();
  writeFileAtomically(file, std::string(reinterpret_cast<const char*>(&size), 8) + text + bytes.substr(8 + length));
}

size_t entries(const fs::path& folder) {
  return size_t(std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
}

} // namespace

TEST_CASE("paths that lead nowhere are named") {
  const Scratch scratch;
  const std::string none = (scratch / "none").string(), empty = (scratch / "empty.txt").string();
  writeFileAtomically(empty, "");
  const std::string model = (scratch / "model").string();
  makeTinyModel(model, false);
  refused(scratch, {"model", "info", none}, none);
  refused(scratch, {"generate", "--model", none, "--prompt", "x"}, none);
  refused(scratch, {"generate", "--model", empty, "--prompt", "x"}, empty);
  refused(scratch, {"evaluate", "--model", model, "--data", none}, none);
  refused(scratch, {"evaluate", "--model", model, "--data", empty}, empty);
  refused(scratch, {"tokenizer", "train", none, "--vocab", "300", "--out", (scratch / "t").string()}, none);
  refused(scratch, {"tokenizer", "encode", "--model", none}, none);
  refused(scratch, {"pretrain", "--model", model, "--data", none, "--out", (scratch / "r").string()}, none);
  refused(scratch, {"pretrain", "--model", model, "--data", empty, "--out", (scratch / "r").string()}, empty);
  refused(scratch, {"pretrain", "--model", none, "--data", empty, "--out", (scratch / "r").string()}, none);
  refused(scratch, {"sft", "--model", model, "--data", empty, "--out", (scratch / "r").string()}, empty);
  refused(scratch, {"resume", none}, none);
  refused(scratch, {"pause", none}, none);
  refused(scratch, {"model", "import", none, "--out", (scratch / "i").string()}, none);
  refused(scratch, {"model", "import", empty, "--out", (scratch / "i").string()}, empty);
  refused(scratch, {"model", "init", "--architecture", "gpt2", "--tokenizer", none, "--out", (scratch / "i").string()},
          none);
  refused(scratch, {"data", "import", none}, none);
  refused(scratch, {"data", "import", empty}, empty);
  refused(scratch, {"data", "list", "--store", none}, none);
  refused(scratch, {"inspect", "--model", model, "--text", "ab", "--out", (scratch / "no" / "x.safetensors").string()},
          "no/x.safetensors");
  for (const char* left : {"t", "r", "i"}) CHECK(!fs::exists(scratch / left));
  CHECK(entries(scratch.path()) == 3); // the empty file, the model, the home
}

TEST_CASE("text that is no UTF-8 is named with its byte") {
  const Scratch scratch;
  const std::string model = (scratch / "model").string(), bad = (scratch / "bad.txt").string();
  makeTinyModel(model, false);
  writeFileAtomically(bad, "twelve chars\xff and more, so that there is enough to train on: and on, and on, and on");
  for (const auto& words : {std::vector<std::string>{"evaluate", "--model", model, "--data", bad},
                            {"pretrain", "--model", model, "--data", bad, "--out", (scratch / "r").string()},
                            {"tokenizer", "train", bad, "--vocab", "300", "--out", (scratch / "t").string()}}) {
    refused(scratch, words, "bad.txt");
    refused(scratch, words, "12");
  }
  refused(scratch, {"generate", "--model", model, "--prompt", "\xff"}, "--prompt");
  CHECK(!fs::exists(scratch / "r"));
  CHECK(!fs::exists(scratch / "t"));
}

TEST_CASE("configurations with faults are refused by their field") {
  const fs::path good = golden("gpt2-tiny");
  if (good.empty()) return;
  const Scratch scratch;
  const fs::path model = copyOf(good, scratch / "model");
  const Json config = readJson(good / "config.json");
  const auto with = [&](const std::function<void(Json&)>& change, const std::string& named) {
    Json changed = config;
    change(changed);
    writeJson(model / "config.json", changed);
    refused(scratch, {"generate", "--model", model.string(), "--ids", "1,2"}, named);
  };
  with(
      [](Json& json) {
        json.erase("n_embd");
        json.erase("hidden_size");
      },
      "n_embd");
  with([](Json& json) { json["n_layer"] = "two"; }, "n_layer");
  with([](Json& json) { json["n_head"] = -1; }, "n_head");
  with([](Json& json) { json["n_head"] = 7; }, "n_head");
  with([](Json& json) { json["model_type"] = "perceptron"; }, "perceptron");
  with([](Json& json) { json["n_layer"] = 2000000000; }, "config.json");
  with([](Json& json) { json["vocab_size"] = 1e18; }, "vocab_size");
  writeFileAtomically(model / "config.json", std::string(100000, '['));
  refused(scratch, {"model", "info", model.string()}, "config.json");
  writeFileAtomically(model / "config.json", "");
  refused(scratch, {"model", "info", model.string()}, "config.json");
  writeFileAtomically(model / "config.json", "{\"n_layer\": 2,,}");
  refused(scratch, {"model", "info", model.string()}, "config.json");
  std::string deep;
  for (int i = 0; i < 100000; ++i) deep += "{\"a\":";
  writeFileAtomically(scratch / "deep.jsonl", deep);
  refused(scratch, {"data", "import", (scratch / "deep.jsonl").string()}, "deep.jsonl");
}

TEST_CASE("weights with faults are refused by file and tensor") {
  const fs::path good = golden("gpt2-tiny");
  if (good.empty()) return;
  const Scratch scratch;
  const auto spoilt = [&](const std::function<void(const fs::path&)>& spoil, const std::string& named) {
    fs::remove_all(scratch / "model");
    const fs::path model = copyOf(good, scratch / "model");
    spoil(model / "model.safetensors");
    refused(scratch, {"generate", "--model", model.string(), "--ids", "1,2"}, named);
  };
  const std::string first = "transformer.wte.weight", second = "transformer.wpe.weight";
  spoilt([](const fs::path& file) { fs::resize_file(file, fs::file_size(file) / 2); }, "model.safetensors");
  spoilt([](const fs::path& file) { fs::resize_file(file, 5); }, "model.safetensors");
  spoilt([](const fs::path& file) { fs::resize_file(file, 0); }, "model.safetensors");
  spoilt([](const fs::path& file) { fs::remove(file); }, "model.safetensors");
  spoilt(
      [](const fs::path& file) {
        std::string bytes = readFile(file);
        const uint64_t huge = uint64_t(4) << 30;
        std::memcpy(bytes.data(), &huge, 8);
        writeFileAtomically(file, bytes);
      },
      "model.safetensors");
  const auto header = [&](const std::function<void(Json&)>& change, const std::string& named) {
    spoilt([&](const fs::path& file) { rewriteHeader(file, change); }, named);
  };
  header(
      [&](Json& json) {
        json[first]["data_offsets"] = json[second]["data_offsets"];
        json[first]["shape"] = json[second]["shape"];
      },
      "model.safetensors");
  header([&](Json& json) { std::swap(json[first]["data_offsets"][0], json[first]["data_offsets"][1]); }, first);
  header([&](Json& json) { json[first]["data_offsets"][1] = uint64_t(1) << 60; }, first);
  header([&](Json& json) { json[first]["shape"] = {uint64_t(1) << 40, uint64_t(1) << 40}; }, first);
  header([&](Json& json) { json[first]["shape"] = {json[first]["shape"][1], json[first]["shape"][0]}; }, first);
  header([&](Json& json) { json[first]["dtype"] = "F12"; }, first);
  header(
      [&](Json& json) {
        json["transformer.extra"] = json[first];
        json.erase(first);
      },
      "transformer.extra");
}

TEST_CASE("ids, lengths and places that the model does not have are refused") {
  const Scratch scratch;
  const std::string model = (scratch / "model").string();
  makeTinyModel(model, false, 32);
  const std::string longText(200, 'a'), out = (scratch / "o.safetensors").string();
  refused(scratch, {"generate", "--model", model, "--ids", "1,99999"}, "99999");
  refused(scratch, {"generate", "--model", model, "--ids", "-4"}, "-4");
  refused(scratch, {"generate", "--model", model, "--prompt", longText}, "200 tokens");
  refused(scratch, {"inspect", "--model", model, "--text", longText, "--out", out}, "200 tokens");
  refused(scratch, {"inspect", "--model", model, "--ids", "99999", "--out", out}, "99999");
  refused(scratch, {"inspect", "--model", model, "--text", "a", "--out", out, "--gradients"}, "2 tokens");
  refused(scratch, {"tokenizer", "decode", "--model", model, "99999"}, "99999");
  refused(scratch, {"generate", "--model", model, "--prompt", "a", "--device", "Voodoo"}, "Voodoo");
  CHECK(!fs::exists(out));
  const fs::path without = golden("gpt2-tiny");
  if (without.empty()) return;
  refused(scratch, {"generate", "--model", without.string(), "--prompt", "Hello"}, "tokenizer");
  refused(scratch, {"evaluate", "--model", without.string(), "--data", (scratch / "x").string()}, "tokenizer");
  refused(scratch, {"tokenizer", "encode", "--model", without.string()}, "tokenizer", "Hello");
  refused(scratch, {"chat", "--model", without.string()}, "tokenizer", "Hello\n");
}

TEST_CASE("a full disk leaves nothing half-written") {
  const Scratch scratch;
  const std::string model = (scratch / "model").string(), text = (scratch / "text.txt").string();
  makeTinyModel(model, false);
  std::string words;
  for (int i = 0; i < 300; ++i) words += "the ferry waits for hen " + std::to_string(i) + ", ";
  writeFileAtomically(text, words);
  const size_t before = entries(scratch.path());
  const auto full = [&](const std::vector<std::string>& command, uint64_t limit) {
    INFO(command[0]);
    const CliResult result =
        runCli(scratch / ".." / (scratch.path().filename().string() + "-home"), command, {}, limit);
    INFO(result.err);
    CHECK(result.code == 1);
    CHECK_THAT(result.err, Contains("disk") || Contains("large") || Contains("space"));
    CHECK(entries(scratch.path()) == before);
  };
  full({"model", "export", model, "--out", (scratch / "e").string()}, 4096);
  full({"model", "import", model, "--out", (scratch / "i").string()}, 4096);
  full({"tokenizer", "train", text, "--vocab", "300", "--out", (scratch / "t").string()}, 4096);
  full({"inspect", "--model", model, "--text", "the hen", "--out", (scratch / "x.safetensors").string()}, 512);
  fs::remove_all(scratch / ".." / (scratch.path().filename().string() + "-home"));
}
