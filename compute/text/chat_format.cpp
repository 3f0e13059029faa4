#include "text/chat_template.h"
#include "text/jinja_source.h"

namespace attune {

namespace {

using Set = std::set<std::string>;

Set operator+(Set a, const Set& b) {
  a.insert(b.begin(), b.end());
  return a;
}

// Words of the language and of every chat template. A template that uses others (tools, dates, thoughts) is not known.
const Set common = {"for",     "in",       "endfor", "if",           "elif",
                    "else",    "endif",    "is",     "not",          "and",
                    "or",      "defined",  "set",    "true",         "false",
                    "message", "messages", "role",   "content",      "add_generation_prompt",
                    "loop",    "first",    "index0", "loop_messages"};
const Set roles = {"role", "content", "system", "user", "assistant"};

bool startsWith(const std::string& text, const std::string& prefix) {
  return text.compare(0, prefix.size(), prefix) == 0;
}
bool endsWith(const std::string& text, const std::string& suffix) {
  return text.size() >= suffix.size() && text.compare(text.size() - suffix.size(), suffix.size(), suffix) == 0;
}

std::optional<ChatFormat> attune(const JinjaSource& source) {
  if (!source.raw.empty() || !source.literals.count("<|") || !source.literals.count("|>")) return {};
  if (!source.literalsAreIn({"<|", "|>", "<|assistant|>", "role", "content"})) return {};
  if (!source.namesAreIn({"for", "in", "endfor", "if", "endif", "message", "messages", "add_generation_prompt",
                          "bos_token", "eos_token"}) ||
      !source.names.count("eos_token"))
    return {};
  return ChatFormat{ChatStyle::Attune, source.names.count("bos_token") > 0, false, {}};
}

std::optional<ChatFormat> chatMl(JinjaSource source) {
  ChatFormat format{ChatStyle::ChatMl, source.names.count("bos_token") > 0, source.names.count("trim") > 0, {}};
  const std::string before = "<|im_start|>system\n", after = "<|im_end|>\n";
  for (const std::string& literal : Set(source.literals))
    if (startsWith(literal, before) && endsWith(literal, after)) {
      if (format.defaultSystem) return {};
      format.defaultSystem = literal.substr(before.size(), literal.size() - before.size() - after.size());
      source.literals.erase(literal);
    }
  const Set literals =
      roles +
      Set{"<|im_start|>", "<|im_end|>", "<|im_end|>\n", "\n", "<|im_start|>assistant\n", "<|im_start|>assistant"};
  if (!source.raw.empty() || !source.literalsAreIn(literals) || !source.namesAreIn(common + Set{"bos_token", "trim"}))
    return {};
  if (!source.literals.count("<|im_start|>") || !source.names.count("add_generation_prompt")) return {};
  if (!source.literals.count("\n") && !source.literals.count("<|im_end|>\n")) return {};
  return format;
}

std::optional<ChatFormat> llama3(const JinjaSource& source) {
  const Set literals = roles + Set{"<|begin_of_text|>",
                                   "<|start_header_id|>",
                                   "<|end_header_id|>",
                                   "<|end_header_id|>\n\n",
                                   "\n\n",
                                   "<|eot_id|>",
                                   "<|start_header_id|>assistant<|end_header_id|>\n\n"};
  if (!source.raw.empty() || !source.literalsAreIn(literals) || !source.namesAreIn(common + Set{"bos_token", "trim"}))
    return {};
  if (!source.literals.count("<|start_header_id|>") || !source.literals.count("<|eot_id|>") ||
      !source.names.count("add_generation_prompt"))
    return {};
  const bool bos = source.names.count("bos_token") > 0 || source.literals.count("<|begin_of_text|>") > 0;
  return ChatFormat{ChatStyle::Llama3, bos, source.names.count("trim") > 0, {}};
}

std::optional<ChatFormat> llama2(JinjaSource source) {
  if (source.names.count("raise_exception"))
    for (const std::string& literal : Set(source.literals))
      if (startsWith(literal, "Conversation roles must alternate")) source.literals.erase(literal);
  const Set literals = roles + Set{"<<SYS>>\n", "\n<</SYS>>\n\n", "[INST] ", " [/INST]", " "};
  const Set names = common + Set{"bos_token", "eos_token", "strip", "system_message", "raise_exception"};
  if (!source.raw.empty() || !source.literalsAreIn(literals) || !source.namesAreIn(names)) return {};
  for (const char* needed : {"<<SYS>>\n", "\n<</SYS>>\n\n", "[INST] ", " [/INST]", " "})
    if (!source.literals.count(needed)) return {};
  for (const char* needed : {"bos_token", "eos_token", "strip"})
    if (!source.names.count(needed)) return {};
  return ChatFormat{ChatStyle::Llama2, true, true, {}};
}

std::optional<ChatFormat> zephyr(const JinjaSource& source) {
  const Set literals = roles + Set{"<|system|>\n", "<|user|>\n", "<|assistant|>\n", "<|assistant|>"};
  if (source.raw != Set{"\n"} || !source.rawOnlyAfterExpressions) return {};
  if (!source.literalsAreIn(literals) || !source.namesAreIn(common + Set{"eos_token", "last"})) return {};
  for (const char* needed : {"<|user|>\n", "<|assistant|>\n", "<|assistant|>"})
    if (!source.literals.count(needed)) return {};
  if (!source.names.count("eos_token") || !source.names.count("add_generation_prompt")) return {};
  return ChatFormat{ChatStyle::Zephyr, false, false, {}};
}

} // namespace

std::optional<ChatFormat> ChatFormat::recognise(const std::string& jinja) {
  const auto source = JinjaSource::parse(jinja);
  if (!source) return {};
  for (const auto& known : {attune(*source), chatMl(*source), llama3(*source), llama2(*source), zephyr(*source)})
    if (known) return known;
  return {};
}

} // namespace attune
