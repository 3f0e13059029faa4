// Training: the same merges as the library everyone uses, the same every time, and files that it opens.
#include "catch.h"
#include "errors.h"
#include "formats/file.h"
#include "formats/json.h"
#include "golden.h"
#include "python.h"
#include "scratch.h"
#include "text/tokenizer.h"

#include <nlohmann/json.hpp>

using namespace attune;
using namespace attune::test;

TEST_CASE("a vocabulary trained on Tiny Shakespeare equals the golden one") {
  const auto play = sharedData("tinyshakespeare/input.txt");
  const auto file = golden("tokenizers/gpt2.json");
  if (play.empty() || file.empty()) return;
  const std::filesystem::path files[] = {play};
  int calls = 0;
  const auto trained = Tokenizer::trainBytePairs(files, 768, [&](int done, int total) {
    CHECK(total == 511);
    CHECK(done <= total);
    return ++calls > 0;
  });
  CHECK(calls > 1);
  CHECK(trained->size() == 768);
  const auto expected = Tokenizer::load(file);
  Scratch scratch;
  trained->save(scratch.path());
  const Json ours = readJson(scratch / "tokenizer.json"), theirs = readJson(file);
  CHECK(ours["model"]["vocab"] == theirs["model"]["vocab"]);
  CHECK(trained->encode(readFile(play), SpecialTokens::AsText) ==
        expected->encode(readFile(play), SpecialTokens::AsText));
  CHECK(Tokenizer::trainBytePairs(files, 768)->hash() == trained->hash());
  CHECK(contains(errorOf([&] { Tokenizer::trainBytePairs(files, 768, [](int, int) { return false; }); }), "stopped"));
}

TEST_CASE("small vocabularies are the bytes and end-of-text") {
  for (const int size : {1, 256, 257}) {
    const auto tokenizer = Tokenizer::trainBytePairsOnText("the the the the", size);
    CHECK(tokenizer->size() == 257);
    CHECK(tokenizer->encode("the", SpecialTokens::AsText).size() == 3);
    CHECK(tokenizer->eos() == 0);
    CHECK(tokenizer->bos() == 0);
  }
  CHECK(Tokenizer::trainBytePairsOnText("the the the the", 1000)->size() < 270); // no pair left that comes twice
  const auto tokenizer = Tokenizer::trainBytePairsOnText("ab<|endoftext|>ab<|endoftext|>ab", 300);
  CHECK(tokenizer->encode("ab<|endoftext|>ab", SpecialTokens::Recognise) == std::vector<int32_t>{257, 0, 257});
  CHECK(tokenizer->size() == 258); // the mark's letters were not learnt
}

TEST_CASE("JSON Lines are learnt from by their strings") {
  Scratch scratch;
  writeFileAtomically(scratch / "a.jsonl",
                      "{\"messages\": [{\"role\": \"user\", \"content\": \"a\\nb\\nb\"}]}\n\n{\"text\": \"b\\nb\"}\n");
  const std::filesystem::path files[] = {scratch / "a.jsonl"};
  const auto tokenizer = Tokenizer::trainBytePairs(files, 300);
  for (int id = 257; id < tokenizer->size(); ++id) CHECK_FALSE(contains(tokenizer->bytesOf(id), "us"));
}

TEST_CASE("what is trained opens in Python's tokenizers and transformers, and agrees") {
  const auto play = sharedData("tinyshakespeare/input.txt");
  if (play.empty() || !hasPython("transformers")) return;
  const std::filesystem::path files[] = {play};
  const auto trained = Tokenizer::trainBytePairs(files, 1000);
  const auto llama = sharedData("stories260K/tok512.bin");
  const auto golden3 = golden("tokenizers/llama3.json"), golden2 = golden("tokenizers/llama2.json");
  if (llama.empty() || golden3.empty() || golden2.empty()) return;
  const Json texts = {"",
                      "Hello world",
                      "  two  spaces ",
                      "I'm naive: na\u00EFve \U0001F642",
                      "a<|endoftext|>b",
                      "x\n\n y\t\t1234",
                      "<s>\u4F60\u597D</s>"};
  for (const auto& tokenizer :
       {trained, Tokenizer::importLlama2c(llama, 512), Tokenizer::load(golden3), Tokenizer::load(golden2),
        trained->with("{{ messages }}", std::vector<std::string>{"<|user|>", "<|assistant|>"})}) {
    Scratch scratch;
    tokenizer->save(scratch.path());
    writeJson(scratch / "texts.json", texts);
    const Json theirs = parseJson(runPython(R"(
import json, tokenizers, transformers
t = tokenizers.Tokenizer.from_file("tokenizer.json")
h = transformers.AutoTokenizer.from_pretrained(".")
texts = json.load(open("texts.json"))
print(json.dumps({"ids": [t.encode(x, add_special_tokens=False).ids for x in texts],
  "auto": [h(x, add_special_tokens=False)["input_ids"] for x in texts], "size": len(h),
  "eos": h.eos_token_id, "bos": h.bos_token_id, "template": h.chat_template}))
)",
                                            scratch.path()),
                                  "Python's answer");
    for (size_t i = 0; i < texts.size(); ++i) {
      INFO(texts[i]);
      const auto ids = tokenizer->encode(texts[i].get<std::string>(), SpecialTokens::Recognise);
      CHECK(theirs["ids"][i].get<std::vector<int32_t>>() == ids);
      CHECK(theirs["auto"][i].get<std::vector<int32_t>>() == ids);
    }
    CHECK(theirs["size"] == tokenizer->size());
    CHECK(theirs["eos"] == (tokenizer->eos() ? Json(*tokenizer->eos()) : Json()));
    CHECK(theirs["bos"] == (tokenizer->bos() ? Json(*tokenizer->bos()) : Json()));
    CHECK(theirs["template"] == (tokenizer->chatTemplate() ? Json(*tokenizer->chatTemplate()) : Json()));
  }
}
