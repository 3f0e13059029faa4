#include "cli/record_options.h"

#include "cli/output.h"
#include "cli/qt.h"
#include "store/import_examples.h"
#include "store/labels.h"
#include "store/store.h"

#include <climits>
#include <nlohmann/json.hpp>

namespace attune::cli {
namespace {

QString wide(const std::string& text) { return QString::fromStdString(text); }

void checkSplit(const Arguments& arguments) {
  if (!arguments.has("split")) return;
  std::string names;
  for (const char* split : labels::splits()) {
    if (arguments.text("split") == split) return;
    names += (names.empty() ? "" : ", ") + std::string(split);
  }
  arguments.refuse("split", "one of " + names);
}

} // namespace

std::vector<Option> filterOptions() {
  return {{"search", "WORDS", "only records that hold all of these words"},
          {"split", "NAME", "only those of this split"},
          {"use-case", "NAME", "only those of this use case"},
          {"source", "NAME", "only those from this source"},
          {"labeler", "NAME", "only those of this labeler"},
          {"limit", "N", "at most so many", "all"}};
}

RecordFilter filterOf(const Arguments& arguments) {
  checkSplit(arguments);
  RecordFilter filter;
  filter.search = wide(arguments.text("search"));
  filter.split = wide(arguments.text("split"));
  filter.useCase = wide(arguments.text("use-case"));
  filter.source = wide(arguments.text("source"));
  filter.labeler = wide(arguments.text("labeler"));
  filter.limit = int(arguments.whole("limit", -1, 1, INT_MAX));
  return filter;
}

std::vector<Option> importOptions() {
  return {{"split", "NAME", "of records that do not say theirs", "train"},
          {"use-case", "NAME", "of records that do not say theirs"},
          {"source", "NAME", "of records that do not say theirs", "the file's name"},
          {"labeler", "NAME", "of records that do not say theirs"},
          {"set", "NAME", "the prompt set that prompts go to", "the file's name without its end"},
          {"scripted", "", "no person made these"}};
}

ImportDefaults importDefaultsOf(const Arguments& arguments) {
  checkSplit(arguments);
  ImportDefaults defaults;
  defaults.split = wide(arguments.text("split", "train"));
  defaults.useCase = wide(arguments.text("use-case"));
  defaults.source = wide(arguments.text("source"));
  defaults.labeler = wide(arguments.text("labeler"));
  defaults.set = wide(arguments.text("set"));
  defaults.scripted = arguments.has("scripted");
  return defaults;
}

int importFiles(const Arguments& arguments) {
  const ImportDefaults defaults = importDefaultsOf(arguments);
  const auto store = openStore(arguments, true);
  ImportResult all;
  store->atomically([&] {
    for (const std::string& file : arguments.operands()) {
      const ImportResult one = importExamples(*store, file, defaults);
      all.counts.prompts += one.counts.prompts;
      all.counts.demonstrations += one.counts.demonstrations;
      all.counts.comparisons += one.counts.comparisons;
      all.skipped += one.skipped;
    }
  });
  if (arguments.json()) {
    printJson({{"prompts", all.counts.prompts},
               {"demonstrations", all.counts.demonstrations},
               {"rankings", all.counts.comparisons},
               {"skipped", all.skipped}});
    return 0;
  }
  print("Imported " + grouped(all.counts.prompts) + " prompts, " + grouped(all.counts.demonstrations) +
        " demonstrations, " + grouped(all.counts.comparisons) + " rankings.\n");
  if (all.skipped) tell(grouped(all.skipped) + " records were left out: equal sides or empty answers.");
  return 0;
}

std::string shortened(const QString& text, int most) {
  const QString line = text.simplified();
  return (line.size() <= most ? line : line.left(most - 1) + QChar(0x2026)).toStdString();
}

} // namespace attune::cli
