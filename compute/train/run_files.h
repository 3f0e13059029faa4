// What every kind of run does with the files of its folder.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace attune {

struct RunSettings;

std::filesystem::path wholePath(const std::filesystem::path& path); // absolute: a run is resumed from anywhere
RunSettings withWholePaths(RunSettings settings);                   // of everything that it reads
std::filesystem::path pauseFile(const std::filesystem::path& run);  // there: somebody asked the run to pause

// The folders above a run that are made for it; they go again when nothing came into them.
class MadeParents {
public:
  explicit MadeParents(const std::filesystem::path& run);
  ~MadeParents();
  MadeParents(const MadeParents&) = delete;
  MadeParents& operator=(const MadeParents&) = delete;

private:
  std::vector<std::filesystem::path> made_; // the innermost first
};

// Makes the run's folder with its run.json, or leaves nothing behind. Throws Error when something else lies there.
void createRunFolder(const std::filesystem::path& run, const nlohmann::json& description);

// Makes a run's folder ready to go on: clears away what killed writes left, and throws Error where a file that the run
// reads has changed since run.json, which is `description`, was written. `model`, with its hash: where the run goes on
// from its start; empty: from a checkpoint. Returns the model's hash as it was recorded.
std::string checkBeforeResuming(const std::filesystem::path& run, const nlohmann::json& description,
                                const std::filesystem::path& model, const std::string& modelHash,
                                const std::map<std::string, std::string>& hashes);

// Cuts a log back to its first `lines` lines: what a resumed run had written by its checkpoint. Throws Error when it
// has fewer.
void cutToLines(const std::filesystem::path& file, int64_t lines);

double wallClock(); // seconds since 1970
double secondsSince(std::chrono::steady_clock::time_point begin);

} // namespace attune
