#include "data/ranking_data.h"
#include "data/shuffled.h"
#include "error.h"
#include "random.h"
#include "text/chat_template.h"
#include "text/tokenizer.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <numeric>
#include <set>

namespace attune {
namespace {

using Path = std::filesystem::path;

// The rankings of a file that fit into `context`.
class Encoder {
public:
  Encoder(std::shared_ptr<const Tokenizer> tokenizer, size_t context)
      : chat_(std::move(tokenizer))
      , context_(context) {}

  // False: even the last turn does not fit.
  bool encode(const RankingExample& example, EncodedRanking& made) const {
    std::vector<Message> prompt = example.prompt;
    const size_t first = !prompt.empty() && prompt[0].role == "system" ? 1 : 0;
    for (;;) {
      if (fits(prompt, example.completions, made)) {
        made.ranks = example.ranks;
        made.text = example;
        return true;
      }
      // The oldest turn goes: up to the next message of the user.
      const auto next = std::find_if(prompt.begin() + long(std::min(first + 1, prompt.size())), prompt.end(),
                                     [](const Message& message) { return message.role == "user"; });
      if (next == prompt.end()) return false;
      prompt.erase(prompt.begin() + long(first), next);
    }
  }

private:
  bool fits(const std::vector<Message>& prompt, const std::vector<std::string>& answers, EncodedRanking& made) const {
    made.prompt = chat_.encode(prompt, true).ids;
    made.replies.clear();
    for (const std::string& answer : answers) {
      std::vector<Message> whole = prompt;
      whole.push_back({"assistant", answer});
      const std::vector<int32_t> ids = chat_.encode(whole, false).ids;
      if (ids.size() > context_) return false;
      if (ids.size() <= made.prompt.size() || !std::equal(made.prompt.begin(), made.prompt.end(), ids.begin()))
        throw Error(
            "the chat template does not begin an answer the way it writes it; use a model with Attune's template");
      made.replies.emplace_back(ids.begin() + long(made.prompt.size()), ids.end());
    }
    return true;
  }

  ChatTemplate chat_;
  size_t context_;
};

} // namespace

std::vector<int32_t> EncodedRanking::row(size_t reply) const {
  std::vector<int32_t> ids = prompt;
  ids.insert(ids.end(), replies[reply].begin(), replies[reply].end());
  return ids;
}

size_t EncodedRanking::pairs() const {
  size_t count = 0;
  for (size_t i = 0; i < ranks.size(); ++i)
    for (size_t j = i + 1; j < ranks.size(); ++j) count += ranks[i] != ranks[j];
  return count;
}

RankingData RankingData::load(std::span<const Path> files, const std::shared_ptr<const Tokenizer>& tokenizer,
                              int context, const HeldOut& heldOut, uint64_t seed,
                              std::span<const std::string> heldOutLabelers) {
  if (files.empty()) throw Error("Training on rankings needs at least one data file.");
  const Encoder encoder(tokenizer, size_t(context));
  RankingData data;
  const auto read = [&](const Path& file, std::vector<EncodedRanking>& to) {
    const Examples examples = readExamples(file);
    data.hashes_[file.string()] = examples.sha256;
    data.skipped_ += examples.skipped;
    if (examples.rankings.empty())
      throw Error(file.string() + " holds no ranking" +
                  (examples.skipped ? " (" + std::to_string(examples.skipped) +
                                          " records were left out: their sides are equal or empty)"
                                    : "") +
                  "; prompt, chosen and rejected, or prompt, completions and ranks were expected.");
    for (const RankingExample& example : examples.rankings) {
      EncodedRanking ranking;
      if (encoder.encode(example, ranking) && ranking.pairs() > 0)
        to.push_back(std::move(ranking));
      else
        ++data.leftOut_;
    }
  };
  for (const Path& file : files) read(file, data.training_);
  if (heldOut.file) {
    read(*heldOut.file, data.heldOut_);
  } else if (heldOut.share > 0) {
    std::vector<std::vector<int32_t>> prompts; // each once, in the order of the files
    std::map<std::vector<int32_t>, size_t> places;
    for (const EncodedRanking& ranking : data.training_)
      if (places.emplace(ranking.prompt, prompts.size()).second) prompts.push_back(ranking.prompt);
    const std::vector<uint32_t> order = permutation(uint32_t(prompts.size()), seed, RandomStream::HeldOut, 0);
    std::vector<bool> isHeldOut(prompts.size(), false);
    for (size_t i = 0; i < size_t(double(prompts.size()) * heldOut.share); ++i) isHeldOut[order[i]] = true;
    std::vector<EncodedRanking> kept;
    for (EncodedRanking& ranking : data.training_)
      (isHeldOut[places.at(ranking.prompt)] ? data.heldOut_ : kept).push_back(std::move(ranking));
    data.training_ = std::move(kept);
  }
  data.holdOut(heldOutLabelers);
  if (data.training_.empty())
    throw Error(files.front().string() + ": no ranking is left to train on (" + std::to_string(data.leftOut_) +
                " are too long for the context of " + std::to_string(context) +
                " tokens or all ties); choose a longer context or more data.");
  for (const EncodedRanking& ranking : data.training_) {
    size_t longest = 0;
    for (const std::vector<int32_t>& reply : ranking.replies) longest = std::max(longest, reply.size());
    data.lengths_.push_back(ranking.prompt.size() + longest);
  }
  return data;
}

void RankingData::holdOut(std::span<const std::string> labelers) {
  std::set<std::string> known;
  for (const EncodedRanking& ranking : training_) known.insert(ranking.text.labeler);
  for (const std::string& labeler : labelers) {
    if (known.contains(labeler)) continue;
    std::string names;
    for (const std::string& one : known)
      if (!one.empty()) names += (names.empty() ? "" : ", ") + one;
    throw Error("No ranking to train on is by " + labeler + ", who was to be held out; " +
                (names.empty() ? "the data name no labelers." : "labelers are " + names + "."));
  }
  std::vector<EncodedRanking> kept;
  for (EncodedRanking& ranking : training_) {
    const bool out = std::find(labelers.begin(), labelers.end(), ranking.text.labeler) != labelers.end();
    (out ? heldOut_ : kept).push_back(std::move(ranking));
  }
  training_ = std::move(kept);
}

std::vector<const EncodedRanking*> RankingData::batch(uint64_t seed, uint64_t index, int rows) const {
  std::vector<const EncodedRanking*> chosen;
  for (const size_t place : batchOfLikeLength(seed, index, rows, lengths_)) chosen.push_back(&training_[place]);
  return chosen;
}

std::vector<std::vector<int32_t>> demonstrationRows(const Path& file, const std::shared_ptr<const Tokenizer>& tokenizer,
                                                    int context, std::map<std::string, std::string>& hashes) {
  const Examples examples = readExamples(file);
  hashes[file.string()] = examples.sha256;
  const ChatTemplate chat(tokenizer);
  std::vector<std::vector<int32_t>> rows;
  for (const DemonstrationExample& demonstration : examples.demonstrations) {
    std::vector<int32_t> ids = chat.encode(demonstration.messages, false).ids;
    if (ids.size() <= size_t(context)) rows.push_back(std::move(ids));
  }
  if (rows.empty())
    throw Error(file.string() + " holds no demonstration that fits the context of " + std::to_string(context) +
                " tokens; messages, or prompt and completion were expected.");
  return rows;
}

} // namespace attune
