#include "engine/model_text.h"

#include "error.h"
#include "model/config.h"
#include <algorithm>
#include <limits>

namespace attune {
namespace {

// The contents one after the other; where two would run into each other, on a line of its own. `ends` takes each
// message's last byte.
std::string joined(std::span<const Message> messages, std::vector<size_t>& ends) {
  std::string all;
  for (const Message& message : messages) {
    if (message.role == "system") continue;
    const auto blank = [](char c) { return c == ' ' || c == '\n' || c == '\t'; };
    if (!all.empty() && !message.content.empty() && message.role == "user" && !blank(all.back()) &&
        !blank(message.content.front()))
      all += '\n';
    all += message.content;
    ends.push_back(all.size());
  }
  return all;
}

PromptTokens continuation(const ModelText& text, std::span<const Message> messages, int room) {
  std::vector<size_t> ends;
  PromptTokens prompt;
  prompt.ids = text.tokenizer->encode(joined(messages, ends), SpecialTokens::AsText);
  if (prompt.ids.empty()) prompt.ids = {text.tokenizer->startToken()};
  if (prompt.ids.size() <= size_t(room)) return prompt;
  const size_t gone = prompt.ids.size() - size_t(room);
  const size_t bytes = text.tokenizer->decode(std::span(prompt.ids).first(gone)).size();
  prompt.dropped = int(std::count_if(ends.begin(), ends.end(), [&](size_t end) { return end <= bytes; }));
  prompt.ids.erase(prompt.ids.begin(), prompt.ids.begin() + std::ptrdiff_t(gone));
  return prompt;
}

} // namespace

ModelTextPtr ModelText::read(const std::filesystem::path& folder) {
  auto text = std::make_shared<ModelText>();
  const ModelConfig config = readConfig(folder / "config.json");
  text->context = int(std::min<int64_t>(config.nCtx, std::numeric_limits<int>::max()));
  if (!Tokenizer::isIn(folder))
    throw Error(folder.string() +
                " has no tokenizer.json, so nothing can be said to this model; put its tokenizer there");
  text->tokenizer = Tokenizer::load(folder);
  std::vector<int32_t>& stops = text->stopIds;
  if (text->tokenizer->eos()) stops.push_back(*text->tokenizer->eos());
  for (const int64_t id : config.eos)
    if (id >= 0 && id < config.vocabSize) stops.push_back(int32_t(id));
  if (text->tokenizer->chatTemplate()) {
    try {
      text->chat.emplace(text->tokenizer);
      stops.push_back(text->chat->endOfTurn());
    } catch (const Error& error) {
      text->refusal = error.what();
    }
  }
  std::sort(stops.begin(), stops.end());
  stops.erase(std::unique(stops.begin(), stops.end()), stops.end());
  return text;
}

PromptTokens promptTokens(const ModelText& text, std::span<const Message> messages, int room) {
  if (!text.refusal.empty()) throw Error(text.refusal);
  if (room < 1) throw Error("the model's context leaves no room for a prompt; choose a shorter reply");
  if (!text.chat) return continuation(text, messages, room);
  ChatTemplate::Fitted fitted = text.chat->encodeFitting(messages, true, room);
  return {std::move(fitted.chat.ids), fitted.dropped};
}

int tokenCount(const ModelText& text, std::span<const Message> messages) {
  return int(promptTokens(text, messages, std::numeric_limits<int>::max()).ids.size());
}

int promptRoom(const ModelText& text, int longest) {
  return text.context - std::max(1, std::min(longest, text.context / 2));
}

} // namespace attune
