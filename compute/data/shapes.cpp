#include "data/shapes.h"
#include "error.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace attune::shapes {

namespace {

std::string roleOf(const std::string& name, const std::string& where) {
  if (name == "user" || name == "human" || name == "prompter") return "user";
  if (name == "assistant" || name == "gpt" || name == "model") return "assistant";
  if (name == "system") return "system";
  throw Error(where + ": the role \"" + name + "\" is not known; it must be system, user or assistant.");
}

bool isBlank(const std::string& text) { return text.find_first_not_of(" \t\r\n") == std::string::npos; }

bool asksSomething(const std::vector<Message>& prompt) {
  return !prompt.empty() && prompt.back().role == "user" && !isBlank(prompt.back().content);
}

Message messageOf(const Json& one, const std::string& where) {
  const JsonFields fields(one, where);
  if (fields.has("from")) return {roleOf(fields.text("from"), where), fields.text("value")};
  return {roleOf(fields.text("role"), where), fields.text("content")};
}

} // namespace

std::vector<Message> messagesOf(const Json& list, const std::string& where) {
  if (!list.is_array() || list.empty())
    throw Error(where + " must be a list of messages, found " + jsonKind(list) + ".");
  std::vector<Message> messages;
  for (const Json& one : list) messages.push_back(messageOf(one, where));
  return messages;
}

void addPair(Examples& examples, std::vector<Message> prompt, const std::string& chosen, const std::string& rejected) {
  if (!asksSomething(prompt) || chosen == rejected || isBlank(chosen) || isBlank(rejected))
    ++examples.skipped;
  else
    examples.rankings.push_back({std::move(prompt), {chosen, rejected}, {1, 2}});
}

void addConversationPair(Examples& examples, const std::vector<Message>& chosen, const std::vector<Message>& rejected) {
  const size_t shared =
      std::mismatch(chosen.begin(), chosen.end(), rejected.begin(), rejected.end()).first - chosen.begin();
  const bool answers = shared + 1 == chosen.size() && shared + 1 == rejected.size() &&
                       chosen.back().role == "assistant" && rejected.back().role == "assistant";
  if (!answers)
    ++examples.skipped;
  else
    addPair(examples, {chosen.begin(), chosen.end() - 1}, chosen.back().content, rejected.back().content);
}

bool isTranscript(const std::string& text) {
  return text.rfind("\n\nHuman:", 0) == 0 || text.rfind("\n\nAssistant:", 0) == 0;
}

std::vector<Message> transcriptMessages(const std::string& text, const std::string& where) {
  if (!isTranscript(text)) throw Error(where + " must begin with \"\\n\\nHuman:\".");
  std::vector<Message> messages;
  const std::string user = "\n\nHuman:", assistant = "\n\nAssistant:";
  for (size_t at = 0; at < text.size();) {
    const bool isUser = text.compare(at, user.size(), user) == 0;
    const size_t begin = at + (isUser ? user : assistant).size();
    const size_t end = std::min({text.find(user, begin), text.find(assistant, begin), text.size()});
    std::string content = text.substr(begin, end - begin);
    if (!content.empty() && content[0] == ' ') content.erase(0, 1);
    messages.push_back({isUser ? "user" : "assistant", std::move(content)});
    at = end;
  }
  return messages;
}

namespace {

void addTreeNode(Examples& examples, const JsonFields& node, std::vector<Message>& path, const std::string& where) {
  path.push_back({roleOf(node.text("role"), where), node.text("text")});
  if (node.has("replies") && !node.array("replies").empty()) {
    std::vector<std::pair<int64_t, std::string>> ranked;
    for (const Json& one : node.array("replies")) {
      const JsonFields reply(one, where + ": replies");
      if (path.back().role == "user" && reply.has("rank"))
        ranked.emplace_back(reply.integer("rank"), reply.text("text"));
    }
    std::sort(ranked.begin(), ranked.end());
    if (ranked.size() > 1 && asksSomething(path)) {
      RankingExample ranking{path, {}, {}};
      for (const auto& [rank, text] : ranked) {
        ranking.completions.push_back(text);
        ranking.ranks.push_back(int(rank - ranked[0].first) + 1);
      }
      examples.rankings.push_back(std::move(ranking));
    }
    for (const Json& one : node.array("replies"))
      addTreeNode(examples, JsonFields(one, where + ": replies"), path, where);
  }
  // An answer is a demonstration when no later answer holds it as history.
  const bool isAnswer = path.back().role == "assistant";
  bool continued = false;
  if (isAnswer && node.has("replies"))
    for (const Json& reply : node.array("replies"))
      continued = continued || (reply.contains("replies") && !reply["replies"].empty());
  if (isAnswer && !continued && !isBlank(path.back().content)) examples.demonstrations.push_back({path, false});
  if (path.size() == 1 && path[0].role == "user" && (!node.has("replies") || node.array("replies").empty()))
    examples.prompts.push_back({path, {}});
  path.pop_back();
}

std::string question(const std::string& instruction, const std::string& input) {
  return isBlank(input) ? instruction : instruction + "\n\n" + input;
}

} // namespace

void addMessageTree(Examples& examples, const JsonFields& root) {
  std::vector<Message> path;
  addTreeNode(examples, root, path, root.where());
}

void addInstruction(Examples& examples, const JsonFields& record) {
  std::vector<Message> before;
  if (!isBlank(record.text("system", ""))) before.push_back({"system", record.text("system")});
  if (record.has("history"))
    for (const Json& turn : record.array("history")) {
      if (!turn.is_array() || turn.size() != 2 || !turn[0].is_string() || !turn[1].is_string())
        record.fail("history", "must be a list of [question, answer].");
      before.push_back({"user", turn[0].get<std::string>()});
      before.push_back({"assistant", turn[1].get<std::string>()});
    }
  const auto asked = [&](const std::string& input) {
    std::vector<Message> messages = before;
    messages.push_back({"user", question(record.text("instruction"), input)});
    return messages;
  };
  const auto answered = [&](const std::string& input, const std::string& output) {
    std::vector<Message> messages = asked(input);
    if (!asksSomething(messages)) {
      ++examples.skipped;
    } else if (isBlank(output)) {
      examples.prompts.push_back({std::move(messages), {}});
    } else {
      messages.push_back({"assistant", output});
      examples.demonstrations.push_back({std::move(messages), false});
    }
  };
  if (record.has("instances")) {
    for (const Json& one : record.array("instances")) {
      const JsonFields instance(one, record.where() + ": instances");
      answered(instance.text("input", ""), instance.text("output", ""));
    }
  } else if (record.has("chosen") && record.has("rejected")) {
    addPair(examples, asked(record.text("input", "")), record.text("chosen"), record.text("rejected"));
  } else {
    answered(record.text("input", ""), record.text("output", ""));
  }
}

} // namespace attune::shapes
