#include "error.h"
#include "formats/file.h"
#include "text/tokenizer_rules.h"

namespace attune {

namespace {

using Rules = Tokenizer::Rules;
using Path = std::filesystem::path;

bool isFile(const Path& path) {
  std::error_code ignored;
  return std::filesystem::is_regular_file(path, ignored);
}

std::shared_ptr<const Tokenizer> finished(const std::shared_ptr<Rules>& rules, const Path& file) {
  readTokenizerConfig(*rules, file.parent_path());
  rules->finish(file.string());
  return std::make_shared<Tokenizer>(rules);
}

// The file of a folder that says the vocabulary, empty when there is none.
Path mainFile(const Path& folder) {
  if (isFile(folder / "tokenizer.json")) return folder / "tokenizer.json";
  if (isFile(folder / "vocab.json") && isFile(folder / "merges.txt")) return folder / "vocab.json";
  if (isFile(folder / "encoder.json") && isFile(folder / "vocab.bpe")) return folder / "encoder.json";
  if (isFile(folder / "tokenizer.bin")) return folder / "tokenizer.bin";
  return {};
}

std::string quoted(const std::string& text) { return jsonLine(Json(text)); }

} // namespace

bool Tokenizer::isIn(const Path& folder) { return !mainFile(folder).empty(); }

std::shared_ptr<const Tokenizer> Tokenizer::load(const Path& folderOrFile) {
  Path file = folderOrFile;
  std::error_code ignored;
  if (std::filesystem::is_directory(file, ignored)) {
    file = mainFile(folderOrFile);
    if (file.empty())
      throw Error(folderOrFile.string() + " holds no tokenizer; expected tokenizer.json, vocab.json with merges.txt, "
                                          "encoder.json with vocab.bpe, or tokenizer.bin.");
  }
  const Path folder = file.parent_path();
  const std::string name = file.filename().string();
  const auto both = [&](const char* vocabulary, const char* merges) {
    return finished(readVocabularyAndMerges(folder / vocabulary, folder / merges), folder / vocabulary);
  };
  if (name == "vocab.json" || name == "merges.txt") return both("vocab.json", "merges.txt");
  if (name == "encoder.json" || name == "vocab.bpe") return both("encoder.json", "vocab.bpe");
  if (file.extension() == ".bin") return importLlama2c(file, 0);
  return finished(readTokenizerJson(file), file);
}

void Tokenizer::save(const Path& folder) const {
  std::string text = "{\n";
  const Json& frame = rules->frame;
  for (const auto& [key, value] : frame.items())
    if (key != "model") text += "  " + quoted(key) + ": " + jsonLine(value) + ",\n";
  text += "  \"added_tokens\": [";
  const char* separator = "\n";
  for (const auto& [id, token] : rules->added) {
    const Json one = {{"id", id},
                      {"content", token.content},
                      {"single_word", token.singleWord},
                      {"lstrip", token.leftStrip},
                      {"rstrip", token.rightStrip},
                      {"normalized", token.normalized},
                      {"special", token.special}};
    text += separator + ("    " + jsonLine(one));
    separator = ",\n";
  }
  text += "\n  ],\n  \"model\": {\n    \"type\": \"BPE\",\n";
  for (const auto& [key, value] : frame.at("model").items())
    if (key != "type") text += "    " + quoted(key) + ": " + jsonLine(value) + ",\n";
  text += "    \"vocab\": {";
  separator = "\n";
  bool spaced = false;
  for (int32_t id = 0; id < size(); ++id) {
    if (!rules->modelToken[id]) continue;
    text += separator + ("      " + quoted(rules->spellings[id])) + ": " + std::to_string(id);
    separator = ",\n";
    spaced = spaced || rules->spellings[id].find(' ') != std::string::npos;
  }
  text += "\n    },\n    \"merges\": [";
  separator = "\n";
  for (const auto& rule :
       rules->pairs.list()) { // the older form, "a b", is read by every version, but cannot hold spaces
    const std::string &left = rules->spellings[rule.left], &right = rules->spellings[rule.right];
    text += separator +
            ("      " + (spaced ? "[" + quoted(left) + ", " + quoted(right) + "]" : quoted(left + " " + right)));
    separator = ",\n";
  }
  text += "\n    ]\n  }\n}\n";

  Json config = rules->config;
  // What follows names classes and ids of the tokenizer as it was; tokenizer.json says all of it.
  for (const char* key :
       {"added_tokens_decoder", "auto_map", "tokenizer_file", "name_or_path", "special_tokens_map_file"})
    config.erase(key);
  config["tokenizer_class"] = "PreTrainedTokenizerFast";
  config["clean_up_tokenization_spaces"] = false;
  for (const auto& [key, id] :
       {std::pair("bos_token", rules->bos), {"eos_token", rules->eos}, {"pad_token", rules->pad}})
    if (id)
      config[key] = rules->spellings[*id];
    else
      config.erase(key);
  if (rules->unknown) config["unk_token"] = rules->spellings[*rules->unknown];
  if (rules->chatTemplate)
    config["chat_template"] = *rules->chatTemplate;
  else
    config.erase("chat_template");

  writeFileAtomically(folder / "tokenizer.json", text);
  writeJson(folder / "tokenizer_config.json", config);
  // Older neighbours would be read before what was just written.
  std::error_code ignored;
  for (const char* stale : {"chat_template.jinja", "special_tokens_map.json", "added_tokens.json"})
    std::filesystem::remove(folder / stale, ignored);
}

} // namespace attune
