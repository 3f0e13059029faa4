#include "cli/commands.h"
#include "cli/labeling.h"
#include "cli/loading.h"
#include "cli/output.h"
#include "cli/qt.h"
#include "cli/record_options.h"
#include "cli/sampling.h"
#include "store/store.h"

#include <algorithm>
#include <climits>
#include <nlohmann/json.hpp>

namespace attune::cli {
namespace {

bool ranked(const Comparison& comparison) {
  return std::all_of(comparison.answers.begin(), comparison.answers.end(),
                     [](const Answer& answer) { return answer.rank > 0; });
}

int exportLabels(const Arguments& arguments) {
  const RecordFilter filter = filterOf(arguments);
  const auto store = openStore(arguments, false);
  const int lines = exportJsonLines(*store, arguments.has("pairs") ? ExchangeKind::Pairs : ExchangeKind::Rankings,
                                    outOf(arguments), filter);
  const std::string what = arguments.has("pairs") ? "pairs" : "rankings";
  if (arguments.json())
    printJson({{"out", arguments.text("out")}, {"kind", what}, {"lines", lines}});
  else
    print("Wrote " + arguments.text("out") + ": " + grouped(lines) + " " + what + ".\n");
  return 0;
}

Json comparisonJson(const Comparison& c) {
  Json answers = Json::array(), ranks = Json::array();
  for (const Answer& answer : c.answers) {
    answers.push_back(answer.text.toStdString());
    ranks.push_back(answer.rank);
  }
  Json messages = Json::array();
  for (const StoredMessage& m : c.history)
    messages.push_back({{"role", m.role.toStdString()}, {"content", m.content.toStdString()}});
  messages.push_back({{"role", "user"}, {"content", c.prompt.toStdString()}});
  return {{"id", c.id},
          {"prompt", c.prompt.toStdString()},
          {"messages", messages},
          {"answers", answers},
          {"ranks", ranks},
          {"ranked", ranked(c)},
          {"order", orderText(c).toStdString()},
          {"pairs", pairCount(c)},
          {"labeler", c.labeler.toStdString()},
          {"scripted", c.scripted},
          {"split", c.split.toStdString()},
          {"source", c.source.toStdString()},
          {"use_case", c.useCase.toStdString()},
          {"note", c.note.toStdString()}};
}

int listLabels(const Arguments& arguments) {
  const RecordFilter filter = filterOf(arguments);
  const auto store = openStore(arguments, false);
  Json list = Json::array();
  for (const Comparison& comparison : store->comparisons(filter)) {
    if (arguments.has("unranked") && ranked(comparison)) continue;
    if (arguments.json()) {
      list.push_back(comparisonJson(comparison));
      continue;
    }
    std::string order = ranked(comparison) ? orderText(comparison).toStdString() : "not ranked";
    if (comparison.scripted) order += " (scripted)";
    print(std::to_string(comparison.id) + "\t" + std::to_string(comparison.answers.size()) + " answers\t" + order +
          "\t" + shortened(comparison.prompt) + "\n");
  }
  if (arguments.json()) printJson({{"comparisons", list}});
  return 0;
}

} // namespace

std::vector<Command> labelsCommands() {
  std::vector<Option> sampling = {
      modelOption(),
      {"prompt", "TEXT", "the prompt to answer"},
      {"prompts", "FILE", "prompts to answer: a prompt a line, JSON Lines, or any file that data import reads"},
      {"set", "NAME", "a prompt set of the store; those that nobody ranked yet"},
      {"limit", "N", "at most so many prompts", "all"},
      {"answers", "K", "answers a prompt, 4 to 9", "4"}};
  for (Option& option : samplingOptions(256)) sampling.push_back(std::move(option));
  std::vector<Option> exporting = {
      {"out", "FILE", "the JSON Lines file to write", "", false, true},
      {"pairs", "", "prompt, chosen and rejected, a line for every two answers that differ"}};
  std::vector<Option> listing = {{"unranked", "", "only those that wait for a ranking"}};
  for (const Option& option : filterOptions()) exporting.push_back(option), listing.push_back(option);
  return {
      {"labels sample",
       "Samples several answers to prompts, shuffled, and stores them to be ranked. Answers that come out equal are "
       "drawn again, up to 8 times, each time a step hotter, to temperature 1.3 at last; each answer keeps the "
       "settings "
       "it was drawn with.",
       "", 0, 0, sampling, sampleAnswers},
      {"labels rank",
       "Ranks the answers of comparisons: by options, from a file, or on a terminal by asking.",
       "",
       0,
       0,
       {{"comparison", "ID", "which one (see labels list)"},
        {"ranks", "R,R,...", "a rank for each answer in the order listed: 1 is best, ties share a rank"},
        {"ratings", "N,N,...", "1 to 7 for each answer; 0: none"},
        {"note", "TEXT", "a note of the labeler's"},
        {"file", "FILE",
         "JSON Lines of comparison and ranks (and ratings, note), in place of --comparison and --ranks"},
        {"labeler", "NAME", "who ranks", "the user's name"},
        {"scripted", "", "a script made these rankings, no person"}},
       rankAnswers},
      {"labels import", "Adds rankings (and whatever else the files hold) to the store, all or nothing.", "FILE...", 1,
       INT_MAX, importOptions(), importFiles},
      {"labels export", "Writes rankings, or pairs, as JSON Lines in TRL's schemas.", "", 0, 0, exporting,
       exportLabels},
      {"labels list", "Lists comparisons with their order.", "", 0, 0, listing, listLabels},
  };
}

} // namespace attune::cli
