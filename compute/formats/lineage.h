// `attune.json` beside a model: where it comes from. Parents by path and hash, the run that trained it, its data's
// hashes, seed, device and step; no wall-clock time, so that a run done again gives the same bytes.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace attune {

struct Lineage {
  struct Parent {
    std::string path;
    std::string sha256; // of its weights
    std::string role;   // "model", "policy", "reward", ...
    bool operator==(const Parent&) const = default;
  };
  std::string createdBy;                   // "attune 0.1.0"
  std::string job;                         // "init", "pretrain", "sft", "reward", "ppo", "import", ...
  std::vector<Parent> parents;             // none of a fresh model
  std::string run;                         // the run folder
  std::map<std::string, std::string> data; // file → SHA-256
  std::optional<uint64_t> seed;
  std::string device;
  std::optional<int64_t> step;
  std::optional<double> rewardShift; // a reward model's: added to scores so that demonstrations average zero
  bool operator==(const Lineage&) const = default;
};

// Of the model in `folder`; empty fields where attune.json is absent or lacks them, unknown ones are passed over. A
// field of the wrong kind throws Error.
Lineage readLineage(const std::filesystem::path& folder);

// Writes `folder`/attune.json, whole or not at all.
void writeLineage(const std::filesystem::path& folder, const Lineage& lineage);

} // namespace attune
