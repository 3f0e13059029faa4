#include "data/prompt_data.h"

#include "error.h"
#include "random.h"
#include "text/chat_template.h"
#include "text/tokenizer.h"

#include <algorithm>

namespace attune {

PromptData PromptData::load(std::span<const std::filesystem::path> files,
                            const std::shared_ptr<const Tokenizer>& tokenizer, int most, const HeldOut& heldOut,
                            uint64_t seed) {
  PromptData data;
  std::optional<ChatTemplate> chat;
  if (tokenizer->chatTemplate()) chat.emplace(tokenizer);
  const auto read = [&](const std::filesystem::path& file, std::vector<EncodedPrompt>& to) {
    const Examples examples = readExamples(file);
    data.hashes_[file.string()] = examples.sha256;
    for (PromptExample& prompt : examples.allPrompts()) {
      EncodedPrompt made;
      made.ids = chat ? chat->encode(prompt.messages, true).ids
                      : tokenizer->encode(prompt.messages.back().content, SpecialTokens::AsText);
      if (made.ids.empty()) made.ids = {tokenizer->startToken()};
      made.text = std::move(prompt);
      if (made.ids.size() > size_t(most))
        ++data.leftOut_;
      else
        to.push_back(std::move(made));
    }
  };
  if (files.empty()) throw Error("There are no prompts; name a file that holds some.");
  for (const auto& file : files) read(file, data.training_);
  if (heldOut.file) {
    read(*heldOut.file, data.heldOut_);
  } else if (heldOut.share > 0) {
    const std::vector<uint32_t> order = permutation(uint32_t(data.training_.size()), seed, RandomStream::HeldOut, 0);
    const size_t count = size_t(double(order.size()) * heldOut.share);
    std::vector<EncodedPrompt> kept;
    for (size_t i = 0; i < order.size(); ++i)
      (i < count ? data.heldOut_ : kept).push_back(std::move(data.training_[order[i]]));
    data.training_ = std::move(kept);
  }
  if (data.training_.empty())
    throw Error(files.front().string() + ": no prompt is left" +
                (data.leftOut_ ? " (" + std::to_string(data.leftOut_) + " have more than " + std::to_string(most) +
                                     " tokens, which leaves no room for a reply)"
                               : "") +
                "; choose shorter prompts, a smaller --max-tokens or another file.");
  return data;
}

std::vector<const EncodedPrompt*> PromptData::batch(uint64_t seed, uint64_t index, int rows) const {
  const uint64_t count = training_.size();
  std::vector<const EncodedPrompt*> chosen;
  std::vector<uint32_t> order;
  uint64_t epoch = 0;
  for (int r = 0; r < rows; ++r) {
    const uint64_t place = index * uint64_t(rows) + uint64_t(r);
    if (order.empty() || place / count != epoch) {
      epoch = place / count;
      order = permutation(uint32_t(count), seed, RandomStream::Data, epoch);
    }
    chosen.push_back(&training_[order[place % count]]);
  }
  return chosen;
}

} // namespace attune
