#include "train/judge.h"

#include "error.h"
#include "formats/lineage.h"
#include "formats/model_folder.h"

#include <algorithm>
#include <cmath>

namespace attune {
namespace {

namespace fs = std::filesystem;

constexpr size_t atOnce = 16; // replies of a pass

} // namespace

Judge::Judge(const std::shared_ptr<vulkan::Device>& device, const fs::path& path) {
  if (fs::is_regular_file(path)) {
    rule_ = Rule::load(path);
    return;
  }
  const fs::path folder = resolveModelPath(path);
  if (!Tokenizer::isIn(folder))
    throw Error(folder.string() + " has no tokenizer (tokenizer.json), which judging replies needs");
  take(folder, Model::load(device, folder), Tokenizer::load(folder));
}

Judge::Judge(std::shared_ptr<const Rule> rule)
    : rule_(std::move(rule)) {}

Judge::Judge(const fs::path& folder, std::shared_ptr<Model> model, std::shared_ptr<const Tokenizer> tokenizer) {
  take(folder, std::move(model), std::move(tokenizer));
}

void Judge::take(const fs::path& folder, std::shared_ptr<Model> model, std::shared_ptr<const Tokenizer> tokenizer) {
  folder_ = folder;
  if (!model->config().classifier)
    throw Error(folder_.string() +
                " is a language model; a reward model or a rule's JSON file was expected as the judge");
  context_ = model->config().nCtx;
  shift_ = readLineage(folder_).rewardShift.value_or(0);
  tokenizer_ = std::move(tokenizer);
  if (tokenizer_->chatTemplate()) chat_.emplace(tokenizer_);
  passes_.emplace(std::move(model), nullptr);
}

std::vector<int32_t> Judge::rowOf(const Reading& reading) const {
  std::vector<int32_t> ids;
  if (chat_) {
    std::vector<Message> messages = reading.prompt;
    messages.push_back({"assistant", reading.reply});
    ids = chat_->encode(messages, false).ids;
  } else {
    ids = tokenizer_->encode(reading.prompt.back().content + reading.reply, SpecialTokens::AsText);
  }
  if (ids.size() > size_t(context_))
    throw Error(folder_.string() + " reads at most " + std::to_string(context_) +
                " tokens, a prompt and its reply have " + std::to_string(ids.size()) +
                "; choose a smaller --max-tokens or shorter prompts");
  return ids;
}

std::vector<double> Judge::scores(std::span<const Reading> readings, const std::function<bool()>& go) {
  std::vector<double> all;
  for (size_t first = 0; first < readings.size() && (!go || go()); first += atOnce) {
    const std::span<const Reading> some = readings.subspan(first, std::min(atOnce, readings.size() - first));
    if (rule_) {
      for (const Reading& reading : some) all.push_back(rule_->score(reading.reply, reading.prompt));
    } else {
      std::vector<std::vector<int32_t>> rows;
      for (const Reading& reading : some) rows.push_back(rowOf(reading));
      for (const float score : passes_->scores(padRows(rows, context_, int(atOnce))))
        if (all.size() < first + some.size()) all.push_back(score + shift_);
    }
    for (size_t i = first; i < all.size(); ++i)
      if (!std::isfinite(all[i]))
        throw Error("the judge gave a score that is not a number to the reply \"" + readings[i].reply + "\"");
  }
  return all;
}

} // namespace attune
