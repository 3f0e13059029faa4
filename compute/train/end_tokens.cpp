#include "train/end_tokens.h"

#include "text/chat_template.h"

#include <set>

namespace attune {

std::vector<int32_t> endTokens(const ModelConfig& config, const std::shared_ptr<const Tokenizer>& tokenizer) {
  std::set<int32_t> ends;
  const auto add = [&](int64_t id) {
    if (id >= 0 && id < config.vocabSize) ends.insert(int32_t(id));
  };
  for (int64_t id : config.eos) add(id);
  if (tokenizer->eos()) add(*tokenizer->eos());
  if (tokenizer->chatTemplate()) add(ChatTemplate(tokenizer).endOfTurn());
  return {ends.begin(), ends.end()};
}

} // namespace attune
