// What two runs must have in common to be the same.
#pragma once

#include "catch.h"
#include "formats/file.h"
#include "formats/json.h"

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

namespace attune::test {

// What must be the same: of every checkpoint everything (of its lineage all but the run's folder), the samples, and the
// metrics but for their times.
inline std::map<std::string, std::string> outcome(const std::filesystem::path& run, const std::vector<int>& steps) {
  std::map<std::string, std::string> all;
  for (int step : steps) {
    const std::string name = "step-" + std::to_string(step);
    for (const auto& entry : std::filesystem::directory_iterator(run / "checkpoints" / name))
      all[name + "/" + entry.path().filename().string()] = readFile(entry.path());
    Json lineage = Json::parse(all[name + "/attune.json"]);
    lineage.erase("run");
    all[name + "/attune.json"] = lineage.dump();
  }
  all["samples.jsonl"] = readFile(run / "samples.jsonl");
  std::istringstream metrics(readFile(run / "metrics.jsonl"));
  for (std::string line; std::getline(metrics, line);) {
    Json row = Json::parse(line), kept = Json::object();
    for (const auto& [key, value] : row.items())
      if (!key.starts_with("time_")) kept[key] = value;
    all["metrics"] += kept.dump() + "\n";
  }
  return all;
}

inline void checkSame(const std::map<std::string, std::string>& got, const std::map<std::string, std::string>& wanted) {
  REQUIRE(got.size() == wanted.size());
  for (const auto& [name, bytes] : wanted) {
    INFO(name);
    REQUIRE(got.count(name));
    CHECK(got.at(name) == bytes);
  }
}

} // namespace attune::test
