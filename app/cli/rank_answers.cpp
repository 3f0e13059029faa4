#include "cli/interrupt.h"
#include "cli/labeling.h"
#include "cli/output.h"
#include "cli/qt.h"
#include "cli/terminal_line.h"
#include "data/data_file.h"
#include "error.h"
#include "formats/json.h"
#include "store/store.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace attune::cli {
namespace {

std::string labelerOf(const Arguments& arguments) {
  if (arguments.has("labeler")) return arguments.text("labeler");
  return qEnvironmentVariable("USER", QStringLiteral("me")).toStdString();
}

Comparison comparisonOf(Store& store, int64_t id) {
  if (const auto found = store.comparison(id)) return *found;
  throw Error("There is no comparison " + std::to_string(id) + " in the store; attune-cli labels list names them.");
}

// `where` names the option or line in errors.
void setRanks(Comparison& comparison, const std::vector<int64_t>& ranks, const std::string& where) {
  const int64_t count = comparison.answers.size();
  if (int64_t(ranks.size()) != count)
    throw Error(where + " holds " + std::to_string(ranks.size()) + " ranks, but comparison " +
                std::to_string(comparison.id) + " has " + std::to_string(count) + " answers; give one for each.");
  for (size_t i = 0; i < ranks.size(); ++i) {
    if (ranks[i] < 1 || ranks[i] > count)
      throw Error(where + " holds the rank " + std::to_string(ranks[i]) + "; 1 (best) to " + std::to_string(count) +
                  " was expected.");
    comparison.answers[qsizetype(i)].rank = int(ranks[i]);
  }
}

void setRatings(Comparison& comparison, const std::vector<int64_t>& ratings, const std::string& where) {
  if (int64_t(ratings.size()) != comparison.answers.size())
    throw Error(where + " holds " + std::to_string(ratings.size()) + " ratings, but comparison " +
                std::to_string(comparison.id) + " has " + std::to_string(comparison.answers.size()) +
                " answers; give one for each.");
  for (size_t i = 0; i < ratings.size(); ++i) {
    if (ratings[i] < 0 || ratings[i] > 7)
      throw Error(where + " holds the rating " + std::to_string(ratings[i]) + "; 1 to 7, or 0 for none, was expected.");
    comparison.answers[qsizetype(i)].rating = int(ratings[i]);
  }
}

std::vector<int64_t> numbersOf(const Arguments& arguments, const std::string& name) {
  const std::vector<int32_t> numbers = parseIds(arguments, {arguments.text(name)}, "--" + name);
  return {numbers.begin(), numbers.end()};
}

// All lines, or none.
int rankFromFile(const Arguments& arguments, Store& store) {
  const DataFile file = readDataFile(arguments.text("file"));
  int count = 0;
  store.atomically([&] {
    forEachRecord(file, [&](const Json& record, const std::string& where) {
      const JsonFields fields(record, where);
      const int64_t id = fields.integer(fields.has("comparison") ? "comparison" : "id");
      const auto known = store.comparison(id);
      if (!known)
        throw Error(where + ": there is no comparison " + std::to_string(id) +
                    " in the store; attune-cli labels list names them.");
      Comparison comparison = *known;
      setRanks(comparison, fields.integers("ranks"), where);
      if (fields.has("ratings")) setRatings(comparison, fields.integers("ratings"), where);
      comparison.note = QString::fromStdString(fields.text("note", comparison.note.toStdString()));
      comparison.labeler = QString::fromStdString(fields.text("labeler", labelerOf(arguments)));
      comparison.scripted = fields.boolean("scripted", arguments.has("scripted"));
      store.updateComparison(comparison);
      ++count;
    });
  });
  return count;
}

// "B > A = C" over the letters of the places shown; empty when it is none.
std::vector<int64_t> ranksOfOrder(const std::string& order, size_t count) {
  std::vector<int64_t> ranks(count, 0);
  int64_t rank = 1, seen = 0;
  bool expectLetter = true;
  for (const char c : order) {
    if (c == ' ') continue;
    if (!expectLetter && (c == '>' || c == '=')) {
      if (c == '>') rank = seen + 1;
      expectLetter = true;
      continue;
    }
    const size_t place = c >= 'a' && c <= 'z' ? size_t(c - 'a') : size_t(c - 'A');
    if (place >= count || ranks[place]) return {};
    if (!expectLetter) rank = seen + 1; // letters alone: best first
    ranks[place] = rank;
    ++seen;
    expectLetter = false;
  }
  return size_t(seen) == count && !expectLetter ? ranks : std::vector<int64_t>{};
}

void showComparison(const Comparison& comparison) {
  for (const StoredMessage& message : comparison.history)
    tell(message.role.toStdString() + ": " + message.content.toStdString());
  tell("\nPrompt: " + comparison.prompt.toStdString() + "\n");
  for (qsizetype i = 0; i < comparison.answers.size(); ++i)
    tell(std::string(1, char('A' + i)) + ": " + comparison.answers[i].text.trimmed().toStdString() + "\n");
}

// Asks the person at the terminal; what they rank is never marked as scripted.
int rankByAsking(const Arguments& arguments, Store& store) {
  std::vector<Comparison> waiting;
  if (arguments.has("comparison"))
    waiting = {comparisonOf(store, arguments.whole("comparison", 0, 1))};
  else
    for (const Comparison& comparison : store.comparisons())
      if (orderText(comparison).isEmpty()) waiting.push_back(comparison);
  if (waiting.empty()) throw Error("No comparison waits for a ranking; attune-cli labels sample makes some.");
  int count = 0;
  for (Comparison& comparison : waiting) {
    showComparison(comparison);
    std::vector<int64_t> ranks;
    bool skipped = false;
    while (ranks.empty() && !skipped) {
      const auto line = askLine("Order, best first, such as B > A = C (s skips, q ends): ");
      if (!line || *line == "q") return count;
      skipped = *line == "s";
      if (!skipped) ranks = ranksOfOrder(*line, size_t(comparison.answers.size()));
      if (ranks.empty() && !skipped)
        tell("Each letter from A to " + std::string(1, char('A' + comparison.answers.size() - 1)) +
             " once was expected, with > or = between.");
    }
    if (skipped) continue;
    setRanks(comparison, ranks, "The order");
    comparison.labeler = QString::fromStdString(labelerOf(arguments));
    comparison.scripted = false;
    store.updateComparison(comparison);
    ++count;
  }
  return count;
}

} // namespace

int rankAnswers(const Arguments& arguments) {
  const bool byOptions = arguments.has("ranks"), byFile = arguments.has("file");
  if (byOptions && byFile) arguments.wrong("--ranks and --file exclude each other");
  if (byOptions && !arguments.has("comparison")) arguments.wrong("The option --comparison ID is missing");
  const bool asking = !byOptions && !byFile;
  if (asking && !inputIsTerminal())
    arguments.wrong("--comparison ID with --ranks R,R,... or --file FILE was expected where no terminal is");
  if (asking && arguments.has("scripted"))
    arguments.wrong("--scripted belongs to --ranks or --file: a person is asked here");
  const int64_t id = arguments.whole("comparison", 0, 1);
  const std::vector<int64_t> ranks = byOptions ? numbersOf(arguments, "ranks") : std::vector<int64_t>{};
  const auto store = openStore(arguments, true);
  int count = 1;
  if (byFile)
    count = rankFromFile(arguments, *store);
  else if (asking)
    count = rankByAsking(arguments, *store);
  else {
    Comparison comparison = comparisonOf(*store, id);
    setRanks(comparison, ranks, "--ranks");
    if (arguments.has("ratings")) setRatings(comparison, numbersOf(arguments, "ratings"), "--ratings");
    if (arguments.has("note")) comparison.note = QString::fromStdString(arguments.text("note"));
    comparison.labeler = QString::fromStdString(labelerOf(arguments));
    comparison.scripted = arguments.has("scripted");
    store->updateComparison(comparison);
  }
  if (arguments.json())
    printJson({{"ranked", count}});
  else
    print("Ranked " + grouped(count) + (count == 1 ? " comparison.\n" : " comparisons.\n"));
  return 0;
}

} // namespace attune::cli
