#include "data/examples.h"

#include <nlohmann/json.hpp>
#include <set>

namespace attune {

std::vector<PromptExample> Examples::allPrompts() const {
  std::vector<PromptExample> all;
  std::set<std::string> seen;
  const auto add = [&](PromptExample prompt) {
    if (seen.insert(jsonLine(toJson(prompt.messages))).second) all.push_back(std::move(prompt));
  };
  for (const PromptExample& prompt : prompts) add(prompt);
  for (const RankingExample& ranking : rankings) add({ranking.prompt, {}});
  for (const DemonstrationExample& demonstration : demonstrations)
    add({{demonstration.messages.begin(), demonstration.messages.end() - 1}, {}});
  return all;
}

Json toJson(const std::vector<Message>& messages) {
  Json list = Json::array();
  for (const Message& message : messages) list.push_back({{"role", message.role}, {"content", message.content}});
  return list;
}

Json toJson(const DemonstrationExample& demonstration) {
  if (demonstration.plain)
    return {{"prompt", demonstration.messages.at(0).content}, {"completion", demonstration.messages.at(1).content}};
  const auto begin = demonstration.messages.begin(), middle = begin + demonstration.given;
  if (demonstration.given > 0)
    return {{"prompt", toJson(std::vector(begin, middle))},
            {"completion", toJson(std::vector(middle, demonstration.messages.end()))}};
  return {{"messages", toJson(demonstration.messages)}};
}

Json toJson(const RankingExample& ranking) {
  return {{"prompt", toJson(ranking.prompt)}, {"completions", ranking.completions}, {"ranks", ranking.ranks}};
}

Json toJson(const PromptExample& prompt) {
  Json record = {{"prompt", toJson(prompt.messages)}};
  if (!prompt.followUps.empty()) record["follow_ups"] = prompt.followUps;
  return record;
}

std::vector<Json> pairsOf(const RankingExample& ranking) {
  std::vector<Json> pairs;
  const auto answer = [&](size_t i) { return toJson(std::vector<Message>{{"assistant", ranking.completions[i]}}); };
  for (size_t i = 0; i < ranking.ranks.size(); ++i)
    for (size_t j = 0; j < ranking.ranks.size(); ++j)
      if (ranking.ranks[i] < ranking.ranks[j])
        pairs.push_back({{"prompt", toJson(ranking.prompt)}, {"chosen", answer(i)}, {"rejected", answer(j)}});
  return pairs;
}

} // namespace attune
