// What people make: demonstrations (an ideal answer), rankings (several answers in order) and prompts (to be answered).
//
// Whatever shape a file has, these three come out of it (and plain texts for pre-training). Written, they are JSON
// Lines in TRL's schemas.
#pragma once

#include "formats/json.h"
#include "text/message.h"

#include <filesystem>
#include <string>
#include <vector>

namespace attune {

// The last message is the assistant's.
struct DemonstrationExample {
  std::vector<Message> messages;
  // Came as two strings, `prompt` and `completion`: a text and how it goes on, not a conversation. `messages` are then
  // these two as user and assistant.
  bool plain = false;
  // How many of the messages came as the prompt of a prompt and completion: answers among these are history and are not
  // learnt (they may be the wrong ones that the completion corrects).
  size_t given = 0;
};

// The prompt ends with a user's message. Rank 1 is best, ties share a rank; completions.size() == ranks.size() ≥ 2.
struct RankingExample {
  std::vector<Message> prompt;
  std::vector<std::string> completions;
  std::vector<int> ranks;
  std::string useCase, labeler; // where the record says: "use_case", "labeler"
  bool scripted = false;        // "scripted": a rule ranked, no person
};

// Ends with a user's message. `followUps`: what the user says after each answer (MT-Bench's second turn).
struct PromptExample {
  std::vector<Message> messages;
  std::vector<std::string> followUps;
};

struct Examples {
  std::vector<DemonstrationExample> demonstrations;
  std::vector<RankingExample> rankings;
  std::vector<PromptExample> prompts;
  std::vector<std::string> texts;
  int skipped = 0; // records that are no example, such as pairs with equal sides or empty answers
  std::string sha256;

  // The prompts of everything: what can be answered anew. Each once, in order.
  std::vector<PromptExample> allPrompts() const;
};

// Reads any file that Attune knows (see README: TRL's schemas, transcripts of HH-RLHF, message trees of OpenAssistant,
// Alpaca, LLaMA-Factory's, Self-Instruct, MT-Bench, tab-separated dialogues, a prompt a line). Throws Error naming file
// and line.
Examples readExamples(const std::filesystem::path& file);

// One record a line in TRL's schemas.
Json toJson(const std::vector<Message>& messages);
Json toJson(const DemonstrationExample& demonstration); // {"messages"}, or {"prompt", "completion"} as it came
Json toJson(const RankingExample& ranking);             // {"prompt": […], "completions": […], "ranks": […]}
Json toJson(const PromptExample& prompt);               // {"prompt": […]}

// A ranking's pairs {"prompt", "chosen": [answer], "rejected": [answer]}: of every two answers that differ in rank.
std::vector<Json> pairsOf(const RankingExample& ranking);

} // namespace attune
