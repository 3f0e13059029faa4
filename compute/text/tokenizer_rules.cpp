#include "text/tokenizer_rules.h"
#include "error.h"
#include "text/byte_alphabet.h"
#include "text/utf8.h"

#include <algorithm>

namespace attune {

namespace {

using Rules = Tokenizer::Rules;

constexpr const char* spaceSign = "\u2581";

// "<0x0A>" → 10
std::optional<int> byteOfFallbackToken(std::string_view spelling) {
  if (spelling.size() != 6 || spelling.substr(0, 3) != "<0x" || spelling[5] != '>') return {};
  int value = 0;
  for (int i = 3; i < 5; ++i) {
    const char c = spelling[i];
    const int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
    if (digit < 0) return {};
    value = value * 16 + digit;
  }
  return value;
}

std::string typeOf(const JsonFields& step) { return step.text("type"); }

void readNormalizer(Rules& rules, const JsonFields& step) {
  const std::string type = typeOf(step);
  if (type == "Sequence") {
    for (const Json& part : step.array("normalizers")) readNormalizer(rules, JsonFields(part, step.where()));
  } else if (type == "NFC") {
    rules.normalizers.push_back(makeUnicodeNormalizer(UnicodeForm::C));
  } else if (type == "NFD") {
    rules.normalizers.push_back(makeUnicodeNormalizer(UnicodeForm::D));
  } else if (type == "NFKC") {
    rules.normalizers.push_back(makeUnicodeNormalizer(UnicodeForm::KC));
  } else if (type == "NFKD") {
    rules.normalizers.push_back(makeUnicodeNormalizer(UnicodeForm::KD));
  } else if (type == "Lowercase") {
    rules.normalizers.push_back(makeLowercase());
  } else if (type == "Prepend") {
    rules.normalizers.push_back(makePrepend(step.text("prepend")));
  } else if (type == "Strip") {
    rules.normalizers.push_back(makeStrip(step.boolean("strip_left", true), step.boolean("strip_right", true)));
  } else if (type == "Replace") {
    rules.normalizers.push_back(makeReplace(step.object("pattern").text("String"), step.text("content")));
  } else {
    step.fail("type", "\"" + type +
                          "\" is a normalizer that Attune does not know; it knows Sequence, NFC, NFD, NFKC, "
                          "NFKD, Lowercase, Prepend, Replace and Strip.");
  }
}

MatchBehavior behaviorOf(const JsonFields& step) {
  const std::string name = step.text("behavior", "Isolated");
  if (name == "Isolated") return MatchBehavior::Isolated;
  if (name == "Removed") return MatchBehavior::Removed;
  if (name == "MergedWithPrevious") return MatchBehavior::MergedWithPrevious;
  if (name == "MergedWithNext") return MatchBehavior::MergedWithNext;
  step.fail("behavior",
            "\"" + name + "\" is not known; it must be Isolated, Removed, MergedWithPrevious or MergedWithNext.");
}

void readPreTokenizer(Rules& rules, const JsonFields& step) {
  const std::string type = typeOf(step);
  const bool isFirst = rules.splits.empty() && !rules.metaspace;
  if (type == "Sequence") {
    for (const Json& part : step.array("pretokenizers")) readPreTokenizer(rules, JsonFields(part, step.where()));
  } else if (type == "ByteLevel") {
    rules.byteLevel = true;
    rules.prefixSpace = step.boolean("add_prefix_space", true);
    if (rules.prefixSpace && !isFirst) step.fail("add_prefix_space", "must be false after another pre-tokenizer.");
    if (step.boolean("use_regex", true))
      rules.splits.push_back(makePatternSplit(gpt2Pattern, MatchBehavior::Isolated, false, step.where()));
  } else if (type == "Split") {
    const JsonFields pattern = step.object("pattern");
    const bool invert = step.boolean("invert", false);
    if (pattern.has("String"))
      rules.splits.push_back(makeStringSplit(pattern.text("String"), behaviorOf(step), invert));
    else
      rules.splits.push_back(makePatternSplit(pattern.text("Regex"), behaviorOf(step), invert, step.where()));
  } else if (type == "Digits") {
    rules.splits.push_back(makeDigitSplit(step.boolean("individual_digits", false)));
  } else if (type == "Metaspace") {
    if (!isFirst) step.fail("type", "\"Metaspace\" must be the first pre-tokenizer.");
    Metaspace metaspace;
    metaspace.replacement = step.text("replacement", metaspace.replacement);
    const std::string scheme = step.has("prepend_scheme")               ? step.text("prepend_scheme")
                               : step.boolean("add_prefix_space", true) ? "always"
                                                                        : "never";
    if (scheme != "always" && scheme != "first" && scheme != "never")
      step.fail("prepend_scheme", "must be always, first or never, found \"" + scheme + "\".");
    metaspace.scheme = scheme == "always"  ? Metaspace::Scheme::Always
                       : scheme == "first" ? Metaspace::Scheme::First
                                           : Metaspace::Scheme::Never;
    metaspace.split = step.boolean("split", true);
    if (metaspace.split)
      rules.splits.push_back(makeStringSplit(metaspace.replacement, MatchBehavior::MergedWithNext, false));
    rules.metaspace = metaspace;
  } else {
    step.fail("type", "\"" + type +
                          "\" is a pre-tokenizer that Attune does not know; it knows Sequence, ByteLevel, "
                          "Split, Digits and Metaspace.");
  }
}

void readDecoder(Rules& rules, const JsonFields& step) {
  const std::string type = typeOf(step);
  if (type == "Sequence") {
    for (const Json& part : step.array("decoders")) readDecoder(rules, JsonFields(part, step.where()));
  } else if (type == "Replace") {
    rules.decodeReplacements.emplace_back(step.object("pattern").text("String"), step.text("content"));
  } else if (type == "Strip") {
    if (step.text("content") != " " || step.integer("stop", 0) != 0)
      step.fail("type", "\"Strip\" can only take spaces off the beginning.");
    rules.stripLeft = int(step.integerIn("start", 0, 1000, 0));
  } else if (type == "Metaspace") {
    rules.decodeReplacements.emplace_back(step.text("replacement", "\u2581"), " ");
    if (step.text("prepend_scheme", "always") != "never") rules.stripLeft = 1;
  } else if (type != "ByteLevel" && type != "ByteFallback" && type != "Fuse") {
    step.fail("type", "\"" + type +
                          "\" is a decoder that Attune does not know; it knows Sequence, ByteLevel, Replace, "
                          "ByteFallback, Fuse, Strip and Metaspace.");
  }
}

} // namespace

void Tokenizer::Rules::Matcher::add(const std::string& content, int32_t id) {
  if (content.empty()) return;
  auto& list = byFirst[static_cast<unsigned char>(content[0])];
  const auto place =
      std::find_if(list.begin(), list.end(), [&](const auto& other) { return other.first.size() < content.size(); });
  list.insert(place, {content, id});
  any = true;
}

void Tokenizer::Rules::readFrame(const std::string& name) {
  const JsonFields file(frame, name);
  byteLevel = false;
  if (file.has("normalizer")) readNormalizer(*this, JsonFields(file.at("normalizer"), name + ": normalizer"));
  if (file.has("pre_tokenizer"))
    readPreTokenizer(*this, JsonFields(file.at("pre_tokenizer"), name + ": pre_tokenizer"));
  if (file.has("decoder")) readDecoder(*this, JsonFields(file.at("decoder"), name + ": decoder"));
  const JsonFields model = file.object("model");
  const std::string type = model.text("type", "BPE");
  if (type != "BPE")
    model.fail("type", "is \"" + type +
                           "\"; Attune reads byte pair encoding (\"BPE\"), so choose a model with such a tokenizer.");
  for (const char* key : {"continuing_subword_prefix", "end_of_word_suffix"})
    if (!model.text(key, "").empty()) model.fail(key, "is not supported; it must be empty.");
  byteFallback = model.boolean("byte_fallback", false);
  fuseUnknown = model.boolean("fuse_unk", false);
  ignoreMerges = model.boolean("ignore_merges", false);
}

void Tokenizer::Rules::finish(const std::string& name) {
  bytes.assign(spellings.size(), {});
  byteIds.fill(-1);
  for (int32_t id = 0; id < int32_t(spellings.size()); ++id) {
    const std::string& spelling = spellings[id];
    std::string& decoded = bytes[id];
    const auto fallback = byteFallback ? byteOfFallbackToken(spelling) : std::nullopt;
    const auto alphabet = byteLevel && modelToken[id] ? fromByteAlphabet(spelling) : std::nullopt;
    if (fallback) {
      decoded = std::string(1, char(*fallback));
      byteIds[*fallback] = id;
    } else if (alphabet) {
      if (alphabet->size() == 1) byteIds[static_cast<unsigned char>((*alphabet)[0])] = id;
      decoded = added.count(id) ? spelling : *alphabet;
    } else {
      decoded = spelling;
      if (!added.count(id))
        for (const auto& [from, to] : decodeReplacements) decoded = replaceAll(decoded, from, to);
    }
    if (ignoreMerges && modelToken[id]) wordIds.emplace(byteLevel ? decoded : spelling, id);
  }
  splitsAtSpaces = !byteLevel && !ignoreMerges && splits.empty() && ids.count(spaceSign) > 0;
  for (const BytePairs::Rule& rule : pairs.list()) {
    const std::string_view token = spellings[rule.result];
    const size_t text = token.find_first_not_of(spaceSign); // bytes of "▁" at the beginning are passed over
    splitsAtSpaces = splitsAtSpaces && (text == token.npos || token.find(spaceSign, text) == token.npos);
  }
  for (const auto& [id, token] : added) {
    const std::string content = token.normalized ? normalized(token.content) : token.content;
    (token.normalized ? normalizedAll : rawAll).add(content, id);
    if (!token.special) (token.normalized ? normalizedPlain : rawPlain).add(content, id);
  }
  const JsonFields model(frame.at("model"), name + ": model");
  if (model.has("unk_token")) {
    const auto found = ids.find(model.text("unk_token"));
    if (found != ids.end()) unknown = found->second;
  }
}

std::string Tokenizer::Rules::normalized(std::string_view text) const {
  std::string result(text);
  for (const auto& step : normalizers) result = step->apply(result);
  return result;
}

bool Tokenizer::Rules::isSpecial(int32_t id) const {
  const auto found = added.find(id);
  return found != added.end() && found->second.special && !isByteToken(id);
}

int32_t Tokenizer::Rules::addToken(const AddedToken& token) {
  const auto [place, isNew] = ids.emplace(token.content, int32_t(spellings.size()));
  if (isNew) {
    spellings.push_back(token.content);
    modelToken.push_back(0);
  }
  added[place->second] = token;
  return place->second;
}

std::shared_ptr<Tokenizer::Rules> Tokenizer::Rules::clone() const {
  const auto copy = std::make_shared<Rules>();
  copy->frame = frame, copy->config = config;
  copy->spellings = spellings, copy->ids = ids, copy->added = added, copy->modelToken = modelToken, copy->pairs = pairs;
  copy->bos = bos, copy->eos = eos, copy->pad = pad, copy->chatTemplate = chatTemplate;
  copy->readFrame("the tokenizer");
  return copy;
}

Json Tokenizer::Rules::byteLevelFrame() {
  const Json byteLevel = {
      {"type", "ByteLevel"}, {"add_prefix_space", false}, {"trim_offsets", true}, {"use_regex", true}};
  return {{"version", "1.0"},
          {"truncation", nullptr},
          {"padding", nullptr},
          {"normalizer", nullptr},
          {"pre_tokenizer", byteLevel},
          {"post_processor", nullptr},
          {"decoder", byteLevel},
          {"model",
           {{"type", "BPE"},
            {"dropout", nullptr},
            {"unk_token", nullptr},
            {"continuing_subword_prefix", nullptr},
            {"end_of_word_suffix", nullptr},
            {"fuse_unk", false},
            {"byte_fallback", false},
            {"ignore_merges", false}}}};
}

Json Tokenizer::Rules::sentencePieceFrame() {
  const char* space = "\u2581";
  Json frame = byteLevelFrame();
  frame["normalizer"] = {{"type", "Sequence"},
                         {"normalizers",
                          {{{"type", "Prepend"}, {"prepend", space}},
                           {{"type", "Replace"}, {"pattern", {{"String", " "}}}, {"content", space}}}}};
  frame["pre_tokenizer"] = nullptr;
  frame["decoder"] = {{"type", "Sequence"},
                      {"decoders",
                       {{{"type", "Replace"}, {"pattern", {{"String", space}}}, {"content", " "}},
                        {{"type", "ByteFallback"}},
                        {{"type", "Fuse"}},
                        {{"type", "Strip"}, {"content", " "}, {"start", 1}, {"stop", 0}}}}};
  frame["model"]["unk_token"] = "<unk>";
  frame["model"]["fuse_unk"] = true;
  frame["model"]["byte_fallback"] = true;
  return frame;
}

} // namespace attune
