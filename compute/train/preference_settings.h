// What the runs of preference training have beside what every run has. Part of a run's description.
#pragma once

#include "formats/json.h"
#include "ops/ranking_loss.h"

#include <filesystem>
#include <string>
#include <vector>

namespace attune {

struct RewardSettings {
  RankingTerm loss = RankingTerm::Sigmoid;
  bool freezeBody = false; // the head and added layers alone learn
  int addLayers = 0;       // on top of the model's, where what it would have said can be compared with what was said
  std::filesystem::path demonstrations; // whose mean score becomes zero; empty: the mean of all training answers does
  std::vector<std::string> heldOutLabelers; // whose rankings are kept from training and reported on
};

struct DpoSettings {
  double beta = 0.1;
};

struct PpoSettings {
  std::filesystem::path reward; // a reward model, or a rule (a JSON file)
  std::filesystem::path gold;   // another one, asked at evaluations only: it trains nothing; empty: none
  std::vector<std::filesystem::path> pretrainData;
  double klCoef = 0.05;
  double klTarget = 0; // above 0: the coefficient adapts so that the KL of a reply comes near it
  double pretrainCoef = 0;
  double discount = 1, lambda = 0.95;
  double clipRange = 0.2, valueClip = 0.2, valueCoef = 0.1;
  double valueRate = 0; // the value model's learning rate, always the same; 0: it follows the policy's
  int valueWarmup = 0;  // iterations at the beginning in which the value model alone learns
  int epochs = 4, minibatches = 1;
  int replies = 1; // to each prompt of an iteration; from 2 on each is scored against the others
  double temperature = 1;
  int maxTokens = 64;           // of a reply
  double endPenalty = 0;        // taken from the score of a reply that does not end
  bool whitenRewards = false;   // before advantages
  bool normalizeScores = false; // scores divided by their running deviation
};

// Throw Error naming the setting that is out of range and what is expected.
void check(const RewardSettings& settings);
void check(const DpoSettings& settings);
void check(const PpoSettings& settings);

Json toJson(const RewardSettings& settings);
Json toJson(const DpoSettings& settings);
Json toJson(const PpoSettings& settings);
// Throw nlohmann's exceptions for what is missing or of the wrong kind.
RewardSettings parseRewardSettings(const Json& json);
DpoSettings parseDpoSettings(const Json& json);
PpoSettings parsePpoSettings(const Json& json);

} // namespace attune
