// The rules of SentencePiece on Llama 2's own vocabulary, against the published ids of 47 texts.
#include "catch.h"
#include "formats/file.h"
#include "golden.h"
#include "scratch.h"
#include "text/normalize.h"
#include "text/tokenizer.h"

#include <cstring>
#include <sstream>

using namespace attune;
using namespace attune::test;

namespace {

// The vocabulary of a GGUF file as llama2.c's tokenizer file. Scores fall by one a token from the first merged one on;
// runs of spaces come last of all (so in the published model; the copy in the tests' data has its scores damaged).
std::string llama2cFile(const std::string& gguf, int count) {
  const std::string key = "tokenizer.ggml.tokens";
  size_t at = gguf.find(key) + key.size() + 4 + 4 + 8; // kind of value, kind of element, count
  std::string file("\x40\0\0\0", 4);
  for (int id = 0; id < count; ++id) {
    uint64_t length = 0;
    std::memcpy(&length, gguf.data() + at, 8);
    const std::string token = replaceAll(gguf.substr(at + 8, length), "\u2581", " ");
    at += 8 + length;
    const float score = id < 259 ? 0 : token.find_first_not_of(' ') == token.npos ? -1e9f : -float(id - 259);
    const int32_t size = int32_t(token.size());
    file.append(reinterpret_cast<const char*>(&score), 4).append(reinterpret_cast<const char*>(&size), 4).append(token);
  }
  return file;
}

} // namespace

TEST_CASE("Llama 2's vocabulary gives the published ids") {
  const auto folder = sharedData("gguf-vocabs");
  if (folder.empty()) return;
  const std::string name = (folder / "ggml-vocab-llama-spm.gguf").string();
  Scratch scratch;
  writeFileAtomically(scratch / "tokenizer.bin", llama2cFile(readFile(name), 32000));
  const auto tokenizer = Tokenizer::load(scratch.path());
  REQUIRE(tokenizer->size() == 32000);
  const std::string texts = readFile(name + ".inp"), separator = "\n__ggml_vocab_test__\n";
  std::istringstream rows(readFile(name + ".out"));
  int count = 0;
  for (size_t start = 0; start != texts.npos; ++count) {
    const size_t end = texts.find(separator, start);
    const std::string text = texts.substr(start, end == texts.npos ? end : end - start);
    start = end == texts.npos ? end : end + separator.size();
    std::string row;
    std::getline(rows, row);
    std::istringstream numbers(row);
    std::vector<int32_t> expected;
    for (int32_t id; numbers >> id;) expected.push_back(id);
    INFO("text " << count << ": " << text);
    const auto ids = tokenizer->encode(text, SpecialTokens::AsText);
    CHECK(ids == expected);
    CHECK(tokenizer->decode(ids) == text);
  }
  CHECK(count == 47);
}
