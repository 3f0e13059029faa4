// How a conversation becomes token ids.
//
// Hugging Face keeps this as a Jinja program in the tokenizer (`chat_template`). Attune runs no programs of others: it
// recognises the templates it knows by their source (see jinja_source.h) and does what they do; any other is refused
// with a choice. Its own is one token for the role, the text, and end-of-text:
//
//   <|system|>Be brief.<|endoftext|><|user|>Hello!<|endoftext|><|assistant|>Hi.<|endoftext|>
//
// The content of a message never yields a special token, whatever it spells out.
#pragma once

#include "text/message.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace attune {

class Tokenizer;

enum class ChatStyle { Attune, ChatMl, Llama3, Llama2, Zephyr };

const char* chatStyleName(ChatStyle style);

// What is known of a template from its source.
struct ChatFormat {
  ChatStyle style = ChatStyle::Attune;
  bool startsWithBos = false;
  bool trimmed = false;                     // white space around contents is taken off
  std::optional<std::string> defaultSystem; // said when a conversation has no system message

  // Empty when the source is none that Attune knows.
  static std::optional<ChatFormat> recognise(const std::string& jinja);
};

// A conversation's ids. isAnswer[i] is 1 where ids[i] is said by the assistant: its text and the end of its turn.
struct EncodedChat {
  std::vector<int32_t> ids;
  std::vector<uint8_t> isAnswer;
};

class ChatTemplate {
public:
  // The tokenizer's own template. Throws Error when it has none or one that Attune does not know; the sentence offers
  // the choice (withAttuneTemplate).
  explicit ChatTemplate(std::shared_ptr<const Tokenizer> tokenizer);

  // The whole conversation. With `addGenerationPrompt` it ends where the assistant's answer begins. Roles are system,
  // user and assistant; Error for others, for no messages, and where the template itself refuses an order (Llama 2).
  EncodedChat encode(std::span<const Message> messages, bool addGenerationPrompt) const;

  // The same with the oldest turns left out until the ids fit into `room` tokens: a leading system message and the last
  // message stay, and what is kept begins with a user's turn. `dropped` is how many messages the model no longer sees.
  // Error when even the last message does not fit.
  struct Fitted {
    EncodedChat chat;
    int dropped = 0;
  };
  Fitted encodeFitting(std::span<const Message> messages, bool addGenerationPrompt, int room) const;

  ChatStyle style() const { return format.style; }
  const std::shared_ptr<const Tokenizer>& tokenizer() const { return words; }
  int32_t endOfTurn() const { return end; } // generation stops here (and at the tokenizer's EOS)

private:
  class Writer; // collects text and tokens, said by the assistant or not
  void write(Writer& writer, std::span<const Message> messages, bool addGenerationPrompt) const;
  void writeLlama2(Writer& writer, std::span<const Message> messages) const;
  EncodedChat encodeFrom(std::span<const Message> messages, bool addGenerationPrompt) const;

  std::shared_ptr<const Tokenizer> words;
  ChatFormat format;
  int32_t end = -1;
};

// Attune's template for this tokenizer, as Jinja source.
std::string attuneTemplateSource(const Tokenizer& tokenizer);

// The tokenizer with Attune's template and its three role tokens (and, where it has no EOS, <|end|>). A model's
// embedding must grow to the new size. Unchanged when it is there already.
std::shared_ptr<const Tokenizer> withAttuneTemplate(const std::shared_ptr<const Tokenizer>& tokenizer);

} // namespace attune
