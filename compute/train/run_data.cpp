#include "train/run_data.h"

#include "data/pretrain_data.h"
#include "data/sft_data.h"
#include "error.h"

#include <algorithm>

namespace attune {
namespace {

class PretrainSource : public RunData {
public:
  PretrainSource(const RunSettings& s, const Tokenizer& tokenizer, int context)
      : data_(PretrainData::load(s.data, tokenizer, HeldOut::parse(s.heldOut)))
      , settings_(s)
      , context_(context)
      , start_(tokenizer.startToken()) {
    if (data_.training().size() <= size_t(context))
      throw Error(s.data.front().string() +
                  (s.data.size() > 1 ? " and " + std::to_string(s.data.size() - 1) + " more have " : " has ") +
                  std::to_string(data_.training().size()) + " tokens to train on, a row of the context needs " +
                  std::to_string(context + 1) + "; choose more text or a shorter --context");
    if (data_.heldOut().size() >= 2) heldOut_ = evaluationBatches(data_.heldOut(), context, s.batch);
  }
  Batch batch(uint64_t index) const override { return data_.batch(settings_.seed, index, settings_.batch, context_); }
  const std::vector<Batch>& heldOut() const override { return heldOut_; }
  const std::map<std::string, std::string>& hashes() const override { return data_.hashes(); }
  std::vector<std::vector<int32_t>> samplePrompts() const override { return {{start_}}; }

private:
  PretrainData data_;
  RunSettings settings_;
  int context_;
  int32_t start_;
  std::vector<Batch> heldOut_;
};

class SftSource : public RunData {
public:
  SftSource(const RunSettings& s, const std::shared_ptr<const Tokenizer>& tokenizer, int context)
      : data_(SftData::load(s.data, tokenizer, context, HeldOut::parse(s.heldOut)))
      , settings_(s) {
    if (!data_.heldOut().empty()) heldOut_ = data_.batches(data_.heldOut(), s.batch);
  }
  Batch batch(uint64_t index) const override { return data_.batch(settings_.seed, index, settings_.batch); }
  const std::vector<Batch>& heldOut() const override { return heldOut_; }
  const std::map<std::string, std::string>& hashes() const override { return data_.hashes(); }
  // The first questions that are held out, or else of the training part, up to where the answer begins.
  std::vector<std::vector<int32_t>> samplePrompts() const override {
    const auto& rows = data_.heldOut().empty() ? data_.training() : data_.heldOut();
    std::vector<std::vector<int32_t>> prompts;
    for (const SftData::Row& row : rows) {
      if (prompts.size() == 2) break;
      const auto answer = std::find(row.isAnswer.begin(), row.isAnswer.end(), 1);
      if (answer != row.isAnswer.begin())
        prompts.emplace_back(row.ids.begin(), row.ids.begin() + (answer - row.isAnswer.begin()));
    }
    return prompts;
  }

private:
  SftData data_;
  RunSettings settings_;
  std::vector<Batch> heldOut_;
};

} // namespace

std::unique_ptr<RunData> readRunData(const RunSettings& settings, const std::shared_ptr<const Tokenizer>& tokenizer,
                                     int context) {
  if (settings.kind == RunKind::Sft) return std::make_unique<SftSource>(settings, tokenizer, context);
  return std::make_unique<PretrainSource>(settings, *tokenizer, context);
}

} // namespace attune
