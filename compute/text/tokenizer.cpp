#include "text/tokenizer.h"
#include "error.h"
#include "sha256.h"
#include "text/tokenizer_rules.h"
#include "text/utf8.h"

#include <limits>
#include <unicode/uchar.h>

namespace attune {

namespace {

using Rules = Tokenizer::Rules;

bool isWhiteSpace(const Utf8Character& character) {
  return character.valid && u_isUWhiteSpace(UChar32(character.code));
}

bool isWordCharacter(const Utf8Character& character) {
  return character.valid && (u_isalnum(UChar32(character.code)) || character.code == '_');
}

Utf8Character characterBefore(std::string_view text, size_t end) {
  size_t start = end - 1;
  while (start > 0 && end - start < 4 && (text[start] & 0xC0) == 0x80) --start;
  const Utf8Character character = utf8At(text, start);
  return character.valid && start + character.length == end ? character : Utf8Character{0xFFFD, 1, false};
}

std::string_view withoutSpaceAtEnd(std::string_view text) {
  while (!text.empty()) {
    const Utf8Character last = characterBefore(text, text.size());
    if (!isWhiteSpace(last)) break;
    text.remove_suffix(last.length);
  }
  return text;
}

std::string_view withoutSpaceAtBegin(std::string_view text) {
  while (!text.empty() && isWhiteSpace(utf8At(text, 0))) text.remove_prefix(utf8At(text, 0).length);
  return text;
}

// One call of encode(): the ids so far, and the words it has already met.
class Encoding {
public:
  explicit Encoding(const Rules& rules)
      : rules(rules) {}

  std::vector<int32_t> ids;

  // `atStart`: nothing stands before this text.
  void addText(std::string_view text, bool recognise, bool atStart) {
    if (text.size() > size_t(std::numeric_limits<int32_t>::max()))
      throw Error("A text of " + std::to_string(text.size()) + " bytes is too long to encode at once; split it.");
    const char* const begin = text.data();
    splitAtTokens(text, recognise ? rules.rawAll : rules.rawPlain, [&](std::string_view part) {
      const bool first = atStart && part.data() == begin;
      if (rules.normalizers.empty()) {
        addNormalized(part, recognise, first);
      } else {
        const std::string normalized = rules.normalized(part);
        addNormalized(normalized, recognise, first);
        cache.clear(); // its keys look into `normalized`
      }
    });
  }

  // Added tokens go to `ids`, what lies between them to `onText`.
  template <typename OnText> void splitAtTokens(std::string_view text, const Rules::Matcher& matcher, OnText onText) {
    size_t done = 0;
    for (size_t i = 0; matcher.any && i < text.size();) {
      const auto& candidates = matcher.byFirst[static_cast<unsigned char>(text[i])];
      const std::pair<std::string, int32_t>* found = nullptr;
      for (const auto& candidate : candidates) {
        if (text.compare(i, candidate.first.size(), candidate.first) != 0) continue;
        const size_t end = i + candidate.first.size();
        if (rules.added.at(candidate.second).singleWord && ((i > done && isWordCharacter(characterBefore(text, i))) ||
                                                            (end < text.size() && isWordCharacter(utf8At(text, end)))))
          continue;
        found = &candidate;
        break;
      }
      if (!found) {
        ++i;
        continue;
      }
      const AddedToken& token = rules.added.at(found->second);
      std::string_view before = text.substr(done, i - done);
      if (token.leftStrip) before = withoutSpaceAtEnd(before);
      if (!before.empty()) onText(before);
      ids.push_back(found->second);
      i += found->first.size();
      if (token.rightStrip) i = text.size() - withoutSpaceAtBegin(text.substr(i)).size();
      done = i;
    }
    if (done < text.size()) onText(text.substr(done));
  }

private:
  void addNormalized(std::string_view text, bool recognise, bool atStart) {
    const char* const begin = text.data();
    splitAtTokens(text, recognise ? rules.normalizedAll : rules.normalizedPlain,
                  [&](std::string_view part) { addPlain(part, atStart && part.data() == begin); });
  }

  // Text without added tokens: words, then pairs.
  void addPlain(std::string_view text, bool atStart) {
    std::string changed;
    if (rules.metaspace) {
      const Metaspace& metaspace = *rules.metaspace;
      changed = replaceAll(text, " ", metaspace.replacement);
      const bool wanted =
          metaspace.scheme == Metaspace::Scheme::Always || (metaspace.scheme == Metaspace::Scheme::First && atStart);
      if (wanted && changed.compare(0, metaspace.replacement.size(), metaspace.replacement) != 0)
        changed.insert(0, metaspace.replacement);
      text = changed;
    } else if (rules.prefixSpace && !text.empty() && text[0] != ' ') {
      changed = " " + std::string(text);
      text = changed;
    }
    words.assign(1, text);
    for (const auto& split : rules.splits) {
      pieces.clear();
      for (const std::string_view word : words) split->split(word, pieces);
      std::swap(words, pieces);
    }
    for (const std::string_view word : words) {
      if (rules.splitsAtSpaces)
        addSpacedWords(word);
      else
        addWord(word);
    }
    if (!changed.empty()) cache.clear();
  }

  // Cuts before every "▁" that follows another character.
  void addSpacedWords(std::string_view text) {
    constexpr std::string_view space = "\u2581";
    size_t start = 0;
    for (size_t at = text.find(space); at != text.npos; at = text.find(space, at + space.size())) {
      if (at > start && (at < space.size() || text.compare(at - space.size(), space.size(), space) != 0)) {
        addWord(text.substr(start, at - start));
        start = at;
      }
    }
    addWord(text.substr(start));
  }

  void addWord(std::string_view word) {
    if (word.empty()) return;
    constexpr size_t longest = 40; // longer words hardly come again
    if (word.size() <= longest) {
      const auto found = cache.find(word);
      if (found != cache.end()) {
        ids.insert(ids.end(), pool.begin() + found->second.first,
                   pool.begin() + found->second.first + found->second.second);
        return;
      }
    }
    encodeWord(word);
    ids.insert(ids.end(), symbols.begin(), symbols.end());
    if (word.size() <= longest) {
      cache.emplace(word, std::pair(uint32_t(pool.size()), uint32_t(symbols.size())));
      pool.insert(pool.end(), symbols.begin(), symbols.end());
    }
  }

  void encodeWord(std::string_view word) {
    symbols.clear();
    if (rules.ignoreMerges) {
      const auto whole = rules.wordIds.find(std::string(word));
      if (whole != rules.wordIds.end()) {
        symbols.push_back(whole->second);
        return;
      }
    }
    if (rules.byteLevel) {
      for (const char byte : word) addByte(static_cast<unsigned char>(byte));
    } else {
      std::string character;
      for (size_t i = 0; i < word.size(); i += character.size()) {
        character.assign(word, i, utf8At(word, i).length);
        const auto found = rules.ids.find(character);
        if (found != rules.ids.end() && rules.modelToken[found->second])
          symbols.push_back(found->second);
        else
          addByBytes(character);
      }
    }
    rules.pairs.apply(symbols);
  }

  void addByte(unsigned char byte) {
    if (rules.byteIds[byte] >= 0)
      symbols.push_back(rules.byteIds[byte]);
    else
      addUnknown(byte);
  }

  void addByBytes(const std::string& character) {
    bool all = rules.byteFallback;
    for (const char byte : character) all = all && rules.byteIds[static_cast<unsigned char>(byte)] >= 0;
    if (!all) return addUnknown(static_cast<unsigned char>(character[0]));
    for (const char byte : character) symbols.push_back(rules.byteIds[static_cast<unsigned char>(byte)]);
  }

  void addUnknown(unsigned char byte) {
    if (!rules.unknown)
      throw Error(std::string("The tokenizer has no token for the byte 0x") + "0123456789ABCDEF"[byte >> 4] +
                  "0123456789ABCDEF"[byte & 15] +
                  " in this text, and no token for what is unknown; use another tokenizer.");
    if (rules.fuseUnknown && !symbols.empty() && symbols.back() == *rules.unknown) return;
    symbols.push_back(*rules.unknown);
  }

  const Rules& rules;
  std::vector<std::string_view> words, pieces;
  std::vector<int32_t> symbols, pool;
  std::unordered_map<std::string_view, std::pair<uint32_t, uint32_t>> cache; // word → its ids in `pool`
};

} // namespace

Tokenizer::Tokenizer(std::shared_ptr<const Rules> rules)
    : rules(std::move(rules)) {}
Tokenizer::~Tokenizer() = default;

std::vector<int32_t> Tokenizer::encode(std::string_view text, SpecialTokens special) const {
  Encoding encoding(*rules);
  encoding.addText(text, special == SpecialTokens::Recognise, true);
  return std::move(encoding.ids);
}

std::vector<int32_t> Tokenizer::encodeSegments(std::span<const Segment> segments) const {
  Encoding encoding(*rules);
  const auto tokenAt = [&](size_t i) -> const AddedToken* {
    if (i >= segments.size() || !segments[i].token) return nullptr;
    const auto found = rules->added.find(*segments[i].token);
    return found == rules->added.end() ? nullptr : &found->second;
  };
  for (size_t i = 0; i < segments.size(); ++i) {
    if (segments[i].token) {
      bytesOf(*segments[i].token); // checks the range
      encoding.ids.push_back(*segments[i].token);
      continue;
    }
    std::string_view text = segments[i].text;
    const AddedToken* before = i > 0 ? tokenAt(i - 1) : nullptr;
    const AddedToken* after = tokenAt(i + 1);
    if (before && before->rightStrip) text = withoutSpaceAtBegin(text);
    if (after && after->leftStrip) text = withoutSpaceAtEnd(text);
    if (!text.empty()) encoding.addText(text, false, i == 0);
  }
  return std::move(encoding.ids);
}

std::vector<Tokenizer::Segment> Tokenizer::segmentsOf(std::string_view text) const {
  Encoding encoding(*rules);
  std::vector<Segment> segments;
  size_t taken = 0;
  const auto takeTokens = [&] {
    for (; taken < encoding.ids.size(); ++taken) segments.push_back({"", encoding.ids[taken]});
  };
  encoding.splitAtTokens(text, rules->rawAll, [&](std::string_view part) {
    takeTokens();
    segments.push_back({std::string(part)});
  });
  takeTokens();
  return segments;
}

std::string Tokenizer::bytesOf(int32_t id) const {
  if (id < 0 || id >= size())
    throw Error("Token id " + std::to_string(id) + " is out of range: this tokenizer has the ids 0 to " +
                std::to_string(size() - 1) + ".");
  return rules->bytes[id];
}

std::string Tokenizer::decode(std::span<const int32_t> ids, bool skipSpecial) const {
  std::string text;
  for (const int32_t id : ids) {
    const std::string bytes = bytesOf(id);
    if (!skipSpecial || !isSpecial(id)) text += bytes;
  }
  int strip = 0;
  while (strip < rules->stripLeft && strip < int(text.size()) && text[strip] == ' ') ++strip;
  return text.substr(strip);
}

std::string Tokenizer::display(int32_t id) const {
  const std::string bytes = bytesOf(id);
  std::string shown;
  for (size_t i = 0; i < bytes.size();) {
    const Utf8Character character = utf8At(bytes, i);
    if (character.valid && character.code == ' ')
      shown += "\u00B7";
    else if (character.valid && character.code == '\n')
      shown += "\\n";
    else if (character.valid && character.code == '\t')
      shown += "\\t";
    else if (character.valid && character.code == '\r')
      shown += "\\r";
    else if (character.valid && character.code >= 0x20 && u_charType(UChar32(character.code)) != U_CONTROL_CHAR)
      shown.append(bytes, i, character.length);
    else
      for (int k = 0; k < character.length; ++k) {
        const auto stray = static_cast<unsigned char>(bytes[i + k]);
        shown += "\\x", shown += "0123456789ABCDEF"[stray >> 4], shown += "0123456789ABCDEF"[stray & 15];
      }
    i += character.length;
  }
  return shown;
}

int Tokenizer::stripLeft() const { return rules->stripLeft; }
int Tokenizer::size() const { return int(rules->spellings.size()); }

std::optional<int32_t> Tokenizer::idOf(std::string_view token) const {
  const auto found = rules->ids.find(std::string(token));
  return found == rules->ids.end() ? std::nullopt : std::optional(found->second);
}

std::optional<int32_t> Tokenizer::bos() const { return rules->bos; }
std::optional<int32_t> Tokenizer::eos() const { return rules->eos; }
std::optional<int32_t> Tokenizer::pad() const { return rules->pad; }
bool Tokenizer::isSpecial(int32_t id) const { return rules->isSpecial(id); }
const std::optional<std::string>& Tokenizer::chatTemplate() const { return rules->chatTemplate; }

int32_t Tokenizer::startToken() const {
  if (rules->bos) return *rules->bos;
  if (rules->eos) return *rules->eos;
  throw Error("An empty prompt needs a tokenizer with a BOS or end-of-text token; write a prompt.");
}

std::shared_ptr<const Tokenizer> Tokenizer::with(std::optional<std::string> chatTemplate,
                                                 std::span<const std::string> specialTokens,
                                                 const std::optional<std::string>& eosToken) const {
  const auto changed = rules->clone();
  changed->chatTemplate = std::move(chatTemplate);
  for (const std::string& token : specialTokens) changed->addToken({.content = token});
  if (eosToken) changed->eos = changed->addToken({.content = *eosToken});
  changed->finish("the tokenizer");
  return std::make_shared<Tokenizer>(changed);
}

std::string Tokenizer::hash() const {
  Sha256 sum;
  for (const char* part : {"normalizer", "pre_tokenizer", "decoder", "model"})
    sum.add(jsonLine(rules->frame.value(part, Json())) + "\n");
  for (const std::string& spelling : rules->spellings) sum.add(std::to_string(spelling.size()) + ":" + spelling);
  for (const auto& rule : rules->pairs.list())
    sum.add(std::to_string(rule.left) + "+" + std::to_string(rule.right) + ",");
  for (const auto& [id, token] : rules->added)
    sum.add(std::to_string(id) + (token.special ? "s" : "") + (token.singleWord ? "w" : "") +
            (token.leftStrip ? "l" : "") + (token.rightStrip ? "r" : "") + (token.normalized ? "n" : "") + ",");
  for (const auto& id : {rules->bos, rules->eos, rules->pad}) sum.add(std::to_string(id.value_or(-1)) + ";");
  return sum.finishHex();
}

} // namespace attune
