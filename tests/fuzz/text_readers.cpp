#include "error.h"
#include "formats/file.h"
#include "readers.h"
#include "scratch.h"
#include "text/chat_template.h"
#include "text/tokenizer.h"

#include <cstdio>
#include <cstring>
#include <nlohmann/json.hpp>

namespace attune::fuzz {

namespace {

const char* const sample = "The ferry waits,  for 12 hens\n\n<|endoftext|> \xc3\xa9\xe2\x82\xac \xf0\x9f\x98\x80 it's";

std::shared_ptr<const Tokenizer> smallTokenizer() {
  return Tokenizer::trainBytePairsOnText("the ferry waits for the hen, the hen waits for the rain", 268);
}

std::vector<GoodFile> tokenizerFiles(const Tokenizer& tokenizer) {
  const test::Scratch scratch;
  tokenizer.save(scratch.path());
  return {{"tokenizer.json", readFile(scratch / "tokenizer.json"), Kind::Json},
          {"tokenizer_config.json", readFile(scratch / "tokenizer_config.json"), Kind::Json}};
}

// A tokenizer that reads one must also read what it writes, with the same ids.
void useTokenizer(const Tokenizer& tokenizer, const Path& out) {
  std::vector<int32_t> ids;
  try {
    ids = tokenizer.encode(sample, SpecialTokens::Recognise);
    tokenizer.encode(sample, SpecialTokens::AsText);
  } catch (const Error&) {
    return; // a vocabulary may lack bytes
  }
  tokenizer.decode(ids);
  for (const int32_t id : ids)
    if (id < 0 || id >= tokenizer.size()) throw std::logic_error("an id out of range");
  for (int32_t id = 0; id < std::min(tokenizer.size(), 400); ++id) tokenizer.display(id);
  const Path copy = out / "copy";
  std::filesystem::create_directories(copy);
  tokenizer.save(copy);
  const auto again = Tokenizer::load(copy);
  if (again->encode(sample, SpecialTokens::Recognise) != ids)
    throw std::logic_error("a saved tokenizer gives other ids");
  std::filesystem::remove_all(copy);
}

void readTokenizer(const Path& folder, const Path& out) { useTokenizer(*Tokenizer::load(folder), out); }

std::vector<GoodFile> sentencePieceFiles() {
  Json vocabulary = {{"<unk>", 0}, {"<s>", 1}, {"</s>", 2}};
  for (int byte = 0; byte < 256; ++byte) {
    char name[8];
    std::snprintf(name, sizeof name, "<0x%02X>", byte);
    vocabulary[name] = 3 + byte;
  }
  int next = 259;
  for (const char* piece : {"\u2581", "t", "h", "e", "\u2581t", "\u2581th", "\u2581the"}) vocabulary[piece] = next++;
  const Json file = {
      {"version", "1.0"},
      {"added_tokens",
       {{{"id", 1}, {"content", "<s>"}, {"special", true}}, {{"id", 2}, {"content", "</s>"}, {"special", true}}}},
      {"normalizer",
       {{"type", "Sequence"},
        {"normalizers",
         {{{"type", "Prepend"}, {"prepend", "\u2581"}},
          {{"type", "Replace"}, {"pattern", {{"String", " "}}}, {"content", "\u2581"}}}}}},
      {"pre_tokenizer", nullptr},
      {"decoder",
       {{"type", "Sequence"},
        {"decoders",
         {{{"type", "Replace"}, {"pattern", {{"String", "\u2581"}}}, {"content", " "}},
          {{"type", "ByteFallback"}},
          {{"type", "Fuse"}},
          {{"type", "Strip"}, {"content", " "}, {"start", 1}, {"stop", 0}}}}}},
      {"model",
       {{"type", "BPE"},
        {"unk_token", "<unk>"},
        {"fuse_unk", true},
        {"byte_fallback", true},
        {"vocab", vocabulary},
        {"merges", {"\u2581 t", "\u2581t h", "\u2581th e"}}}}};
  return {{"tokenizer.json", file.dump(1), Kind::Json}};
}

std::vector<GoodFile> vocabularyAndMerges() {
  const test::Scratch scratch;
  smallTokenizer()->save(scratch.path());
  const Json model = readJson(scratch / "tokenizer.json")["model"];
  std::string merges = "#version: 0.2\n";
  for (const Json& merge : model["merges"]) merges += merge.get<std::string>() + "\n";
  return {{"vocab.json", model["vocab"].dump(), Kind::Json},
          {"merges.txt", merges, Kind::Text},
          {"added_tokens.json", R"({"<|im_start|>": 300, "<|im_end|>": 301})", Kind::Json},
          {"tokenizer_config.json",
           R"({"tokenizer_class": "Qwen2Tokenizer", "eos_token": "<|im_end|>", "added_tokens_decoder":)"
           R"( {"300": {"content": "<|im_start|>", "special": true}, "301": {"content": "<|im_end|>"}}})",
           Kind::Json},
          {"special_tokens_map.json", R"({"bos_token": {"content": "<|im_start|>"}})", Kind::Json}};
}

std::vector<GoodFile> llama2cTokenizer() {
  std::string bytes;
  const auto put = [&](const auto& value) { bytes.append(reinterpret_cast<const char*>(&value), sizeof value); };
  put(int32_t(8));
  const auto piece = [&](const std::string& text, float score) {
    put(score);
    put(int32_t(text.size()));
    bytes += text;
  };
  for (const char* special : {"<unk>", "\n<s>\n", "\n</s>\n"}) piece(special, 0);
  for (int byte = 0; byte < 256; ++byte) {
    char name[8];
    std::snprintf(name, sizeof name, "<0x%02X>", byte);
    piece(name, 0);
  }
  float score = -1;
  for (const char* text : {" ", "t", "h", "e", " t", " th", " the", "he"}) piece(text, score--);
  return {{"tokenizer.bin", bytes, Kind::Bytes}};
}

const char* const templates[] = {
    "{% for message in messages %}{{'<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + "
    "'\n'}}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}",
    "{% set loop_messages = messages %}{% for message in loop_messages %}{% set content = '<|start_header_id|>' + "
    "message['role'] + '<|end_header_id|>\n\n'+ message['content'] | trim + '<|eot_id|>' %}{% if loop.index0 == 0 "
    "%}{% set content = bos_token + content %}{% endif %}{{ content }}{% endfor %}{% if add_generation_prompt %}{{ "
    "'<|start_header_id|>assistant<|end_header_id|>\n\n' }}{% endif %}",
    "{% for message in messages %}\n{% if message['role'] == 'user' %}\n{{ '<|user|>\n' + message['content'] + "
    "eos_token }}\n{% elif message['role'] == 'system' %}\n{{ '<|system|>\n' + message['content'] + eos_token }}\n{% "
    "elif message['role'] == 'assistant' %}\n{{ '<|assistant|>\n'  + message['content'] + eos_token }}\n{% endif "
    "%}\n{% if loop.last and add_generation_prompt %}\n{{ '<|assistant|>' }}\n{% endif %}\n{% endfor %}"};

std::vector<std::vector<GoodFile>> templateSeeds() {
  std::vector<std::vector<GoodFile>> seeds;
  const std::vector<std::string> tokens{"<|im_start|>", "<|im_end|>", "<|start_header_id|>", "<|end_header_id|>",
                                        "<|eot_id|>",   "<|user|>",   "<|assistant|>"};
  const auto tokenizer = smallTokenizer()->with({}, tokens, {});
  for (const char* jinja : templates) {
    seeds.push_back(tokenizerFiles(*tokenizer));
    for (GoodFile& file : seeds.back()) // begin with what is read beside the template
      if (file.name == "tokenizer_config.json")
        file.bytes = R"({"bos_token": "<|endoftext|>", "eos_token": "<|im_end|>"})";
    seeds.back().push_back({"chat_template.jinja", jinja, Kind::Text});
  }
  const auto own = withAttuneTemplate(smallTokenizer());
  seeds.push_back(tokenizerFiles(*own));
  seeds.back().push_back({"chat_template.jinja", *own->chatTemplate(), Kind::Text});
  // Templates are what this reader is about: damage them most of the time.
  for (auto& seed : seeds)
    for (int i = 0; i < 4; ++i) seed.push_back(seed[2]);
  return seeds;
}

void readTemplate(const Path& folder, const Path&) {
  const auto tokenizer = Tokenizer::load(folder);
  if (!tokenizer->chatTemplate()) return;
  std::optional<ChatTemplate> chat;
  try {
    chat.emplace(tokenizer);
  } catch (const Error&) {
    return; // one that is not known is refused; the sentence has no file to name
  }
  const std::vector<Message> messages{
      {"system", "Be brief. <|im_end|>"}, {"user", " Hi\n"}, {"assistant", "Hen."}, {"user", "<|endoftext|>"}};
  try {
    const EncodedChat whole = chat->encode(messages, true);
    if (whole.ids.size() != whole.isAnswer.size()) throw std::logic_error("ids and answers differ in number");
    chat->encodeFitting(messages, true, 40);
    chat->encode(std::span(messages).first(3), false);
  } catch (const Error&) { // a vocabulary may lack bytes, or 40 be too few
  }
}

} // namespace

std::vector<Reader> textReaders() {
  return {{"tokenizer", {tokenizerFiles(*withAttuneTemplate(smallTokenizer())), sentencePieceFiles()}, readTokenizer},
          {"merges", {vocabularyAndMerges()}, readTokenizer},
          {"tokenizer-bin", {llama2cTokenizer()}, readTokenizer},
          {"template", templateSeeds(), readTemplate}};
}

} // namespace attune::fuzz
