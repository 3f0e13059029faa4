#include "cli/commands.h"
#include "cli/loading.h"
#include "cli/output.h"
#include "cli/qt.h"
#include "cli/record_options.h"
#include "formats/json.h"
#include "store/store.h"

#include <climits>
#include <nlohmann/json.hpp>

namespace attune::cli {
namespace {

ExchangeKind kindOf(const Arguments& arguments) {
  const std::string kind = arguments.text("kind");
  if (kind == "prompts") return ExchangeKind::Prompts;
  if (kind == "demonstrations") return ExchangeKind::Demonstrations;
  if (kind == "rankings") return ExchangeKind::Rankings;
  if (kind == "pairs") return ExchangeKind::Pairs;
  arguments.refuse("kind", "prompts, demonstrations, rankings or pairs");
}

int exportData(const Arguments& arguments) {
  const ExchangeKind kind = kindOf(arguments);
  const RecordFilter filter = filterOf(arguments);
  const auto store = openStore(arguments, false);
  const int lines = exportJsonLines(*store, kind, outOf(arguments), filter);
  if (arguments.json())
    printJson({{"out", arguments.text("out")}, {"kind", arguments.text("kind")}, {"lines", lines}});
  else
    print("Wrote " + arguments.text("out") + ": " + grouped(lines) + " " + arguments.text("kind") + ".\n");
  return 0;
}

Json countsOf(Store& store, RecordKind kind, CountBy column) {
  Json counts = Json::object();
  for (const ValueCount& value : store.countBy(kind, column)) counts[value.value.toStdString()] = value.count;
  return counts;
}

Json summaryOf(Store& store, RecordKind kind) {
  return {{"count", store.count(kind)},
          {"splits", countsOf(store, kind, CountBy::Split)},
          {"sources", countsOf(store, kind, CountBy::Source)},
          {"use_cases", countsOf(store, kind, CountBy::UseCase)}};
}

void printSummary(const std::string& name, const Json& summary) {
  print(grouped(summary["count"].get<int64_t>()) + " " + name + "\n");
  for (const char* column : {"splits", "sources", "use_cases"})
    for (const auto& [value, count] : summary[column].items())
      print("  " + std::string(column) + ": " + (value.empty() ? "(none)" : value) + ", " +
            grouped(count.get<int64_t>()) + "\n");
}

// Records as they are exported, one a line.
std::vector<std::string> linesOf(Store& store, ExchangeKind kind, const RecordFilter& filter) {
  std::vector<std::string> lines;
  if (kind == ExchangeKind::Prompts)
    for (const Prompt& prompt : store.prompts(filter)) lines.push_back(promptLine(prompt));
  else if (kind == ExchangeKind::Demonstrations)
    for (const Demonstration& demonstration : store.demonstrations(filter))
      lines.push_back(demonstrationLine(demonstration));
  else
    for (const Comparison& comparison : store.comparisons(filter)) {
      if (kind == ExchangeKind::Rankings)
        lines.push_back(rankingLine(comparison));
      else
        for (std::string& line : pairLines(comparison)) lines.push_back(std::move(line));
    }
  return lines;
}

int listData(const Arguments& arguments) {
  const RecordFilter filter = filterOf(arguments);
  if (arguments.has("kind")) {
    const ExchangeKind kind = kindOf(arguments);
    const auto store = openStore(arguments, false);
    const std::vector<std::string> lines = linesOf(*store, kind, filter);
    if (arguments.json()) {
      Json records = Json::array();
      for (const std::string& line : lines) records.push_back(parseJson(line, "the store"));
      printJson({{"kind", arguments.text("kind")}, {"records", records}});
    } else
      for (const std::string& line : lines) print(line + "\n");
    return 0;
  }
  const auto store = openStore(arguments, false);
  const Json prompts = summaryOf(*store, RecordKind::Prompt),
             demonstrations = summaryOf(*store, RecordKind::Demonstration),
             rankings = summaryOf(*store, RecordKind::Comparison);
  Json sets = Json::array();
  for (const PromptSet& set : store->promptSets())
    sets.push_back({{"id", set.id}, {"name", set.name.toStdString()}, {"prompts", set.prompts}});
  if (arguments.json()) {
    printJson({{"store", store->file().toStdString()},
               {"prompts", prompts},
               {"demonstrations", demonstrations},
               {"rankings", rankings},
               {"prompt_sets", sets}});
    return 0;
  }
  print(store->file().toStdString() + "\n");
  printSummary("prompts", prompts);
  for (const Json& set : sets)
    print("  set: " + set["name"].get<std::string>() + ", " + grouped(set["prompts"].get<int64_t>()) + "\n");
  printSummary("demonstrations", demonstrations);
  printSummary("rankings", rankings);
  return 0;
}

} // namespace

std::vector<Command> dataCommands() {
  std::vector<Option> exporting = {{"kind", "KIND", "prompts, demonstrations, rankings or pairs", "", false, true},
                                   {"out", "FILE", "the JSON Lines file to write", "", false, true}};
  std::vector<Option> listing = {{"kind", "KIND",
                                  "the records of one kind, a line each: prompts, demonstrations, rankings or pairs",
                                  "counts of all kinds"}};
  for (const Option& option : filterOptions()) exporting.push_back(option), listing.push_back(option);
  return {
      {"data import", "Adds prompts, demonstrations and rankings of files to the store, all or nothing.", "FILE...", 1,
       INT_MAX, importOptions(), importFiles,
       "Read are TRL's schemas (prompt; messages; prompt and completion; prompt, chosen and rejected; prompt,\n"
       "completions and ranks), HH-RLHF's transcripts, OpenAssistant's trees, Alpaca's and LLaMA-Factory's records,\n"
       "MT-Bench's and Self-Instruct's questions, tab-separated dialogues, and .txt files with a prompt a line."},
      {"data export", "Writes records of the store as JSON Lines in TRL's schemas.", "", 0, 0, exporting, exportData},
      {"data list", "Tells what the store holds.", "", 0, 0, listing, listData},
  };
}

} // namespace attune::cli
