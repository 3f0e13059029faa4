#include "data/sft_data.h"
#include "data/shuffled.h"
#include "error.h"
#include "text/chat_template.h"
#include "text/tokenizer.h"

#include <algorithm>
#include <optional>

namespace attune {

namespace {

using Row = SftData::Row;
using Path = std::filesystem::path;

// Turns demonstrations into rows of at most `most` ids.
class RowMaker {
public:
  RowMaker(std::shared_ptr<const Tokenizer> tokenizer, size_t most)
      : tokenizer(std::move(tokenizer))
      , most(most) {}

  int shortened = 0;

  Row row(const DemonstrationExample& demonstration) {
    Row row = demonstration.plain ? plainRow(demonstration) : chatRow(demonstration);
    if (row.ids.size() > most) {
      row.ids.resize(most);
      row.isAnswer.resize(most);
      ++shortened;
    }
    return row;
  }

private:
  Row plainRow(const DemonstrationExample& demonstration) const {
    Row row;
    row.ids = tokenizer->encode(demonstration.messages.at(0).content, SpecialTokens::Recognise);
    if (row.ids.empty()) row.ids = {tokenizer->startToken()};
    row.isAnswer.assign(row.ids.size(), 0);
    for (const int32_t id : tokenizer->encode(demonstration.messages.at(1).content, SpecialTokens::Recognise))
      row.ids.push_back(id);
    if (tokenizer->eos() && row.ids.back() != *tokenizer->eos()) row.ids.push_back(*tokenizer->eos());
    row.isAnswer.resize(row.ids.size(), 1);
    return row;
  }

  Row chatRow(const DemonstrationExample& demonstration) {
    if (!chat) chat.emplace(tokenizer);
    EncodedChat encoded = chat->encode(demonstration.messages, false);
    std::vector<Message> kept = demonstration.messages;
    const size_t first = kept.at(0).role == "system" ? 1 : 0;
    while (encoded.ids.size() > most) { // the oldest turn goes: up to the next message of the user
      const auto next = std::find_if(kept.begin() + std::min(first + 1, kept.size()), kept.end(),
                                     [](const Message& message) { return message.role == "user"; });
      if (next == kept.end()) break; // the last turn; its end is cut, which row() counts
      kept.erase(kept.begin() + first, next);
      encoded = chat->encode(kept, false);
      if (encoded.ids.size() <= most) ++shortened;
    }
    const size_t gone = demonstration.messages.size() - kept.size();
    if (demonstration.given > gone) {
      const std::span<const Message> prompt = std::span(kept).first(demonstration.given - gone);
      std::fill_n(encoded.isAnswer.begin(), std::min(chat->encode(prompt, true).ids.size(), encoded.ids.size()), 0);
    }
    return {std::move(encoded.ids), std::move(encoded.isAnswer)};
  }

  std::shared_ptr<const Tokenizer> tokenizer;
  std::optional<ChatTemplate> chat;
  size_t most;
};

bool hasAnswer(const Row& row) {
  return std::find(row.isAnswer.begin() + 1, row.isAnswer.end(), 1) != row.isAnswer.end();
}

} // namespace

bool SftData::needTemplate(std::span<const Path> files) {
  for (const Path& file : files)
    for (const DemonstrationExample& demonstration : readExamples(file).demonstrations)
      if (!demonstration.plain) return true;
  return false;
}

SftData SftData::load(std::span<const Path> files, const std::shared_ptr<const Tokenizer>& tokenizer, int context,
                      const HeldOut& heldOut) {
  if (files.empty()) throw Error("Fine-tuning needs at least one data file.");
  if (context < 2)
    throw Error("Fine-tuning needs a context of at least 2 tokens, found " + std::to_string(context) + ".");
  SftData data;
  data.context_ = context;
  RowMaker maker(tokenizer, size_t(context) + 1);
  const auto read = [&](const Path& file, std::vector<Row>& rows) {
    const Examples examples = readExamples(file);
    data.hashes_[file.string()] = examples.sha256;
    if (examples.demonstrations.empty())
      throw Error(file.string() + " holds no demonstration; fine-tuning reads messages, or prompt and completion.");
    for (const DemonstrationExample& demonstration : examples.demonstrations) {
      Row row;
      try {
        row = maker.row(demonstration);
      } catch (const Error& error) {
        throw Error(file.string() + ": " + error.what());
      }
      if (row.ids.size() > 1 && hasAnswer(row))
        rows.push_back(std::move(row));
      else
        ++data.leftOut_;
    }
  };
  for (const Path& file : files) read(file, data.training_);
  if (heldOut.file) {
    read(*heldOut.file, data.heldOut_);
  } else if (heldOut.share > 0) {
    const size_t kept = size_t(double(data.training_.size()) * (1 - heldOut.share));
    data.heldOut_.assign(data.training_.begin() + kept, data.training_.end());
    data.training_.resize(kept);
  }
  data.shortened_ = maker.shortened;
  if (data.training_.empty())
    throw Error(files.front().string() + ": no demonstration is left to train on (of " +
                std::to_string(data.leftOut_ + data.heldOut_.size()) + "): the prompts fill the context of " +
                std::to_string(context) + " tokens, or all are held out; choose a longer context or more data.");
  return data;
}

Batch SftData::padded(std::span<const Row* const> chosen, int rows) const {
  size_t longest = 1;
  for (const Row* row : chosen) longest = std::max(longest, row->ids.size() - 1);
  const size_t length = std::min((longest + 31) / 32 * 32, size_t(context_));
  Batch batch{rows, int(length), std::vector<int32_t>(rows * length), std::vector<int32_t>(rows * length),
              std::vector<float>(rows * length)};
  for (size_t r = 0; r < chosen.size(); ++r)
    for (size_t i = 0; i + 1 < chosen[r]->ids.size(); ++i) {
      batch.ids[r * length + i] = chosen[r]->ids[i];
      batch.targets[r * length + i] = chosen[r]->ids[i + 1];
      batch.weights[r * length + i] = chosen[r]->isAnswer[i + 1];
    }
  return batch;
}

Batch SftData::batch(uint64_t seed, uint64_t index, int rows) const {
  std::vector<const Row*> chosen;
  for (const size_t place : shuffledBatch(seed, index, rows, training_.size())) chosen.push_back(&training_[place]);
  return padded(chosen, rows);
}

std::vector<Batch> SftData::batches(std::span<const Row> from, int rows) const {
  std::vector<Batch> all;
  for (size_t first = 0; first < from.size(); first += rows) {
    std::vector<const Row*> chosen;
    for (size_t i = first; i < std::min(first + rows, from.size()); ++i) chosen.push_back(&from[i]);
    all.push_back(padded(chosen, rows));
  }
  return all;
}

} // namespace attune
