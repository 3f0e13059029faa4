// How a model reads and writes text: its tokenizer, its chat template if it has one, and its context.
#pragma once

#include "text/chat_template.h"
#include "text/tokenizer.h"
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace attune {

// Immutable; shared between the window and the workers.
struct ModelText {
  std::shared_ptr<const Tokenizer> tokenizer;
  std::optional<ChatTemplate> chat; // none: a base model, which continues the text
  std::string refusal;              // why its chat template cannot be used, as a sentence
  int context = 0;                  // the longest text, in tokens
  std::vector<int32_t> stopIds;     // these end a reply

  bool continuesText() const { return !chat; }

  // Throws Error naming the file.
  static std::shared_ptr<const ModelText> read(const std::filesystem::path& folder);
};
using ModelTextPtr = std::shared_ptr<const ModelText>;

// What a model is given to read.
struct PromptTokens {
  std::vector<int32_t> ids;
  int dropped = 0; // how many messages (oldest first, the system prompt not counted) no longer fit
};

// The conversation in at most `room` tokens. A model with a template keeps the system prompt and drops its oldest
// turns; a base model reads the contents one after the other, without a system prompt, and loses the oldest tokens.
// Throws Error when even the last message does not fit, or when the template is refused.
PromptTokens promptTokens(const ModelText& text, std::span<const Message> messages, int room);

// How many tokens the whole conversation would take, whatever the context.
int tokenCount(const ModelText& text, std::span<const Message> messages);

// The room that stays for the prompt when a reply of `longest` tokens is to fit: at least half of the context.
int promptRoom(const ModelText& text, int longest);

} // namespace attune
