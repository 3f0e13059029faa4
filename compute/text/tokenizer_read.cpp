#include "error.h"
#include "formats/file.h"
#include "text/tokenizer_rules.h"
#include "text/utf8.h"

namespace attune {

namespace {

using Rules = Tokenizer::Rules;
using Path = std::filesystem::path;

constexpr int64_t largestId = (1 << 24) - 1;

void setToken(Rules& rules, int64_t id, const std::string& spelling, const std::string& where, bool inModel) {
  if (id < 0 || id > largestId)
    throw Error(where + ": the token \"" + spelling + "\" has the id " + std::to_string(id) +
                "; ids must lie between 0 and " + std::to_string(largestId) + ".");
  if (size_t(id) >= rules.spellings.size()) {
    rules.spellings.resize(id + 1);
    rules.modelToken.resize(id + 1);
  }
  std::string& place = rules.spellings[id];
  if (!place.empty() && place != spelling)
    throw Error(where + ": the tokens \"" + place + "\" and \"" + spelling + "\" have the same id " +
                std::to_string(id) + ".");
  place = spelling;
  if (inModel) rules.modelToken[id] = 1;
  rules.ids[spelling] = int32_t(id);
}

// A token beside the vocabulary that would leave a large gap has a wrong id.
void checkAddedId(const Rules& rules, int64_t id, const std::string& where) {
  if (id > int64_t(rules.spellings.size()) * 2 + 1024)
    throw Error(where + ": the id " + std::to_string(id) + " lies far beyond the vocabulary's " +
                std::to_string(rules.spellings.size()) + " tokens.");
}

void readVocabulary(Rules& rules, const Json& vocabulary, const std::string& where) {
  if (!vocabulary.is_object())
    throw Error(where + " must be an object of tokens and their ids, found " + jsonKind(vocabulary) + ".");
  rules.ids.reserve(vocabulary.size() * 2);
  int64_t largest = -1;
  for (const auto& [spelling, id] : vocabulary.items()) {
    if (!id.is_number_integer())
      throw Error(where + ": the id of \"" + spelling + "\" must be a whole number, found " + jsonKind(id) + ".");
    const int64_t number =
        id.is_number_unsigned() && id.get<uint64_t>() > uint64_t(INT64_MAX) ? INT64_MAX : id.get<int64_t>();
    largest = std::max(largest, number);
    setToken(rules, number, spelling, where, true);
  }
  // A few gaps are known in published vocabularies; many mean that the ids are wrong.
  if (largest >= int64_t(vocabulary.size()) * 2 + 1024)
    throw Error(where + " has " + std::to_string(vocabulary.size()) + " tokens, but an id of " +
                std::to_string(largest) + "; ids must count up from 0.");
}

void addMerge(Rules& rules, const std::string& left, const std::string& right, const std::string& where) {
  const auto id = [&](const std::string& token) {
    const auto found = rules.ids.find(token);
    if (found == rules.ids.end())
      throw Error(where + ": the merge of \"" + left + "\" and \"" + right + "\" needs the token \"" + token +
                  "\", which the vocabulary lacks.");
    return found->second;
  };
  const int32_t first = id(left), second = id(right);
  rules.pairs.add(first, second, id(left + right));
}

void addMergeLine(Rules& rules, const std::string& line, const std::string& where) {
  const size_t space = line.find(' ');
  if (space == std::string::npos || space == 0 || space + 1 == line.size() ||
      line.find(' ', space + 1) != std::string::npos)
    throw Error(where + ": a merge must be two tokens with a space between, found \"" + validUtf8(line) + "\".");
  addMerge(rules, line.substr(0, space), line.substr(space + 1), where);
}

AddedToken readAddedToken(const JsonFields& fields, const std::string& content) {
  return {.content = content,
          .special = fields.boolean("special", false),
          .singleWord = fields.boolean("single_word", false),
          .leftStrip = fields.boolean("lstrip", false),
          .rightStrip = fields.boolean("rstrip", false),
          .normalized = fields.boolean("normalized", false)};
}

// A token in tokenizer_config.json or special_tokens_map.json: "x", {"content": "x", …} or null.
std::optional<std::string> namedToken(const Json& config, const char* key) {
  const auto found = config.find(key);
  if (found == config.end()) return {};
  if (found->is_string()) return found->get<std::string>();
  if (found->is_object() && found->contains("content") && (*found)["content"].is_string())
    return (*found)["content"].get<std::string>();
  return {};
}

std::optional<std::string> templateIn(const Json& config, const std::string& where) {
  const auto found = config.find("chat_template");
  if (found == config.end() || found->is_null()) return {};
  if (found->is_string()) return found->get<std::string>();
  if (found->is_array()) // several by name: the one called default is the chat's
    for (const Json& one : *found) {
      const JsonFields fields(one, where + ": chat_template");
      if (fields.text("name") == "default") return fields.text("template");
    }
  return {};
}

} // namespace

std::shared_ptr<Rules> readTokenizerJson(const Path& path) {
  const std::string name = path.string();
  const auto rules = std::make_shared<Rules>();
  Json file = readJson(path);
  const JsonFields fields(file, name);
  {
    const JsonFields model = fields.object("model");
    const std::string type = model.text("type", model.has("merges") ? "BPE" : "unknown");
    if (type != "BPE")
      model.fail("type", "is \"" + type +
                             "\"; Attune reads byte pair encoding (\"BPE\"), so choose a model with such a tokenizer.");
    readVocabulary(*rules, model.at("vocab"), name + ": vocab");
    size_t number = 0;
    for (const Json& merge : model.array("merges")) {
      const std::string where = name + ": merge " + std::to_string(++number);
      if (merge.is_string())
        addMergeLine(*rules, merge.get<std::string>(), where);
      else if (merge.is_array() && merge.size() == 2 && merge[0].is_string() && merge[1].is_string())
        addMerge(*rules, merge[0].get<std::string>(), merge[1].get<std::string>(), where);
      else
        throw Error(where + " must be two tokens, found " + jsonKind(merge) + ".");
    }
    if (rules->spellings.empty()) model.fail("vocab", "is empty.");
  }
  if (fields.has("added_tokens"))
    for (const Json& one : fields.array("added_tokens")) {
      const JsonFields token(one, name + ": added_tokens");
      const std::string content = token.text("content");
      if (content.empty()) token.fail("content", "must not be empty.");
      const auto known = rules->ids.find(content);
      const int64_t id = known != rules->ids.end() ? known->second : token.integer("id");
      checkAddedId(*rules, id, name + ": added_tokens");
      setToken(*rules, id, content, name + ": added_tokens", false);
      rules->added[int32_t(id)] = readAddedToken(token, content);
    }
  file.erase("added_tokens");
  file["model"].erase("vocab");
  file["model"].erase("merges");
  rules->frame = std::move(file);
  rules->readFrame(name);
  return rules;
}

std::shared_ptr<Rules> readVocabularyAndMerges(const Path& vocabulary, const Path& merges) {
  const auto rules = std::make_shared<Rules>();
  rules->frame = Rules::byteLevelFrame();
  readVocabulary(*rules, readJson(vocabulary), vocabulary.string());
  if (rules->spellings.empty()) throw Error(vocabulary.string() + " has no tokens.");
  const std::string text = readFile(merges);
  requireUtf8(text, merges.string());
  size_t number = 0;
  for (size_t start = 0; start < text.size();) {
    size_t end = std::min(text.find('\n', start), text.size());
    std::string line = text.substr(start, end - start);
    start = end + 1;
    if (!line.empty() && line.back() == '\r') line.pop_back();
    if (++number == 1 && line.rfind("#version", 0) == 0) continue;
    if (!line.empty()) addMergeLine(*rules, line, merges.string() + ": line " + std::to_string(number));
  }
  if (rules->ids.count("<|endoftext|>")) rules->addToken({.content = "<|endoftext|>"});
  // Tokens beside the vocabulary stand in files of their own in this older layout.
  const Path folder = vocabulary.parent_path();
  const Path config = folder / "tokenizer_config.json", extra = folder / "added_tokens.json";
  if (std::filesystem::exists(extra)) {
    const Json file = readJson(extra);
    const JsonFields fields(file, extra.string());
    for (const auto& [content, id] : fields.json().items()) {
      if (!id.is_number_integer())
        throw Error(extra.string() + ": the id of \"" + content + "\" must be a whole number.");
      checkAddedId(*rules, id.get<int64_t>(), extra.string());
      setToken(*rules, id.get<int64_t>(), content, extra.string(), false);
      rules->added[id.get<int32_t>()] = {.content = content};
    }
  }
  if (std::filesystem::exists(config)) {
    const Json file = readJson(config);
    const JsonFields fields(file, config.string());
    if (fields.text("tokenizer_class", "").rfind("Qwen2", 0) == 0) {
      rules->frame["normalizer"] = {{"type", "NFC"}};
      rules->frame["pre_tokenizer"] = {
          {"type", "Sequence"},
          {"pretokenizers",
           {{{"type", "Split"}, {"pattern", {{"Regex", qwen2Pattern}}}, {"behavior", "Isolated"}, {"invert", false}},
            {{"type", "ByteLevel"}, {"add_prefix_space", false}, {"trim_offsets", true}, {"use_regex", false}}}}};
    }
    if (fields.has("added_tokens_decoder")) {
      const JsonFields tokens = fields.object("added_tokens_decoder");
      for (const auto& [id, token] : tokens.json().items()) {
        const JsonFields one(token, tokens.where() + ": " + id);
        if (id.empty() || id.size() > 8 || id.find_first_not_of("0123456789") != std::string::npos)
          throw Error(tokens.where() + ": \"" + id + "\" must be a token id.");
        checkAddedId(*rules, std::stol(id), tokens.where());
        setToken(*rules, std::stol(id), one.text("content"), tokens.where(), false);
        rules->added[int32_t(std::stol(id))] = readAddedToken(one, one.text("content"));
      }
    }
  }
  rules->readFrame(vocabulary.string());
  return rules;
}

void readTokenizerConfig(Rules& rules, const Path& folder) {
  const auto choose = [&](std::optional<int32_t>& place, std::initializer_list<std::string> names) {
    for (const std::string& name : names) {
      const auto found = rules.ids.find(name);
      if (!place && found != rules.ids.end()) place = found->second;
    }
  };
  const Path config = folder / "tokenizer_config.json", map = folder / "special_tokens_map.json";
  const bool hasConfig = std::filesystem::exists(config);
  if (hasConfig) {
    rules.config = readJson(config);
    JsonFields(rules.config, config.string());
    rules.chatTemplate = templateIn(rules.config, config.string());
  }
  Json named = Json::object();
  if (std::filesystem::exists(map)) named = readJson(map);
  for (const auto& [key, place] :
       {std::pair("bos_token", &rules.bos), {"eos_token", &rules.eos}, {"pad_token", &rules.pad}})
    for (const Json* source : {static_cast<const Json*>(&rules.config), static_cast<const Json*>(&named)})
      if (const auto token = namedToken(*source, key); token && !*place) choose(*place, {*token});
  if (!hasConfig && !rules.eos) { // a bare file: the names everyone uses
    choose(rules.eos, {"<|endoftext|>", "</s>", "<|end_of_text|>", "<|im_end|>"});
    choose(rules.bos, {"<s>", "<|begin_of_text|>"});
  }
  const Path jinja = folder / "chat_template.jinja";
  if (std::filesystem::exists(jinja)) {
    rules.chatTemplate = readFile(jinja, 1 << 20);
    requireUtf8(*rules.chatTemplate, jinja.string());
  }
}

} // namespace attune
