#include "cli/reward_report_text.h"

#include "cli/output.h"

#include <nlohmann/json.hpp>

namespace attune::cli {
namespace {

std::string percent(const Json& share) { return rounded(100 * share.get<double>(), 3) + " %"; }

std::string withInterval(const Json& share) {
  return percent(share["value"]) + " (" + percent(share["low"]) + " to " + percent(share["high"]) + ")";
}

std::string pairs(const Json& count) { return grouped(count.get<int64_t>()) + (count == 1 ? " pair" : " pairs"); }

} // namespace

std::string rewardReportText(const Json& report) {
  std::string text = "The reward model is " + report["verdict"].get<std::string>() + ".\n";
  if (!report.contains("accuracy")) return text;
  const auto line = [&](const std::string& name, const std::string& value) {
    text += "  " + name + ": " + value + "\n";
  };
  line("right on " + pairs(report["pairs"]) + " held out", withInterval(report["accuracy"]));
  if (report["held_out_labelers"]["pairs"] > 0)
    line("on " + pairs(report["held_out_labelers"]["pairs"]) + " of held-out labelers",
         withInterval(report["held_out_labelers"]));
  line("the longer answer wins", withInterval(report["longer_wins"]));
  line("the shorter answer wins", withInterval(report["shorter_wins"]));
  const Json& between = report["agreement"]["between"];
  if (between["pairs"] > 0) line("labelers agree with each other on " + pairs(between["pairs"]), withInterval(between));
  const Json& within = report["agreement"]["within"];
  if (within["pairs"] > 0) line("and with themselves on " + pairs(within["pairs"]), withInterval(within));
  line("correlation of score and length", rounded(report["length_correlation"].get<double>(), 2));
  const auto table = [&](const char* title, const char* rows, const char* key) {
    if (report[rows].empty()) return;
    text += std::string("  ") + title + ":\n";
    for (const Json& row : report[rows])
      text += "    " + row[key].get<std::string>() + ": " + withInterval(row["accuracy"]) + ", " + pairs(row["pairs"]) +
              (row.contains("taught") && row["taught"] == false ? ", held out" : "") + "\n";
  };
  table("by use case", "by_use_case", "use_case");
  table("by labeler", "by_labeler", "labeler");
  for (const Json& note : report["notes"]) text += note.get<std::string>() + "\n";
  return text;
}

} // namespace attune::cli
