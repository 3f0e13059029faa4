#include "cli/commands.h"
#include "cli/interrupt.h"
#include "cli/loading.h"
#include "cli/output.h"
#include "cli/sampling.h"
#include "train/compare.h"

#include <climits>
#include <nlohmann/json.hpp>

namespace attune::cli {
namespace {

std::string percent(double share) { return rounded(100 * share, 3) + " %"; }

Json matchJson(const Match& match, const std::vector<std::string>& models) {
  Json json{{"first", models[match.first]}, {"second", models[match.second]},
            {"wins", match.wins},           {"losses", match.losses},
            {"ties", match.ties},           {"win_rate", Json()}};
  if (match.wins + match.losses > 0)
    json["win_rate"] = {{"value", match.share.value}, {"low", match.share.low}, {"high", match.share.high}};
  return json;
}

Json rowJson(const ModelComparison::Row& row) {
  Json replies = Json::array();
  for (const auto& reply : row.replies)
    replies.push_back({{"text", reply.text}, {"score", reply.score}, {"ended", reply.ended}});
  return {{"prompt", toJson(row.prompt.messages)}, {"replies", replies}};
}

int compare(const Arguments& arguments) {
  const std::vector<std::string>& models = arguments.all("models");
  if (models.size() < 2) arguments.wrong("--models needs two models or more");
  CompareRequest request;
  request.models.assign(models.begin(), models.end());
  request.prompts = arguments.text("prompts");
  request.judge = arguments.text("judge");
  request.sampler = samplerOf(arguments);
  request.maxTokens = int(arguments.whole("max-tokens", request.maxTokens, 1, INT_MAX));
  request.most = int(arguments.whole("most", 0, 1, INT_MAX));
  request.seed = arguments.seed();
  Interrupt interrupt;
  const ModelComparison result = [&] {
    Progress progress;
    return compareModels(openDevice(arguments), request, [&](const std::string& doing, double share) {
      progress.show(share, doing);
      return !interrupt.raised();
    });
  }();
  if (arguments.json()) {
    Json json{{"prompts", result.rows.size()},
              {"models", Json::array()},
              {"matches", Json::array()},
              {"rows", Json::array()}};
    for (size_t m = 0; m < models.size(); ++m)
      json["models"].push_back({{"model", models[m]}, {"mean_score", result.meanScores[m]}});
    for (const Match& match : result.matches) json["matches"].push_back(matchJson(match, models));
    for (const auto& row : result.rows) json["rows"].push_back(rowJson(row));
    printJson(json);
    return 0;
  }
  print(grouped(int64_t(result.rows.size())) + " prompts\n");
  for (size_t m = 0; m < models.size(); ++m)
    print("  mean score " + rounded(result.meanScores[m], 4) + "  " + models[m] + "\n");
  for (const Match& match : result.matches) {
    const bool decided = match.wins + match.losses > 0;
    print(models[match.first] + " beside " + models[match.second] + ": " +
          (decided ? "preferred in " + percent(match.share.value) + " (" + percent(match.share.low) + " to " +
                         percent(match.share.high) + ")"
                   : "never better or worse") +
          "; " + grouped(match.wins) + " won, " + grouped(match.losses) + " lost, " + grouped(match.ties) + " tied\n");
  }
  return 0;
}

} // namespace

std::vector<Command> compareCommands() {
  std::vector<Option> options = {
      {"models", "DIR", "two or more models: folders, checkpoints or runs", "", true, true},
      {"prompts", "FILE", "what each of them answers, in any shape that Attune imports", "", false, true},
      {"judge", "DIR|RULE", "a reward model, or a rule's JSON file (see ppo --help)", "", false, true},
      {"most", "N", "only the first N prompts", "all"}};
  for (Option& option : samplingOptions(128)) options.push_back(std::move(option));
  return {
      {"compare",
       "Lets models answer the same prompts and a judge prefer: win rates with 95 % intervals, ties left out. --json "
       "gives every reply and its score.",
       "", 0, 0, std::move(options), compare}};
}

} // namespace attune::cli
