// Encoding and decoding against published and golden ids.
#include "catch.h"
#include "errors.h"
#include "formats/file.h"
#include "formats/json.h"
#include "golden.h"
#include "measuring.h"
#include "scratch.h"
#include "text/tokenizer.h"

#include <chrono>
#include <nlohmann/json.hpp>
#include <sstream>

using namespace attune;
using namespace attune::test;

namespace {

std::shared_ptr<const Tokenizer> bytesOnly() {
  static const auto tokenizer = Tokenizer::trainBytePairsOnText("a", 257);
  return tokenizer;
}

double seconds(const std::function<void()>& action) {
  const auto begin = std::chrono::steady_clock::now();
  action();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

// A little deterministic noise for texts.
struct Noise {
  uint32_t state = 12345;
  uint32_t operator()(uint32_t bound) {
    state = state * 1664525u + 1013904223u;
    return (state >> 8) % bound;
  }
};

} // namespace

TEST_CASE("golden tokenizers give the golden ids and texts, and again after saving") {
  for (const char* name : {"gpt2", "llama3", "qwen2", "llama2"}) {
    const auto file = golden(std::string("tokenizers/") + name + ".json");
    const auto vectors = golden(std::string("tokenizers/") + name + ".vectors.json");
    if (file.empty() || vectors.empty()) return;
    const auto loaded = Tokenizer::load(file);
    Scratch scratch;
    loaded->save(scratch.path());
    const auto again = Tokenizer::load(scratch.path());
    CHECK(loaded->hash() == again->hash());
    const Json rows = readJson(vectors);
    REQUIRE(rows.size() > 20);
    for (const auto& tokenizer : {loaded, again})
      for (const Json& row : rows) {
        INFO(name << ": " << row["text"]);
        const auto ids = row["ids"].get<std::vector<int32_t>>();
        CHECK(tokenizer->encode(row["text"].get<std::string>(), SpecialTokens::Recognise) == ids);
        CHECK(tokenizer->decode(ids) == row["decoded"].get<std::string>());
      }
  }
}

TEST_CASE("GPT-2's vocabulary gives the published ids") {
  const auto folder = sharedData("gpt2-bpe");
  if (folder.empty()) return;
  const auto tokenizer = Tokenizer::load(folder);
  CHECK(tokenizer->size() == 50257);
  CHECK(tokenizer->eos() == 50256);
  CHECK(tokenizer->bytesOf(262) == " the");
  std::istringstream lines(readFile(folder / "ggml_prompts_gpt-2.txt"));
  int equal = 0, total = 0;
  for (std::string line; std::getline(lines, line); ++total) {
    const size_t arrow = line.rfind(" => ");
    REQUIRE(arrow != line.npos);
    const std::string text = line.substr(0, arrow);
    const Json expected = parseJson("[" + line.substr(arrow + 4) + "]", "ids");
    const auto ids = tokenizer->encode(text, SpecialTokens::AsText);
    INFO(line);
    CHECK(ids == expected.get<std::vector<int32_t>>());
    CHECK(tokenizer->decode(ids) == text);
    equal += ids == expected.get<std::vector<int32_t>>();
  }
  CHECK(total == 100);
  CHECK(equal == 100);
}

TEST_CASE("any bytes come back, also those that are no UTF-8, and NUL") {
  Noise noise;
  std::vector<std::string> texts = {std::string("\0", 1), std::string("a\0b\xff\xfe\xc3", 6), "\xed\xa0\x80",
                                    "\xf4\x90\x80\x80", "\xe2\x82"};
  for (int i = 0; i < 200; ++i) {
    std::string text;
    for (uint32_t length = noise(80); length > 0; --length) text += char(noise(2) ? noise(256) : 32 + noise(90));
    texts.push_back(text);
  }
  std::vector<std::shared_ptr<const Tokenizer>> tokenizers = {bytesOnly()};
  for (const char* name : {"gpt2", "llama3", "llama2"}) // qwen2's changes texts to NFC
    if (const auto file = golden(std::string("tokenizers/") + name + ".json"); !file.empty())
      tokenizers.push_back(Tokenizer::load(file));
  for (const auto& tokenizer : tokenizers)
    for (const std::string& text : texts)
      CHECK(tokenizer->decode(tokenizer->encode(text, SpecialTokens::AsText)) == text);
}

TEST_CASE("special tokens are recognised only when asked") {
  const auto tokenizer = bytesOnly();
  CHECK(tokenizer->encode("<|endoftext|>", SpecialTokens::Recognise) == std::vector<int32_t>{0});
  const auto typed = tokenizer->encode("a<|endoftext|>", SpecialTokens::AsText);
  CHECK(typed.size() == 14);
  for (const int32_t id : typed) CHECK_FALSE(tokenizer->isSpecial(id));
  CHECK(tokenizer->decode(typed) == "a<|endoftext|>");
  CHECK(tokenizer->decode(std::vector<int32_t>{0}, true).empty());
  CHECK(tokenizer->startToken() == 0);
}

TEST_CASE("added tokens: the longest wins, white space and word borders as they say") {
  const Json file = {{"added_tokens",
                      {{{"id", 0}, {"content", "<a>"}, {"special", true}, {"normalized", false}},
                       {{"id", 200}, {"content", "<a><b>"}, {"special", true}},
                       {{"id", 201}, {"content", "<l>"}, {"lstrip", true}, {"special", true}},
                       {{"id", 202}, {"content", "<r>"}, {"rstrip", true}, {"special", true}},
                       {{"id", 203}, {"content", "word"}, {"single_word", true}, {"special", false}}}},
                     {"model", {{"type", "BPE"}, {"vocab", {{"<a>", 0}}}, {"merges", Json::array()}}}};
  Json whole = file;
  for (int c = 32; c < 127; ++c) whole["model"]["vocab"][std::string(1, char(c))] = c;
  Scratch scratch;
  writeJson(scratch / "tokenizer.json", whole);
  const auto tokenizer = Tokenizer::load(scratch.path());
  using Ids = std::vector<int32_t>;
  CHECK(tokenizer->encode("<a><b>", SpecialTokens::Recognise) == Ids{200});
  CHECK(tokenizer->encode("x <l> y", SpecialTokens::Recognise) == Ids{'x', 201, ' ', 'y'});
  CHECK(tokenizer->encode("x <r> y", SpecialTokens::Recognise) == Ids{'x', ' ', 202, 'y'});
  CHECK(tokenizer->encode("a word", SpecialTokens::Recognise) == Ids{'a', ' ', 203});
  CHECK(tokenizer->encode("words", SpecialTokens::Recognise) == Ids{'w', 'o', 'r', 'd', 's'});
  CHECK(tokenizer->encode("<a>", SpecialTokens::AsText) == Ids{'<', 'a', '>'});
  CHECK(tokenizer->encode("a word", SpecialTokens::AsText) == Ids{'a', ' ', 203}); // not special, so part of the text
  CHECK(contains(errorOf([&] { tokenizer->encode("\n", SpecialTokens::AsText); }), "no token for the byte 0x0A"));
}

TEST_CASE("ids out of range are told") {
  CHECK(contains(errorOf([] { bytesOnly()->decode(std::vector<int32_t>{257}); }), "257 is out of range"));
  CHECK(contains(errorOf([] { bytesOnly()->bytesOf(-1); }), "-1 is out of range"));
}

TEST_CASE("tokens can be shown") {
  const auto tokenizer = bytesOnly();
  const auto shown = [&](const std::string& text) {
    return tokenizer->display(tokenizer->encode(text, SpecialTokens::AsText).at(0));
  };
  CHECK(shown(" ") == "\u00B7");
  CHECK(shown("\n") == "\\n");
  CHECK(shown(std::string(1, '\0')) == "\\x00");
  CHECK(shown("\xE2") == "\\xE2");
  CHECK(shown("a") == "a");
  CHECK(tokenizer->display(0) == "<|endoftext|>");
}

TEST_CASE("a stream gives whole characters") {
  const auto tokenizer = bytesOnly();
  StreamDecoder decoder(tokenizer);
  std::string text;
  for (const int32_t id : tokenizer->encode("h\u00E9\U0001F642!", SpecialTokens::AsText)) {
    const std::string part = decoder.add(id);
    CHECK((part.empty() || part == "h" || part == "\u00E9" || part == "\U0001F642" || part == "!"));
    text += part;
  }
  CHECK(text == "h\u00E9\U0001F642!");
  CHECK(decoder.finish().empty());
  CHECK(decoder.add(tokenizer->encode("\xE2", SpecialTokens::AsText)[0]).empty());
  CHECK(decoder.finish() == "\uFFFD");
  CHECK(decoder.add(tokenizer->encode("\xFF", SpecialTokens::AsText)[0]) == "\uFFFD");
  CHECK(decoder.add(0).empty());
  CHECK(StreamDecoder(tokenizer, false).add(0) == "<|endoftext|>");
}

TEST_CASE("encoding is fast, and long runs are no trouble") {
  const auto folder = sharedData("gpt2-bpe");
  const auto play = sharedData("tinyshakespeare/input.txt");
  if (folder.empty() || play.empty()) return;
  const auto tokenizer = Tokenizer::load(folder);
  const std::string text = readFile(play);
  std::vector<int32_t> ids;
  const double time = seconds([&] { ids = tokenizer->encode(text, SpecialTokens::Recognise); });
  WARN("Tiny Shakespeare with GPT-2's vocabulary: " << text.size() / time / 1e6 << " MB/s, loaded in "
                                                    << seconds([&] { Tokenizer::load(folder); }) << " s");
  CHECK(ids.size() == 338025); // nanoGPT's count of the same: 301,966 + 36,059
  CHECK(tokenizer->decode(ids) == text);
  CHECK(text.size() / time > 4e6 / patience()); // 5e6 on a quiet machine
  for (const char letter : {'a', ' ', '\n', '!'}) {
    const std::string run(1000000, letter);
    CHECK(seconds([&] { CHECK(tokenizer->decode(tokenizer->encode(run, SpecialTokens::AsText)) == run); }) <
          2 * patience());
  }
}

TEST_CASE("llama2.c's tokenizer") {
  const auto file = sharedData("stories260K/tok512.bin");
  if (file.empty()) return;
  const auto tokenizer = Tokenizer::importLlama2c(file, 512);
  CHECK(tokenizer->size() == 512);
  CHECK(tokenizer->bos() == 1);
  CHECK(tokenizer->eos() == 2);
  const std::string text = "Once upon a time, there was a little girl named Lily. \u00FC\n";
  const auto ids = tokenizer->encode(text, SpecialTokens::AsText);
  CHECK(tokenizer->decode(ids) == text);
  CHECK(std::vector<int32_t>(ids.begin(), ids.begin() + 4) ==
        std::vector<int32_t>{403, 407, 261, 378}); // as llama2.c has it
  Scratch scratch;
  tokenizer->save(scratch.path());
  const auto again = Tokenizer::load(scratch.path());
  CHECK(again->encode(text, SpecialTokens::AsText) == ids);
  CHECK(again->hash() == tokenizer->hash());
  StreamDecoder decoder(tokenizer);
  std::string streamed = decoder.add(1);
  for (const int32_t id : ids) streamed += decoder.add(id);
  CHECK(streamed + decoder.finish() == text);
  CHECK(contains(errorOf([&] { Tokenizer::importLlama2c(file, 511); }), "more tokens than the 511"));
  CHECK(contains(errorOf([&] { Tokenizer::importLlama2c(file, 513); }), "holds 512 tokens"));
  writeFileAtomically(scratch / "cut.bin", readFile(file).substr(0, 3001));
  CHECK(errorOf([&] { Tokenizer::load(scratch / "cut.bin"); }) != "no error");
}
