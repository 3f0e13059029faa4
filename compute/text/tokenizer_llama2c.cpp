#include "error.h"
#include "formats/file.h"
#include "text/tokenizer_rules.h"
#include "text/utf8.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace attune {

// The file holds SentencePiece's pieces and scores but no merges. The rule "of all neighbours whose union is a piece,
// join those of the highest score" is the same as a list of merges: for every piece, all ways to cut it into two
// pieces, in the order of falling scores.
std::shared_ptr<const Tokenizer> Tokenizer::importLlama2c(const Path& file, int vocabularySize) {
  const std::string name = file.string();
  const std::string bytes = readFile(file, 1 << 28);
  size_t at = 0;
  const auto read32 = [&](auto& value) {
    static_assert(sizeof value == 4);
    if (at + 4 > bytes.size())
      throw Error(name + " ends in the middle of a token (byte " + std::to_string(bytes.size()) + ").");
    std::memcpy(&value, bytes.data() + at, 4);
    at += 4;
  };
  int32_t longest;
  read32(longest);
  if (longest < 1 || longest > 1 << 16)
    throw Error(name + " is no tokenizer of llama2.c: it begins with " + std::to_string(longest) +
                ", where the length of the longest token was expected.");

  const auto rules = std::make_shared<Rules>();
  std::vector<float> scores;
  while (vocabularySize > 0 ? int(scores.size()) < vocabularySize : at < bytes.size()) {
    const int id = int(scores.size());
    if (at == bytes.size())
      throw Error(name + " holds " + std::to_string(id) + " tokens, but the model has " +
                  std::to_string(vocabularySize) + "; use the tokenizer that came with the model.");
    float score;
    int32_t length;
    read32(score);
    read32(length);
    if (length < 0 || length > longest + 8 || at + size_t(length) > bytes.size() || !std::isfinite(score))
      throw Error(name + ": token " + std::to_string(id) + " at byte " + std::to_string(at - 8) +
                  " has an impossible length of " + std::to_string(length) + " bytes or score.");
    std::string piece = bytes.substr(at, length);
    at += length;
    requireUtf8(piece, name + ": token " + std::to_string(id));
    if (id == 1 && piece.find("<s>") != piece.npos) piece = "<s>"; // stored with line ends around them
    if (id == 2 && piece.find("</s>") != piece.npos) piece = "</s>";
    piece = replaceAll(piece, " ", "\u2581");
    if (piece.empty() || !rules->ids.emplace(piece, id).second)
      throw Error(name + ": token " + std::to_string(id) + " (\"" + piece + "\") is empty or there twice.");
    rules->spellings.push_back(std::move(piece));
    rules->modelToken.push_back(1);
    scores.push_back(score);
  }
  if (vocabularySize > 0 && at != bytes.size())
    throw Error(name + " holds more tokens than the " + std::to_string(vocabularySize) +
                " of the model; use the tokenizer that came with the model.");

  std::vector<int32_t> order;
  for (int32_t id = 259; id < int32_t(scores.size()); ++id)
    order.push_back(id); // 0 to 2 are special, then come the bytes
  std::stable_sort(order.begin(), order.end(), [&](int32_t a, int32_t b) { return scores[a] > scores[b]; });
  for (const int32_t id : order) {
    const std::string& piece = rules->spellings[id];
    for (size_t cut = 1; cut < piece.size(); ++cut) {
      const auto left = rules->ids.find(piece.substr(0, cut)), right = rules->ids.find(piece.substr(cut));
      if (left != rules->ids.end() && right != rules->ids.end()) rules->pairs.add(left->second, right->second, id);
    }
  }

  rules->frame = Rules::sentencePieceFrame();
  if (!rules->ids.count("<unk>")) rules->frame["model"]["unk_token"] = nullptr;
  if (rules->ids.count("<unk>")) rules->addToken({.content = "<unk>"});
  if (rules->ids.count("<s>")) rules->bos = rules->addToken({.content = "<s>"});
  if (rules->ids.count("</s>")) rules->eos = rules->addToken({.content = "</s>"});
  rules->readFrame(name);
  rules->finish(name);
  return std::make_shared<Tokenizer>(rules);
}

} // namespace attune
