#include "error.h"
#include "formats/file.h"
#include "text/byte_alphabet.h"
#include "text/tokenizer_rules.h"
#include "text/utf8.h"

#include <algorithm>
#include <queue>

namespace attune {

namespace {

const std::string endOfText = "<|endoftext|>";

// Every different word of the training text and how often it comes.
using WordCounts = std::unordered_map<std::string, int64_t>;

// Text between end-of-text marks; the marks are tokens and merge with nothing.
void countWords(std::string_view text, const WordSplit& split, WordCounts& counts) {
  std::unordered_map<std::string_view, int64_t> seen; // views are cheaper than strings, and live as long as `text`
  std::vector<std::string_view> words;
  while (!text.empty()) {
    const size_t mark = text.find(endOfText);
    words.clear();
    split.split(text.substr(0, mark), words);
    for (const std::string_view word : words) ++seen[word];
    text.remove_prefix(mark == text.npos ? text.size() : mark + endOfText.size());
  }
  for (const auto& [word, count] : seen) counts[std::string(word)] += count;
}

// The strings of a JSON value, except the roles of messages.
void collectStrings(const Json& value, std::string& text) {
  if (value.is_string())
    text += value.get<std::string>() + "\n";
  else if (value.is_object()) {
    for (const auto& [key, one] : value.items())
      if (key != "role") collectStrings(one, text);
  } else if (value.is_array()) {
    for (const Json& one : value) collectStrings(one, text);
  }
}

std::string trainingText(const std::filesystem::path& file) {
  std::string text = readFile(file);
  if (text.empty()) throw Error(file.string() + " is empty; a tokenizer needs text to learn from.");
  requireUtf8(text, file.string());
  if (file.extension() != ".jsonl") return text;
  std::string strings;
  size_t line = 0;
  for (size_t start = 0; start < text.size();) {
    const size_t end = std::min(text.find('\n', start), text.size());
    const std::string_view one = std::string_view(text).substr(start, end - start);
    ++line;
    if (one.find_first_not_of(" \t\r") != one.npos) collectStrings(parseJson(one, file.string(), line), strings);
    start = end + 1;
  }
  return strings;
}

// Merges the most frequent pair again and again; counts are kept up to date by touching only the words that hold it.
class Trainer {
public:
  Trainer(const WordCounts& counts, const std::array<int32_t, 256>& byteIds) {
    // In the order of the words, so that nothing depends on a hash table's.
    std::vector<std::pair<std::string, int64_t>> sorted(counts.begin(), counts.end());
    std::sort(sorted.begin(), sorted.end());
    for (const auto& [word, count] : sorted) {
      if (word.size() < 2) continue;
      Word one{{}, count};
      for (const char byte : word) one.symbols.push_back(byteIds[static_cast<unsigned char>(byte)]);
      words.push_back(std::move(one));
    }
    for (size_t w = 0; w < words.size(); ++w)
      for (size_t i = 0; i + 1 < words[w].symbols.size(); ++i)
        change(words[w].symbols[i], words[w].symbols[i + 1], words[w].count, w);
    for (const auto& [key, pair] : pairs) heap.push({pair.count, key});
    changed.clear();
  }

  // The most frequent pair (of those, the one of the smallest ids), or none when no pair comes twice.
  std::optional<std::pair<int32_t, int32_t>> best() {
    while (!heap.empty()) {
      const Candidate top = heap.top();
      const int64_t now = pairs.at(top.pair).count;
      if (now < 2 && top.count < 2) return {};
      if (now == top.count) return std::pair(int32_t(top.pair >> 32), int32_t(top.pair));
      heap.pop();
      if (now > 0) heap.push({now, top.pair});
    }
    return {};
  }

  void merge(int32_t left, int32_t right, int32_t result) {
    std::vector<uint32_t> places = std::move(pairs.at(keyOf(left, right)).words);
    std::sort(places.begin(), places.end());
    places.erase(std::unique(places.begin(), places.end()), places.end());
    for (const uint32_t w : places) {
      std::vector<int32_t>& symbols = words[w].symbols;
      const int64_t count = words[w].count;
      size_t kept = 0;
      for (size_t i = 0; i < symbols.size(); ++i) {
        if (i + 1 == symbols.size() || symbols[i] != left || symbols[i + 1] != right) {
          symbols[kept++] = symbols[i];
          continue;
        }
        if (kept > 0) {
          change(symbols[kept - 1], left, -count, w);
          change(symbols[kept - 1], result, count, w);
        }
        change(left, right, -count, w);
        if (i + 2 < symbols.size()) {
          change(right, symbols[i + 2], -count, w);
          change(result, symbols[i + 2], count, w);
        }
        symbols[kept++] = result;
        ++i;
      }
      symbols.resize(kept);
    }
    for (const uint64_t key : changed) heap.push({pairs.at(key).count, key});
    changed.clear();
  }

private:
  struct Word {
    std::vector<int32_t> symbols;
    int64_t count;
  };
  struct Pair {
    int64_t count = 0;
    std::vector<uint32_t> words; // that hold it, or held it
  };
  struct Candidate {
    int64_t count;
    uint64_t pair;
    bool operator<(const Candidate& other) const {
      return count != other.count ? count < other.count : pair > other.pair;
    }
  };

  static uint64_t keyOf(int32_t left, int32_t right) { return uint64_t(uint32_t(left)) << 32 | uint32_t(right); }

  void change(int32_t left, int32_t right, int64_t by, size_t word) {
    Pair& pair = pairs[keyOf(left, right)];
    pair.count += by;
    if (by <= 0) return;
    if (pair.words.empty() || pair.words.back() != uint32_t(word)) pair.words.push_back(uint32_t(word));
    if (changed.empty() || changed.back() != keyOf(left, right)) changed.push_back(keyOf(left, right));
  }

  std::vector<Word> words;
  std::unordered_map<uint64_t, Pair> pairs;
  std::priority_queue<Candidate> heap; // counts may be out of date; best() mends them
  std::vector<uint64_t> changed;       // pairs that grew in this merge
};

std::shared_ptr<const Tokenizer> train(const WordCounts& counts, int vocabularySize,
                                       const Tokenizer::Progress& progress) {
  if (vocabularySize < 1)
    throw Error("A vocabulary of " + std::to_string(vocabularySize) + " is too small; ask for 257 or more.");
  if (vocabularySize > 1 << 20)
    throw Error("A vocabulary of " + std::to_string(vocabularySize) + " is too large; ask for at most 1048576.");
  const auto rules = std::make_shared<Tokenizer::Rules>();
  rules->frame = Tokenizer::Rules::byteLevelFrame();
  const auto add = [&](const std::string& spelling) {
    const auto [place, isNew] = rules->ids.emplace(spelling, int32_t(rules->spellings.size()));
    if (isNew) rules->spellings.push_back(spelling), rules->modelToken.push_back(1);
    return place->second;
  };
  add(endOfText);
  rules->bos = rules->eos = rules->addToken({.content = endOfText});
  std::vector<std::pair<char32_t, int>> alphabet; // in the order of the characters that stand for the bytes
  for (int byte = 0; byte < 256; ++byte)
    alphabet.emplace_back(alphabetCharacter(static_cast<unsigned char>(byte)), byte);
  std::sort(alphabet.begin(), alphabet.end());
  std::array<int32_t, 256> byteIds;
  for (const auto& [character, byte] : alphabet) byteIds[byte] = add(toByteAlphabet(std::string(1, char(byte))));

  const int total = std::max(0, vocabularySize - 257);
  Trainer trainer(counts, byteIds);
  for (int done = 0; int(rules->spellings.size()) < vocabularySize; ++done) {
    if (progress && done % 64 == 0 && !progress(done, total)) throw Error("Training the tokenizer was stopped.");
    const auto pair = trainer.best();
    if (!pair) break;
    const int32_t result = add(rules->spellings[pair->first] + rules->spellings[pair->second]);
    rules->pairs.add(pair->first, pair->second, result);
    trainer.merge(pair->first, pair->second, result);
  }
  if (progress) progress(total, total);
  rules->readFrame("the tokenizer");
  rules->finish("the tokenizer");
  return std::make_shared<Tokenizer>(rules);
}

} // namespace

std::shared_ptr<const Tokenizer> Tokenizer::trainBytePairs(std::span<const Path> files, int vocabularySize,
                                                           const Progress& progress) {
  if (files.empty()) throw Error("A tokenizer needs at least one text file to learn from.");
  const auto split = makePatternSplit(gpt2Pattern, MatchBehavior::Isolated, false, "GPT-2's pattern");
  WordCounts counts;
  for (const Path& file : files) countWords(trainingText(file), *split, counts);
  return train(counts, vocabularySize, progress);
}

std::shared_ptr<const Tokenizer> Tokenizer::trainBytePairsOnText(std::string_view text, int vocabularySize,
                                                                 const Progress& progress) {
  requireUtf8(text, "The training text");
  WordCounts counts;
  countWords(text, *makePatternSplit(gpt2Pattern, MatchBehavior::Isolated, false, "GPT-2's pattern"), counts);
  return train(counts, vocabularySize, progress);
}

} // namespace attune
