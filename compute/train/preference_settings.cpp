#include "train/preference_settings.h"

#include "error.h"

#include <cmath>
#include <nlohmann/json.hpp>

namespace attune {
namespace {

void require(bool holds, const std::string& option, double value, const std::string& expected) {
  if (holds) return;
  Json number = value;
  throw Error(option + " is " + number.dump() + "; it must be " + expected);
}

Json names(const std::vector<std::filesystem::path>& files) {
  Json list = Json::array();
  for (const auto& file : files) list.push_back(file.string());
  return list;
}

} // namespace

void check(const RewardSettings& s) {
  require(s.addLayers >= 0, "--add-layers", s.addLayers, "0 or more");
}

void check(const DpoSettings& s) { require(std::isfinite(s.beta) && s.beta > 0, "--beta", s.beta, "above 0"); }

void check(const PpoSettings& s) {
  if (s.reward.empty()) throw Error("there is nothing to be rewarded by; name a reward model or a rule with --reward");
  const auto share = [](double x) { return x >= 0 && x <= 1; };
  const auto atLeastZero = [](double x) { return std::isfinite(x) && x >= 0; };
  const auto above = [](double x) { return std::isfinite(x) && x > 0; };
  require(atLeastZero(s.klCoef), "--kl-coef", s.klCoef, "0 or more");
  require(atLeastZero(s.klTarget), "--kl-target", s.klTarget, "above 0 (or left out: the coefficient is fixed)");
  require(atLeastZero(s.pretrainCoef), "--pretrain-coef", s.pretrainCoef, "0 or more");
  if (s.pretrainCoef > 0 && s.pretrainData.empty())
    throw Error("--pretrain-coef needs text to predict; name it with --pretrain-data");
  require(share(s.discount), "--discount", s.discount, "between 0 and 1");
  require(share(s.lambda), "--lambda", s.lambda, "between 0 and 1");
  require(above(s.clipRange), "--clip-range", s.clipRange, "above 0");
  require(above(s.valueClip), "--value-clip", s.valueClip, "above 0");
  require(above(s.valueCoef), "--value-coef", s.valueCoef, "above 0");
  require(atLeastZero(s.valueRate), "--value-lr", s.valueRate, "above 0 (or left out: as the policy's)");
  require(s.valueWarmup >= 0, "--value-warmup", s.valueWarmup, "0 or more");
  require(s.epochs > 0, "--epochs", s.epochs, "at least 1");
  require(s.minibatches > 0, "--minibatches", s.minibatches, "at least 1");
  require(s.replies > 0, "--replies", s.replies, "at least 1");
  require(above(s.temperature), "--temperature", s.temperature, "above 0");
  require(s.maxTokens > 0, "--max-tokens", s.maxTokens, "at least 1");
  require(atLeastZero(s.endPenalty), "--end-penalty", s.endPenalty, "0 or more");
}

Json toJson(const RewardSettings& s) {
  return {{"loss", s.loss == RankingTerm::Hinge ? "hinge" : "sigmoid"},
          {"freeze_body", s.freezeBody},
          {"add_layers", s.addLayers},
          {"demonstrations", s.demonstrations.string()},
          {"held_out_labelers", s.heldOutLabelers}};
}

Json toJson(const DpoSettings& s) { return {{"beta", s.beta}}; }

Json toJson(const PpoSettings& s) {
  return {{"reward", s.reward.string()},
          {"gold", s.gold.string()},
          {"pretrain_data", names(s.pretrainData)},
          {"kl_coef", s.klCoef},
          {"kl_target", s.klTarget},
          {"pretrain_coef", s.pretrainCoef},
          {"discount", s.discount},
          {"lambda", s.lambda},
          {"clip_range", s.clipRange},
          {"value_clip", s.valueClip},
          {"value_coef", s.valueCoef},
          {"value_lr", s.valueRate},
          {"value_warmup", s.valueWarmup},
          {"epochs", s.epochs},
          {"minibatches", s.minibatches},
          {"replies", s.replies},
          {"temperature", s.temperature},
          {"max_tokens", s.maxTokens},
          {"end_penalty", s.endPenalty},
          {"whiten_rewards", s.whitenRewards},
          {"normalize_scores", s.normalizeScores}};
}

RewardSettings parseRewardSettings(const Json& json) {
  RewardSettings s;
  s.loss = json.at("loss") == "hinge" ? RankingTerm::Hinge : RankingTerm::Sigmoid;
  s.freezeBody = json.at("freeze_body");
  s.addLayers = json.value("add_layers", 0); // runs before it had none
  s.demonstrations = json.at("demonstrations").get<std::string>();
  if (json.contains("held_out_labelers")) s.heldOutLabelers = json.at("held_out_labelers"); // runs before it had none
  return s;
}

DpoSettings parseDpoSettings(const Json& json) { return {json.at("beta")}; }

PpoSettings parsePpoSettings(const Json& json) {
  PpoSettings s;
  s.reward = json.at("reward").get<std::string>();
  s.gold = json.value("gold", std::string());
  for (const Json& file : json.at("pretrain_data")) s.pretrainData.push_back(file.get<std::string>());
  s.klCoef = json.at("kl_coef");
  s.klTarget = json.at("kl_target");
  s.pretrainCoef = json.at("pretrain_coef");
  s.discount = json.at("discount");
  s.lambda = json.at("lambda");
  s.clipRange = json.at("clip_range");
  s.valueClip = json.at("value_clip");
  s.valueCoef = json.at("value_coef");
  s.valueRate = json.value("value_lr", 0.0); // runs before them had none of these
  s.valueWarmup = json.value("value_warmup", 0);
  s.epochs = json.at("epochs");
  s.minibatches = json.at("minibatches");
  s.replies = json.value("replies", 1);
  s.temperature = json.at("temperature");
  s.maxTokens = json.at("max_tokens");
  s.endPenalty = json.at("end_penalty");
  s.whitenRewards = json.at("whiten_rewards");
  s.normalizeScores = json.at("normalize_scores");
  return s;
}

} // namespace attune
