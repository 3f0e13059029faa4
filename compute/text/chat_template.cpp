#include "text/chat_template.h"
#include "error.h"
#include "text/tokenizer.h"

#include <algorithm>

namespace attune {

namespace {

// As Python's str.strip() and Jinja's trim for the white space of ASCII.
std::string trimmedText(const std::string& text) {
  const char* space = " \t\n\r\v\f";
  const size_t first = text.find_first_not_of(space);
  return first == text.npos ? "" : text.substr(first, text.find_last_not_of(space) - first + 1);
}

} // namespace

const char* chatStyleName(ChatStyle style) {
  switch (style) {
  case ChatStyle::Attune:
    return "Attune";
  case ChatStyle::ChatMl:
    return "ChatML";
  case ChatStyle::Llama3:
    return "Llama 3";
  case ChatStyle::Llama2:
    return "Llama 2";
  case ChatStyle::Zephyr:
    return "Zephyr";
  }
  return "";
}

// Text is kept together until a token ends it, because that is how it is tokenized: header and content in one piece.
class ChatTemplate::Writer {
public:
  explicit Writer(const Tokenizer& tokenizer)
      : tokenizer(tokenizer) {}

  // The template's own words: special tokens in them count.
  void literal(std::string_view text, bool isAnswer = false) {
    for (const Tokenizer::Segment& segment : tokenizer.segmentsOf(text)) {
      if (segment.token)
        token(*segment.token, isAnswer);
      else
        add(segment.text, isAnswer);
    }
  }

  void content(const std::string& text, bool isAnswer) { add(text, isAnswer); }

  void token(int32_t id, bool isAnswer) {
    segments.push_back({"", id});
    answerFrom.push_back(isAnswer ? 0 : std::string::npos);
  }

  EncodedChat finish() const {
    EncodedChat chat;
    chat.ids = tokenizer.encodeSegments(segments);
    chat.isAnswer.assign(chat.ids.size(), 0);
    size_t at = 0;
    for (size_t i = 0; i < segments.size(); ++i) {
      const size_t length = segments[i].token ? 1 : idsOf(i, segments[i].text.size()).size();
      if (answerFrom[i] != std::string::npos) {
        const size_t header = answerFrom[i] == 0 ? 0 : headerIds(i, at, length, chat.ids);
        std::fill(chat.isAnswer.begin() + at + header, chat.isAnswer.begin() + at + length, 1);
      }
      at += length;
    }
    return chat;
  }

private:
  void add(std::string_view text, bool isAnswer) {
    if (text.empty()) return;
    if (segments.empty() || segments.back().token) {
      segments.push_back({std::string(text)});
      answerFrom.push_back(isAnswer ? 0 : std::string::npos);
      return;
    }
    if (isAnswer && answerFrom.back() == std::string::npos) answerFrom.back() = segments.back().text.size();
    segments.back().text += text;
  }

  // The ids of the first `bytes` of text segment i where it stands. Its neighbours matter (a token that takes
  // the white space beside it), so they are encoded with it and taken off again.
  std::vector<int32_t> idsOf(size_t i, size_t bytes) const {
    std::vector<Tokenizer::Segment> near;
    if (i > 0) near.push_back(segments[i - 1]);
    near.push_back({segments[i].text.substr(0, bytes)});
    if (i + 1 < segments.size() && bytes == segments[i].text.size()) near.push_back(segments[i + 1]);
    std::vector<int32_t> ids = tokenizer.encodeSegments(near);
    if (near.back().token) ids.pop_back();
    if (i > 0) ids.erase(ids.begin());
    return ids;
  }

  // How many of the segment's ids lie wholly in what stands before the answer. (Whether a line end merges with the one
  // before it depends on what follows, so the header's ids alone do not tell; its bytes do.)
  size_t headerIds(size_t i, size_t at, size_t length, const std::vector<int32_t>& ids) const {
    size_t header = 0, bytes = 0, count = 0;
    for (const int32_t id : idsOf(i, answerFrom[i])) header += tokenizer.bytesOf(id).size();
    while (count < length && (bytes += tokenizer.bytesOf(ids[at + count]).size()) <= header) ++count;
    return count;
  }

  const Tokenizer& tokenizer;
  std::vector<Tokenizer::Segment> segments; // never two texts in a row
  std::vector<size_t> answerFrom;           // the byte of the segment where the answer begins; npos: none
};

ChatTemplate::ChatTemplate(std::shared_ptr<const Tokenizer> tokenizer)
    : words(std::move(tokenizer)) {
  const auto& source = words->chatTemplate();
  if (!source)
    throw Error(
        "This tokenizer has no chat template: it is a base model's, which continues text; fine-tune it on messages, or "
        "give it Attune's template.");
  const auto known = ChatFormat::recognise(*source);
  if (!known)
    throw Error("This model's chat template is none that Attune knows (its own, ChatML, Llama 3, Llama 2, Zephyr); "
                "choose Attune's "
                "template for it, or continue text without one.");
  format = *known;
  const char* turnEnd = format.style == ChatStyle::ChatMl   ? "<|im_end|>"
                        : format.style == ChatStyle::Llama3 ? "<|eot_id|>"
                                                            : nullptr;
  const auto id = turnEnd ? words->idOf(turnEnd) : words->eos();
  if (!id)
    throw Error(std::string("The chat template ends a turn with ") + (turnEnd ? turnEnd : "the end-of-text token") +
                ", which this tokenizer lacks; choose Attune's template for it.");
  end = *id;
  if (format.startsWithBos && !words->bos())
    throw Error(
        "The chat template begins with the BOS token, which this tokenizer lacks; choose Attune's template for it.");
  if (format.style == ChatStyle::Attune)
    for (const char* role : {"<|system|>", "<|user|>", "<|assistant|>"})
      if (!words->idOf(role))
        throw Error(std::string("The chat template uses ") + role + ", which this tokenizer lacks.");
}

void ChatTemplate::writeLlama2(Writer& writer, std::span<const Message> messages) const {
  std::string system;
  if (messages[0].role == "system") {
    system = "<<SYS>>\n" + messages[0].content + "\n<</SYS>>\n\n";
    messages = messages.subspan(1);
  }
  for (size_t i = 0; i < messages.size(); ++i) {
    const bool isUser = i % 2 == 0;
    if (messages[i].role != (isUser ? "user" : "assistant"))
      throw Error(
          "Llama 2's template needs turns of user and assistant one after the other, beginning with the user; turn " +
          std::to_string(i + 1) + " is the " + messages[i].role + "'s.");
    if (isUser) {
      writer.token(*words->bos(), false);
      writer.literal("[INST] ");
      writer.content(trimmedText(i == 0 ? system + messages[i].content : messages[i].content), false);
      writer.literal(" [/INST]");
    } else {
      writer.literal(" ");
      writer.content(trimmedText(messages[i].content), true);
      writer.literal(" ", true);
      writer.token(end, true);
    }
  }
}

void ChatTemplate::write(Writer& writer, std::span<const Message> messages, bool addGenerationPrompt) const {
  if (format.style == ChatStyle::Llama2) return writeLlama2(writer, messages); // [/INST] is the generation prompt
  // What opens and closes a turn.
  const auto open = [&](const std::string& role) {
    switch (format.style) {
    case ChatStyle::ChatMl:
      return writer.literal("<|im_start|>" + role + "\n");
    case ChatStyle::Llama3:
      return writer.literal("<|start_header_id|>" + role + "<|end_header_id|>\n\n");
    case ChatStyle::Zephyr:
      return writer.literal("<|" + role + "|>\n");
    default:
      return writer.token(*words->idOf("<|" + role + "|>"), false);
    }
  };
  const auto turn = [&](const Message& message) {
    const bool isAnswer = message.role == "assistant";
    open(message.role);
    writer.content(format.trimmed ? trimmedText(message.content) : message.content, isAnswer);
    writer.token(end, isAnswer);
    if (format.style == ChatStyle::ChatMl || format.style == ChatStyle::Zephyr) writer.literal("\n");
  };
  if (format.startsWithBos) writer.token(*words->bos(), false);
  if (format.defaultSystem && messages[0].role != "system") turn({"system", *format.defaultSystem});
  for (const Message& message : messages) turn(message);
  if (addGenerationPrompt) open("assistant");
}

EncodedChat ChatTemplate::encodeFrom(std::span<const Message> messages, bool addGenerationPrompt) const {
  Writer writer(*words);
  write(writer, messages, addGenerationPrompt);
  return writer.finish();
}

EncodedChat ChatTemplate::encode(std::span<const Message> messages, bool addGenerationPrompt) const {
  if (messages.empty()) throw Error("A conversation needs at least one message.");
  for (const Message& message : messages)
    if (message.role != "system" && message.role != "user" && message.role != "assistant")
      throw Error("A message has the role \"" + message.role + "\"; it must be system, user or assistant.");
  return encodeFrom(messages, addGenerationPrompt);
}

ChatTemplate::Fitted ChatTemplate::encodeFitting(std::span<const Message> messages, bool addGenerationPrompt,
                                                 int room) const {
  Fitted fitted{encode(messages, addGenerationPrompt), 0};
  if (int(fitted.chat.ids.size()) <= room) return fitted;
  // Where the kept part may begin: at a user's turn, or at the last message. A later beginning is never longer.
  const size_t kept = messages[0].role == "system" ? 1 : 0;
  std::vector<size_t> begins;
  for (size_t i = kept + 1; i < messages.size(); ++i)
    if (messages[i].role == "user" || i + 1 == messages.size()) begins.push_back(i);
  const auto from = [&](size_t begin) {
    std::vector<Message> part(messages.begin(), messages.begin() + kept);
    part.insert(part.end(), messages.begin() + begin, messages.end());
    return encode(part, addGenerationPrompt);
  };
  const auto first = std::partition_point(begins.begin(), begins.end(),
                                          [&](size_t begin) { return int(from(begin).ids.size()) > room; });
  if (first == begins.end())
    throw Error("The last message (with the system prompt) needs more than the " + std::to_string(room) +
                " tokens that the model's context has left for it; shorten it.");
  return {from(*first), int(*first - kept)};
}

std::string attuneTemplateSource(const Tokenizer& tokenizer) {
  const bool bos = tokenizer.bos() && tokenizer.bos() != tokenizer.eos();
  return std::string(bos ? "{{ bos_token }}" : "") +
         "{% for message in messages %}{{ '<|' + message['role'] + '|>' + message['content'] + eos_token }}{% endfor %}"
         "{% if add_generation_prompt %}{{ '<|assistant|>' }}{% endif %}";
}

std::shared_ptr<const Tokenizer> withAttuneTemplate(const std::shared_ptr<const Tokenizer>& tokenizer) {
  if (tokenizer->chatTemplate() == attuneTemplateSource(*tokenizer)) return tokenizer;
  const std::vector<std::string> tokens = {"<|system|>", "<|user|>", "<|assistant|>"};
  std::optional<std::string> eos;
  if (!tokenizer->eos()) eos = "<|end|>";
  return tokenizer->with(attuneTemplateSource(*tokenizer), tokens, eos);
}

} // namespace attune
