// How a conversation becomes token ids.
//
// Hugging Face keeps this as a Jinja program in the tokenizer (`chat_template`). Attune runs no programs of others: it
// recognises the templates it knows by their source and does what they do; any other is refused with a choice. Its own
// template is one token for the role, the text, and end-of-text:
//
//   <|system|>Be brief.<|endoftext|><|user|>Hello!<|endoftext|><|assistant|>Hi.<|endoftext|>
//
// The content of a message never yields a special token, whatever it spells out.
#pragma once

#include "text/message.h"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace attune {

class Tokenizer;

enum class ChatStyle { Attune, ChatMl, Llama3, Llama2, Zephyr };

const char* chatStyleName(ChatStyle style);

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
  // user and assistant; Error for others, and where the template itself refuses an order (Llama 2).
  EncodedChat encode(std::span<const Message> messages, bool addGenerationPrompt) const;

  // The same with the oldest turns left out until ids fit into `room` tokens; a leading system message and the last
  // message stay. `dropped` is how many messages the model no longer sees. Error when even the last message does not
  // fit.
  struct Fitted {
    EncodedChat chat;
    int dropped = 0;
  };
  Fitted encodeFitting(std::span<const Message> messages, bool addGenerationPrompt, int room) const;

  ChatStyle style() const { return kind; }
  const std::shared_ptr<const Tokenizer>& tokenizer() const { return words; }
  int32_t endOfTurn() const { return end; } // generation stops here (and at the tokenizer's EOS)

private:
  struct Piece; // text or a token, said by the assistant or not
  std::vector<Piece> pieces(std::span<const Message> messages, bool addGenerationPrompt) const;

  std::shared_ptr<const Tokenizer> words;
  ChatStyle kind;
  int32_t end = -1;
  std::string defaultSystem; // ChatML as Qwen2 writes it: said when the conversation has no system message
  bool trimmed = false;      // the template strips white space around contents
};

// Attune's template for this tokenizer, as Jinja source.
std::string attuneTemplateSource(const Tokenizer& tokenizer);

// The tokenizer with Attune's template and its three role tokens (and, where it has no EOS, <|end|>). A model's
// embedding must grow to the new size. Unchanged when it is there already.
std::shared_ptr<const Tokenizer> withAttuneTemplate(const std::shared_ptr<const Tokenizer>& tokenizer);

} // namespace attune
