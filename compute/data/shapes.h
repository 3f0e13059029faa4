// The shapes of records that readExamples() knows. Only the .cpp files of this folder include it.
#pragma once

#include "data/examples.h"

#include <string>

namespace attune::shapes {

// A list of messages ({"role", "content"}, or ShareGPT's {"from", "value"}); Error at `where` for other things.
std::vector<Message> messagesOf(const Json& list, const std::string& where);

// Adds a pair, or counts it as skipped when it has equal or empty sides or no question.
void addPair(Examples& examples, std::vector<Message> prompt, const std::string& chosen, const std::string& rejected);

// Two whole conversations: what they share is the prompt, the last message of each the answer.
void addConversationPair(Examples& examples, const std::vector<Message>& chosen, const std::vector<Message>& rejected);

// "\n\nHuman: …\n\nAssistant: …" (HH-RLHF).
bool isTranscript(const std::string& text);
std::vector<Message> transcriptMessages(const std::string& text, const std::string& where);

// {"prompt": {"text", "role", "replies": […]}} (OpenAssistant): siblings with ranks become rankings, every path to a
// last answer a demonstration.
void addMessageTree(Examples& examples, const JsonFields& root);

// {"instruction", "input", "output"} (Alpaca), also with "chosen" and "rejected", "system", "history", or with
// "instances" (Self-Instruct).
void addInstruction(Examples& examples, const JsonFields& record);

// One record of any shape.
void addRecord(Examples& examples, const Json& record, const std::string& where);

} // namespace attune::shapes
