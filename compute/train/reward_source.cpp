#include "train/reward_source.h"

#include "error.h"
#include "formats/lineage.h"
#include "formats/model_folder.h"
#include "sha256.h"

#include <algorithm>
#include <cmath>

namespace attune {

RewardSource::RewardSource(const Path& path, std::shared_ptr<const Tokenizer> tokenizer, int64_t context)
    : tokenizer_(std::move(tokenizer)) {
  if (std::filesystem::is_regular_file(path)) {
    folder_ = path;
    rule_ = Rule::load(path);
    if (rule_->readsPrompt())
      throw Error(path.string() +
                  " is the starter world's judge, which judges and never trains; a reward model or another "
                  "rule was expected");
    hash_ = sha256OfFile(path);
    return;
  }
  folder_ = resolveModelPath(path);
  const ModelFolder folder(folder_);
  if (!folder.config().classifier)
    throw Error(
        folder_.string() +
        " is a language model; a reward model (attune-cli reward makes one) or a rule's JSON file was expected");
  if (!Tokenizer::isIn(folder_)) throw Error(folder_.string() + " has no tokenizer (tokenizer.json)");
  if (Tokenizer::load(folder_)->hash() != tokenizer_->hash())
    throw Error(
        folder_.string() +
        " has another tokenizer than the policy; train the reward model from the same model or its descendants");
  context_ = folder.config().nCtx;
  if (context_ < context)
    throw Error(folder_.string() + " reads at most " + std::to_string(context_) +
                " tokens, a prompt and its reply can have " + std::to_string(context) +
                "; choose a smaller --max-tokens");
  hash_ = folder.sha256();
  shift_ = readLineage(folder_).rewardShift.value_or(0);
}

void RewardSource::open(const std::shared_ptr<vulkan::Device>& device) {
  if (!rule_) passes_.emplace(Model::load(device, folder_), nullptr);
}

std::string RewardSource::textOf(const Episode& episode) const { return tokenizer_->decode(episode.reply, true); }

void RewardSource::score(std::span<Episode> episodes, int atOnce) {
  for (size_t first = 0; first < episodes.size(); first += size_t(atOnce)) {
    const std::span<Episode> some = episodes.subspan(first, std::min(size_t(atOnce), episodes.size() - first));
    if (rule_) {
      for (Episode& episode : some) episode.score = rule_->score(textOf(episode));
    } else {
      std::vector<std::vector<int32_t>> rows;
      for (const Episode& episode : some) {
        rows.push_back(episode.prompt);
        rows.back().insert(rows.back().end(), episode.reply.begin(), episode.reply.end());
      }
      const std::vector<float> scores = passes_->scores(padRows(rows, context_, atOnce));
      for (size_t i = 0; i < some.size(); ++i) some[i].score = scores[i] + shift_;
    }
    for (const Episode& episode : some)
      if (!std::isfinite(episode.score))
        throw Error(name() + " gave a score that is not a number to the reply \"" + textOf(episode) + "\"");
  }
}

} // namespace attune
