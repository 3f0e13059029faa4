#include "data/data_file.h"
#include "data/shapes.h"
#include "error.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace attune {

namespace shapes {

namespace {

// A prompt is a string (said by the user) or a list of messages.
std::vector<Message> promptOf(const JsonFields& record) {
  const Json& prompt = record.at("prompt");
  if (prompt.is_string()) return {{"user", prompt.get<std::string>()}};
  return messagesOf(prompt, record.where() + ": \"prompt\"");
}

// An answer is a string, a message, or a list of messages that ends with the assistant's.
std::string answerOf(const Json& answer, const std::string& where) {
  if (answer.is_string()) return answer.get<std::string>();
  const std::vector<Message> messages = messagesOf(answer.is_object() ? Json::array({answer}) : answer, where);
  if (messages.back().role != "assistant") throw Error(where + " must end with a message of the assistant.");
  return messages.back().content;
}

void addConversation(Examples& examples, std::vector<Message> messages, const JsonFields& record) {
  if (messages.back().role != "assistant") {
    if (messages.back().role == "user")
      examples.prompts.push_back({std::move(messages), {}});
    else
      ++examples.skipped;
    return;
  }
  // A label says whether the answer was liked; a prompt whose answer was not waits for a better one.
  if (record.has("label") && !record.boolean("label")) {
    messages.pop_back();
    if (messages.empty() || messages.back().role != "user")
      ++examples.skipped;
    else
      examples.prompts.push_back({std::move(messages), {}});
    return;
  }
  examples.demonstrations.push_back({std::move(messages), false});
}

void addRanking(Examples& examples, const JsonFields& record) {
  RankingExample ranking{promptOf(record), {}, {}};
  for (const Json& one : record.array("completions"))
    ranking.completions.push_back(answerOf(one, record.where() + ": \"completions\""));
  for (const int64_t rank : record.integers("ranks")) {
    if (rank < 1 || rank > 1000) record.fail("ranks", "must be whole numbers from 1 (the best).");
    ranking.ranks.push_back(int(rank));
  }
  if (ranking.ranks.size() != ranking.completions.size())
    record.fail("ranks", "has " + std::to_string(ranking.ranks.size()) + " ranks for " +
                             std::to_string(ranking.completions.size()) + " completions.");
  if (ranking.ranks.size() < 2) record.fail("completions", "must hold at least two answers to rank.");
  examples.rankings.push_back(std::move(ranking));
}

void addCompletion(Examples& examples, const JsonFields& record) {
  const bool plain = record.at("prompt").is_string() && record.at("completion").is_string();
  std::vector<Message> messages = promptOf(record);
  const size_t given = messages.size();
  const Json& completion = record.at("completion");
  if (completion.is_string()) {
    messages.push_back({"assistant", completion.get<std::string>()});
  } else {
    for (Message& message : messagesOf(completion, record.where() + ": \"completion\""))
      messages.push_back(std::move(message));
    if (messages.back().role != "assistant") record.fail("completion", "must end with a message of the assistant.");
  }
  const size_t before = examples.demonstrations.size();
  addConversation(examples, std::move(messages), record);
  if (examples.demonstrations.size() > before) {
    examples.demonstrations.back().plain = plain;
    examples.demonstrations.back().given = plain ? 0 : given;
  }
}

void addChoice(Examples& examples, const JsonFields& record) {
  const Json &chosen = record.at("chosen"), &rejected = record.at("rejected");
  const std::string first = record.where() + ": \"chosen\"", second = record.where() + ": \"rejected\"";
  if (record.has("conversations")) {
    addPair(examples, messagesOf(record.at("conversations"), record.where() + ": \"conversations\""),
            answerOf(chosen, first), answerOf(rejected, second));
  } else if (chosen.is_string() && rejected.is_string() && !record.has("prompt")) {
    addConversationPair(examples, transcriptMessages(chosen.get<std::string>(), first),
                        transcriptMessages(rejected.get<std::string>(), second));
  } else if (!record.has("prompt")) {
    addConversationPair(examples, messagesOf(chosen, first), messagesOf(rejected, second));
  } else {
    addPair(examples, promptOf(record), answerOf(chosen, first), answerOf(rejected, second));
  }
}

} // namespace

namespace {

void addShape(Examples& examples, const Json& value, const JsonFields& record, const std::string& where) {
  const auto has = [&](const char* key) { return record.has(key); };
  if (has("instruction")) return addInstruction(examples, record);
  if (has("chosen") && has("rejected")) return addChoice(examples, record);
  if (has("completions") && has("ranks")) return addRanking(examples, record);
  if (has("messages"))
    return addConversation(examples, messagesOf(record.at("messages"), where + ": \"messages\""), record);
  if (has("conversations"))
    return addConversation(examples, messagesOf(record.at("conversations"), where + ": \"conversations\""), record);
  if (has("prompt") && record.at("prompt").is_object()) return addMessageTree(examples, record.object("prompt"));
  if (has("prompt") && has("completion")) return addCompletion(examples, record);
  if (has("turns")) {
    std::vector<std::string> turns = record.texts("turns");
    if (turns.empty()) record.fail("turns", "must hold at least one question.");
    examples.prompts.push_back({{{"user", turns[0]}}, {turns.begin() + 1, turns.end()}});
    return;
  }
  if (has("prompt")) {
    PromptExample prompt{promptOf(record), {}};
    if (has("follow_ups")) prompt.followUps = record.texts("follow_ups");
    if (prompt.messages.back().role != "user" || prompt.messages.back().content.empty())
      record.fail("prompt", "must end with what the user says.");
    examples.prompts.push_back(std::move(prompt));
    return;
  }
  if (has("text")) {
    examples.texts.push_back(record.text("text"));
    return;
  }
  std::string names;
  for (const auto& [key, ignored] : value.items()) names += (names.empty() ? "" : ", ") + key;
  throw Error(where + ": the fields (" + names +
              ") are none of the shapes that Attune knows: text; prompt and completion; messages; prompt, chosen "
              "and rejected; prompt, completions and ranks.");
}

} // namespace

void addRecord(Examples& examples, const Json& value, const std::string& where) {
  const JsonFields record(value, where);
  const size_t before = examples.rankings.size();
  addShape(examples, value, record, where);
  const auto text = [&](const char* key) {
    return record.has(key) && record.at(key).is_string() ? record.at(key).get<std::string>() : std::string();
  };
  for (size_t i = before; i < examples.rankings.size(); ++i) {
    RankingExample& ranking = examples.rankings[i];
    ranking.useCase = text("use_case");
    ranking.labeler = text("labeler");
    ranking.scripted = record.has("scripted") && record.at("scripted").is_boolean() && record.boolean("scripted");
  }
}

} // namespace shapes

namespace {

void forEachLine(const std::string& text, const std::function<void(std::string line, size_t number)>& action) {
  size_t number = 0;
  for (size_t start = 0; start < text.size();) {
    const size_t end = std::min(text.find('\n', start), text.size());
    std::string line = text.substr(start, end - start);
    start = end + 1;
    ++number;
    if (!line.empty() && line.back() == '\r') line.pop_back();
    if (line.find_first_not_of(" \t") != line.npos) action(std::move(line), number);
  }
}

} // namespace

Examples readExamples(const std::filesystem::path& path) {
  const DataFile file = readDataFile(path);
  Examples examples;
  examples.sha256 = file.sha256;
  if (file.layout == DataLayout::Text) {
    forEachLine(file.text, [&](std::string line, size_t) {
      examples.prompts.push_back({{{"user", std::move(line)}}, {}});
    });
  } else if (file.layout == DataLayout::TabSeparated) {
    // Turns of one dialogue with tabs between, the user's first.
    forEachLine(file.text, [&](const std::string& line, size_t number) {
      DemonstrationExample dialogue;
      for (size_t start = 0; start <= line.size();) {
        const size_t end = std::min(line.find('\t', start), line.size());
        dialogue.messages.push_back(
            {dialogue.messages.size() % 2 == 0 ? "user" : "assistant", line.substr(start, end - start)});
        start = end + 1;
      }
      if (dialogue.messages.size() < 2)
        throw Error(path.string() + ": line " + std::to_string(number) +
                    " has no tab; expected a question, a tab and its answer.");
      if (dialogue.messages.size() % 2 != 0) dialogue.messages.pop_back();
      examples.demonstrations.push_back(std::move(dialogue));
    });
  } else {
    forEachRecord(file,
                  [&](const Json& record, const std::string& where) { shapes::addRecord(examples, record, where); });
  }
  if (examples.demonstrations.empty() && examples.rankings.empty() && examples.prompts.empty() &&
      examples.texts.empty() && examples.skipped == 0)
    throw Error(path.string() + " holds no records.");
  return examples;
}

} // namespace attune
