// The whole description of a training run: what run.json holds, the same from the window and from the command line.
#pragma once

#include "formats/json.h"
#include "train/optimizer.h"
#include "train/preference_settings.h"
#include "train/schedule.h"

#include <filesystem>
#include <string>
#include <vector>

namespace attune {

enum class RunKind { Pretrain, Sft, Reward, Dpo, Ppo };
const char* runKindName(RunKind kind); // "pretrain", "sft", "reward", "dpo", "ppo"

struct RunSettings {
  RunKind kind = RunKind::Pretrain;
  std::filesystem::path model;             // to start from; read once, at the start
  std::vector<std::filesystem::path> data; // text or JSON Lines
  std::string heldOut;                     // --held-out: a file, a share, or empty
  int64_t steps = 1000; // 0, of rankings: one epoch
  int batch = 8;
  int context = 0; // 0: the model's
  double rate = 3e-4, leastRate = 3e-5;
  int64_t warmup = 100; // below 0, of rankings: a tenth of the steps
  OptimizerSettings optimizer;
  int accumulate = 1;
  double dropout = 0;
  int64_t checkpointEvery = 500; // 0: at the end only; there is always one at the end
  int64_t evaluateEvery = 250;   // 0: at the end only
  uint64_t seed = 0;
  std::string device; // --device
  RewardSettings reward; // of its kind of run only, as the next two
  DpoSettings dpo;
  PpoSettings ppo;

  Schedule schedule() const { return {rate, leastRate, warmup, steps}; }
};

// Throws Error naming the setting that is out of range and what is expected.
void check(const RunSettings& settings);

Json toJson(const RunSettings& settings);
RunSettings parseRunSettings(const Json& json, const std::string& where);

} // namespace attune
