// Every broken tokenizer ends in a sentence that names the file and what is wrong.
#include "catch.h"
#include "errors.h"
#include "formats/file.h"
#include "formats/json.h"
#include "scratch.h"
#include "text/tokenizer.h"

#include <nlohmann/json.hpp>

using namespace attune;
using namespace attune::test;

namespace {

std::string errorOfJson(const std::string& text) {
  Scratch scratch;
  writeFileAtomically(scratch / "tokenizer.json", text);
  const std::string error = errorOf([&] { Tokenizer::load(scratch.path()); });
  CHECK(contains(error, "tokenizer.json"));
  return error;
}

std::string model(const std::string& vocabulary, const std::string& merges) {
  return R"({"model": {"type": "BPE", "vocab": )" + vocabulary + R"(, "merges": )" + merges + "}}";
}

} // namespace

TEST_CASE("broken tokenizer.json files") {
  CHECK(contains(errorOfJson(""), "is empty"));
  CHECK(contains(errorOfJson(model("{}", "[]").substr(0, 30)), "is no JSON"));
  CHECK(contains(errorOfJson("{}"), "\"model\" is missing"));
  CHECK(contains(errorOfJson("[1]"), "must be an object"));
  CHECK(contains(errorOfJson(R"({"model": 3})"), "\"model\" must be an object"));
  CHECK(contains(errorOfJson(R"({"model": {"type": "Unigram", "vocab": []}})"), "Unigram"));
  CHECK(contains(errorOfJson(R"({"model": {"vocab": {"a": 0}}})"), "\"type\" is \"unknown\""));
  CHECK(contains(errorOfJson(std::string(100000, '[') + std::string(100000, ']')), "nested more than"));
  CHECK(contains(errorOfJson("{\"model\": " + std::string(100000, '{')), "nested more than"));
  CHECK(contains(errorOfJson(model(R"({"a": 0})", R"(["a b"])")), "needs the token \"b\""));
  CHECK(contains(errorOfJson(model(R"({"a": 0, "b": 1})", R"([["a", "b"]])")), "needs the token \"ab\""));
  CHECK(contains(errorOfJson(model(R"({"a": 0})", R"(["ab"])")), "two tokens with a space"));
  CHECK(contains(errorOfJson(model(R"({"a": 0})", R"([7])")), "merge 1 must be two tokens"));
  CHECK(contains(errorOfJson(model(R"({"a": 0, "b": 0})", "[]")), "same id 0"));
  CHECK(contains(errorOfJson(model(R"({"a": -1})", "[]")), "id -1"));
  CHECK(contains(errorOfJson(model(R"({"a": 99999999999})", "[]")), "ids must lie between"));
  CHECK(contains(errorOfJson(model(R"({"a": 18446744073709551615})", "[]")), "ids must lie between"));
  CHECK(contains(errorOfJson(model(R"({"a": 900000})", "[]")), "ids must count up from 0"));
  CHECK(contains(errorOfJson(model(R"({"a": "0"})", "[]")), "must be a whole number, found a string"));
  CHECK(contains(errorOfJson(model("{}", "[]")), "\"vocab\" is empty"));
  CHECK(contains(errorOfJson(model("[]", "[]")), "must be an object"));
  CHECK(contains(
      errorOfJson(R"({"pre_tokenizer": {"type": "Magic"}, "model": {"type": "BPE", "vocab": {"a": 0}, "merges": []}})"),
      "Magic"));
  CHECK(contains(
      errorOfJson(
          R"({"pre_tokenizer": {"type": "Split", "pattern": {"Regex": "(a"}}, "model": {"type": "BPE", "vocab": {"a": 0}, "merges": []}})"),
      "is not understood"));
  CHECK(contains(
      errorOfJson(R"({"normalizer": {"type": "Nmt"}, "model": {"type": "BPE", "vocab": {"a": 0}, "merges": []}})"),
      "Nmt"));
  CHECK(contains(
      errorOfJson(
          R"({"added_tokens": [{"id": 9000000, "content": "x"}], "model": {"type": "BPE", "vocab": {"a": 0}, "merges": []}})"),
      "9000000"));
}

TEST_CASE("broken neighbours and missing files") {
  Scratch scratch;
  CHECK(contains(errorOf([&] { Tokenizer::load(scratch.path()); }), "holds no tokenizer"));
  CHECK(contains(errorOf([&] { Tokenizer::load(scratch / "nothing.json"); }), "nothing.json cannot be read"));
  CHECK_FALSE(Tokenizer::isIn(scratch.path()));
  writeFileAtomically(scratch / "vocab.json", R"({"a": 0, "b": 1, "ab": 2})");
  writeFileAtomically(scratch / "merges.txt", "#version: 0.2\na b\na c\n");
  CHECK(Tokenizer::isIn(scratch.path()));
  CHECK(contains(errorOf([&] { Tokenizer::load(scratch.path()); }), "merges.txt: line 3"));
  writeFileAtomically(scratch / "merges.txt", "#version: 0.2\r\na b\r\n");
  CHECK(Tokenizer::load(scratch.path())->encode("ab", SpecialTokens::AsText) == std::vector<int32_t>{2});
  writeFileAtomically(scratch / "tokenizer_config.json", "{\"eos_token\": ");
  CHECK(contains(errorOf([&] { Tokenizer::load(scratch.path()); }), "tokenizer_config.json"));
  writeFileAtomically(scratch / "tokenizer.bin", "no tokenizer at all");
  CHECK(contains(errorOf([&] { Tokenizer::load(scratch / "tokenizer.bin"); }), "is no tokenizer of llama2.c"));
}

TEST_CASE("training text that cannot be read") {
  Scratch scratch;
  const auto train = [&](const char* name) {
    const std::filesystem::path files[] = {scratch / name};
    return errorOf([&] { Tokenizer::trainBytePairs(files, 300); });
  };
  writeFileAtomically(scratch / "latin1.txt", "gut\nsch\xF6n");
  CHECK(contains(train("latin1.txt"), "latin1.txt is not UTF-8: byte 7 (0xF6)"));
  writeFileAtomically(scratch / "empty.txt", "");
  CHECK(contains(train("empty.txt"), "empty.txt is empty"));
  CHECK(contains(train("none.txt"), "none.txt cannot be read"));
  writeFileAtomically(scratch / "bad.jsonl", "{\"text\": \"a\"}\n{\"text\": \n");
  CHECK(contains(train("bad.jsonl"), "line 2"));
  CHECK(contains(errorOf([] { Tokenizer::trainBytePairsOnText("a", 0); }), "too small"));
  CHECK(contains(errorOf([] { Tokenizer::trainBytePairs({}, 300); }), "at least one"));
}
