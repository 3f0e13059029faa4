// Everything a tokenizer.json says, ready to be applied. Only the .cpp files of this folder include it.
#pragma once

#include "formats/json.h"
#include "text/byte_pairs.h"
#include "text/normalize.h"
#include "text/tokenizer.h"
#include "text/word_split.h"

#include <array>
#include <map>
#include <nlohmann/json.hpp>
#include <unordered_map>

namespace attune {

// A token that is found in a text as a whole, before any other rule is applied.
struct AddedToken {
  std::string content;
  bool special = true;
  bool singleWord = false; // only where no letter, number or underscore touches it
  bool leftStrip = false;  // takes the white space before it
  bool rightStrip = false; // and after it
  bool normalized = false; // looked for in the normalized text
};

// SentencePiece's way with spaces, where a pre-tokenizer does it: spaces become `replacement`, and a text gets one in
// front.
struct Metaspace {
  enum class Scheme { Never, First, Always };
  std::string replacement = "\u2581";
  Scheme scheme = Scheme::Always;
  bool split = true; // before every replacement
};

struct Tokenizer::Rules {
  // The file: everything but model.vocab, model.merges and added_tokens, kept to be written again.
  Json frame;
  // tokenizer_config.json as it was read, or empty; the chat template is apart.
  Json config = Json::object();

  std::vector<std::string> spellings; // by id, as the file writes them; empty for an id without a token
  std::vector<std::string> bytes;     // by id, what they decode to
  std::unordered_map<std::string, int32_t> ids;
  std::map<int32_t, AddedToken> added;
  std::vector<uint8_t> modelToken; // by id: in model.vocab, not only added
  BytePairs pairs;

  bool byteLevel = true;
  bool byteFallback = false;
  bool fuseUnknown = false;
  bool ignoreMerges = false; // a word that is in the vocabulary is taken whole
  std::optional<int32_t> unknown;
  std::array<int32_t, 256> byteIds{};               // the token of each byte, −1 where there is none
  std::unordered_map<std::string, int32_t> wordIds; // by bytes; filled when ignoreMerges

  std::vector<std::unique_ptr<Normalizer>> normalizers;
  std::optional<Metaspace> metaspace;
  bool prefixSpace = false; // byte-level: a text that does not begin with a space gets one
  std::vector<std::unique_ptr<WordSplit>> splits;
  // SentencePiece merges whole texts, but where no token has a "▁" behind another character (Llama 2's have none), no
  // merge crosses the place before one: words may then be merged one by one, which is much faster and gives the same
  // ids.
  bool splitsAtSpaces = false;

  std::vector<std::pair<std::string, std::string>> decodeReplacements; // "▁" → " "
  int stripLeft = 0; // spaces that decoding takes off the beginning of a text

  std::optional<int32_t> bos, eos, pad;
  std::optional<std::string> chatTemplate;

  // Derived from the fields above by finish().
  struct Matcher { // added tokens by first byte, longest first
    std::array<std::vector<std::pair<std::string, int32_t>>, 256> byFirst;
    bool any = false;
    void add(const std::string& content, int32_t id);
  };
  Matcher rawAll, rawPlain, normalizedAll, normalizedPlain; // all added tokens, or those that are not special

  // Checks the fields against each other and derives the rest. Errors begin with `name`.
  void finish(const std::string& name);

  // Reads the normalizer, pre_tokenizer, decoder and model options into the fields.
  void readFrame(const std::string& name);

  // A copy to be changed; finish() is the caller's.
  std::shared_ptr<Rules> clone() const;

  std::string normalized(std::string_view text) const;
  bool isByteToken(int32_t id) const { return byteFallback && bytes[id].size() == 1 && spellings[id].size() == 6; }
  bool isSpecial(int32_t id) const;
  int32_t addToken(const AddedToken& token); // the id it has or gets

  // Frames of what Attune makes itself.
  static Json byteLevelFrame();
  static Json sentencePieceFrame();
};

// Reads bos, eos, pad and chat template from tokenizer_config.json, special_tokens_map.json and chat_template.jinja.
void readTokenizerConfig(Tokenizer::Rules& rules, const std::filesystem::path& folder);

// One file each; errors name it.
std::shared_ptr<Tokenizer::Rules> readTokenizerJson(const std::filesystem::path& file);
std::shared_ptr<Tokenizer::Rules> readVocabularyAndMerges(const std::filesystem::path& vocabulary,
                                                          const std::filesystem::path& merges);

} // namespace attune
