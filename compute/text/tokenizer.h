// Text to token ids and back.
//
// A tokenizer is a vocabulary and the rules that cut a text into its entries. Two kinds are known, both byte pair
// encoding: byte-level (GPT-2, Llama 3, Qwen2: a pattern cuts the text into words, each word's bytes are merged in the
// order of the merges list) and SentencePiece's (Llama 2, llama2.c: spaces become "▁", the whole text is merged, and a
// character that the vocabulary lacks falls back to its bytes). Both are what a Hugging Face `tokenizer.json`
// describes, so the file says everything and others' tools read what we write.
//
// Special tokens stand for what no text says: end of text, a role, the end of a turn. Whether a text that spells one
// out means it is the caller's decision at every call: files may, persons never do.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace attune {

// AsText: "<|endoftext|>" in a text is thirteen characters (what a person types, the content of messages).
// Recognise: it is the token (`tokenizer encode`, training files).
enum class SpecialTokens { AsText, Recognise };

// Immutable; may be shared between threads.
class Tokenizer {
public:
  using Path = std::filesystem::path;

  // Told how many of `total` merges are made; returns false to stop (trainBytePairs then throws Error).
  using Progress = std::function<bool(int done, int total)>;

  // A model folder (tokenizer.json, or vocab.json + merges.txt, or encoder.json + vocab.bpe, or llama2.c's
  // tokenizer.bin; tokenizer_config.json and special_tokens_map.json beside them), or one of these files. Throws Error
  // naming the file.
  static std::shared_ptr<const Tokenizer> load(const Path& folderOrFile);

  // Whether `folder` holds something that load() would read.
  static bool isIn(const Path& folder);

  // llama2.c's file: int32 longest token, then for each token float32 score, int32 length, its bytes. Merges go by
  // score.
  static std::shared_ptr<const Tokenizer> importLlama2c(const Path& tokenizerBin, int vocabularySize);

  // Byte-level BPE with GPT-2's pattern: id 0 is <|endoftext|>, 1 to 256 the bytes, then merges until `vocabularySize`
  // (or until no pair occurs twice; 257 or less gives no merges). Files must be UTF-8; an error names file and byte.
  // JSON Lines files count as text as they are. The same files give the same tokenizer.
  static std::shared_ptr<const Tokenizer> trainBytePairs(std::span<const Path> files, int vocabularySize,
                                                         const Progress& progress = {});
  static std::shared_ptr<const Tokenizer> trainBytePairsOnText(std::string_view text, int vocabularySize,
                                                               const Progress& progress = {});

  // No BOS or EOS is added. Any bytes are taken; byte-level decoding gives them back exactly, except where the
  // tokenizer's own normalizer (NFC) changes text, and except that a vocabulary may lack bytes (Error, or its unknown
  // token).
  std::vector<int32_t> encode(std::string_view text, SpecialTokens special) const;

  // A text with tokens in between, as chat templates need it: text is taken AsText, tokens as they are.
  struct Segment {
    std::string text;
    std::optional<int32_t> token = {}; // when set, `text` is ignored
  };
  std::vector<int32_t> encodeSegments(std::span<const Segment> segments) const;

  // A template's own text as such segments: its added tokens as tokens, the rest as text.
  std::vector<Segment> segmentsOf(std::string_view text) const;

  // The bytes of the tokens (not always UTF-8: see StreamDecoder), special tokens as their text unless skipped. Throws
  // Error for an id out of range.
  std::string decode(std::span<const int32_t> ids, bool skipSpecial = false) const;

  std::string bytesOf(int32_t id) const; // one token's bytes as in the middle of a text; special tokens: their text
  std::string
  display(int32_t id) const; // for views: valid UTF-8, spaces as '·', control and stray bytes escaped (\n, \xE2)

  int stripLeft() const; // how many spaces decode() takes off the beginning of a text (SentencePiece: 1)

  int size() const; // ids are 0 … size() − 1
  std::optional<int32_t>
  idOf(std::string_view token) const; // by its spelling in the vocabulary ("Ġthe", "<|endoftext|>")
  std::optional<int32_t> bos() const;
  std::optional<int32_t> eos() const;
  std::optional<int32_t> pad() const;
  bool isSpecial(int32_t id) const;

  // What an empty prompt becomes: BOS, or else end-of-text; Error when the tokenizer has neither.
  int32_t startToken() const;

  const std::optional<std::string>& chatTemplate() const; // Jinja source; none for a base model's tokenizer

  // A copy with another chat template and with tokens added at the end (those it already has are only made special).
  // The embedding of a model must grow to the new size(). When `eosToken` is given it becomes end-of-text.
  std::shared_ptr<const Tokenizer> with(std::optional<std::string> chatTemplate,
                                        std::span<const std::string> specialTokens,
                                        const std::optional<std::string>& eosToken = {}) const;

  // tokenizer.json and tokenizer_config.json in `folder` (which exists), each replaced whole.
  void save(const Path& folder) const;

  // SHA-256 (hex) of everything that decides ids, to tell two tokenizers apart. The chat template does not count.
  std::string hash() const;

  // Made by load() and its like; `Rules` is known to the .cpp files of this folder only.
  struct Rules;
  explicit Tokenizer(std::shared_ptr<const Rules> rules);
  ~Tokenizer();

private:
  std::shared_ptr<const Rules> rules;
};

// Token ids in, whole UTF-8 characters out: what a token leaves incomplete is kept until the rest comes. Bytes that can
// never become a character come out as U+FFFD.
class StreamDecoder {
public:
  // With `startOfText` (and after a BOS) the space that SentencePiece puts before a text's first word is left out.
  explicit StreamDecoder(std::shared_ptr<const Tokenizer> tokenizer, bool skipSpecial = true, bool startOfText = false);

  std::string add(int32_t id); // the text that is complete now (may be empty)
  std::string finish();        // what was still waiting, incomplete characters as U+FFFD

private:
  std::shared_ptr<const Tokenizer> tokenizer;
  bool skipSpecial;
  bool atStart;
  std::string waiting;
};

} // namespace attune
