#include "train/run_settings.h"

#include "error.h"

#include <cmath>
#include <nlohmann/json.hpp>

namespace attune {
namespace {

void require(bool holds, const std::string& option, double value, const std::string& expected) {
  if (holds) return;
  std::string text = std::to_string(value);
  while (text.find('.') != std::string::npos && (text.back() == '0' || text.back() == '.')) {
    const bool point = text.back() == '.';
    text.pop_back();
    if (point) break;
  }
  throw Error(option + " is " + text + "; it must be " + expected);
}

} // namespace

const char* runKindName(RunKind kind) {
  constexpr const char* names[] = {"pretrain", "sft", "reward", "dpo", "ppo"};
  return names[int(kind)];
}

void check(const RunSettings& s) {
  if (s.data.empty()) throw Error("there is no data to train on; name at least one file with --data");
  // How many steps an epoch has is known when the data is read.
  const bool epochs = s.kind == RunKind::Reward || s.kind == RunKind::Dpo;
  require(s.steps > 0 || (epochs && s.steps == 0), "--steps", double(s.steps), "at least 1");
  require(s.batch > 0, "--batch", s.batch, "at least 1");
  require(s.context == 0 || s.context >= 2, "--context", s.context, "at least 2 (0: the model's)");
  require(std::isfinite(s.rate) && s.rate > 0, "--lr", s.rate, "above 0");
  require(std::isfinite(s.leastRate) && s.leastRate >= 0 && s.leastRate <= s.rate, "--min-lr", s.leastRate,
          "between 0 and --lr");
  require(s.warmup >= 0 || epochs, "--warmup", double(s.warmup), "0 or more");
  require(s.optimizer.beta1 >= 0 && s.optimizer.beta1 < 1, "the first of --betas", s.optimizer.beta1,
          "at least 0 and below 1");
  require(s.optimizer.beta2 >= 0 && s.optimizer.beta2 < 1, "the second of --betas", s.optimizer.beta2,
          "at least 0 and below 1");
  require(s.optimizer.epsilon > 0, "--eps", s.optimizer.epsilon, "above 0");
  require(std::isfinite(s.optimizer.weightDecay) && s.optimizer.weightDecay >= 0, "--weight-decay",
          s.optimizer.weightDecay, "0 or more");
  require(std::isfinite(s.optimizer.clip) && s.optimizer.clip >= 0, "--clip", s.optimizer.clip, "0 (no limit) or more");
  require(s.accumulate > 0, "--accumulate", s.accumulate, "at least 1");
  require(s.dropout >= 0 && s.dropout < 1, "--dropout", s.dropout, "at least 0 and below 1");
  require(s.checkpointEvery >= 0, "--checkpoint-every", double(s.checkpointEvery), "0 (at the end only) or more");
  require(s.evaluateEvery >= 0, "--evaluate-every", double(s.evaluateEvery), "0 (at the end only) or more");
  if (s.kind == RunKind::Reward) check(s.reward);
  if (s.kind == RunKind::Dpo) check(s.dpo);
  if (s.kind == RunKind::Ppo) check(s.ppo);
  if (s.kind == RunKind::Ppo && s.batch % s.ppo.replies != 0)
    throw Error("--replies is " + std::to_string(s.ppo.replies) + "; it must divide the batch, which has " +
                std::to_string(s.batch) + " episodes");
  if (s.kind == RunKind::Ppo && !s.ppo.gold.empty() && s.heldOut.empty())
    throw Error(
        "--gold judges replies to held-out prompts, but nothing is held out; give --held-out a share or a file");
}

Json toJson(const RunSettings& s) {
  Json data = Json::array();
  for (const auto& file : s.data) data.push_back(file.string());
  Json json{{"kind", runKindName(s.kind)},
            {"model", s.model.string()},
            {"data", data},
            {"held_out", s.heldOut},
            {"steps", s.steps},
            {"batch", s.batch},
            {"context", s.context},
            {"lr", s.rate},
            {"min_lr", s.leastRate},
            {"warmup", s.warmup},
            {"betas", {s.optimizer.beta1, s.optimizer.beta2}},
            {"eps", s.optimizer.epsilon},
            {"weight_decay", s.optimizer.weightDecay},
            {"clip", s.optimizer.clip},
            {"accumulate", s.accumulate},
            {"dropout", s.dropout},
            {"checkpoint_every", s.checkpointEvery},
            {"evaluate_every", s.evaluateEvery},
            {"seed", s.seed},
            {"device", s.device}};
  if (s.kind == RunKind::Reward) json["reward"] = toJson(s.reward);
  if (s.kind == RunKind::Dpo) json["dpo"] = toJson(s.dpo);
  if (s.kind == RunKind::Ppo) json["ppo"] = toJson(s.ppo);
  return json;
}

RunSettings parseRunSettings(const Json& json, const std::string& where) {
  const JsonFields fields(json, where);
  constexpr int64_t many = int64_t(1) << 40;
  RunSettings s;
  const std::string kind = fields.text("kind");
  bool known = false;
  for (const RunKind one : {RunKind::Pretrain, RunKind::Sft, RunKind::Reward, RunKind::Dpo, RunKind::Ppo})
    if (kind == runKindName(one)) s.kind = one, known = true;
  if (!known) fields.fail("kind", "is \"" + kind + "\"; expected pretrain, sft, reward, dpo or ppo.");
  s.model = fields.text("model");
  for (const std::string& file : fields.texts("data")) s.data.push_back(file);
  s.heldOut = fields.text("held_out");
  s.steps = fields.integerIn("steps", 0, many);
  s.batch = int(fields.integerIn("batch", 1, 1 << 20));
  s.context = int(fields.integerIn("context", 0, 1 << 24));
  s.rate = fields.number("lr");
  s.leastRate = fields.number("min_lr");
  s.warmup = fields.integerIn("warmup", -many, many); // below 0: of an epoch
  const Json& betas = fields.array("betas");
  if (betas.size() != 2 || !betas[0].is_number() || !betas[1].is_number()) fields.fail("betas", "must be two numbers.");
  s.optimizer.beta1 = betas[0].get<double>();
  s.optimizer.beta2 = betas[1].get<double>();
  s.optimizer.epsilon = fields.number("eps");
  s.optimizer.weightDecay = fields.number("weight_decay");
  s.optimizer.clip = fields.number("clip");
  s.accumulate = int(fields.integerIn("accumulate", 1, 1 << 20));
  s.dropout = fields.number("dropout");
  s.checkpointEvery = fields.integerIn("checkpoint_every", 0, many);
  s.evaluateEvery = fields.integerIn("evaluate_every", 0, many);
  s.seed = uint64_t(fields.integerIn("seed", 0, INT64_MAX));
  s.device = fields.text("device");
  try {
    if (s.kind == RunKind::Reward) s.reward = parseRewardSettings(fields.at("reward"));
    if (s.kind == RunKind::Dpo) s.dpo = parseDpoSettings(fields.at("dpo"));
    if (s.kind == RunKind::Ppo) s.ppo = parsePpoSettings(fields.at("ppo"));
    check(s);
  } catch (const Json::exception& problem) {
    throw Error(where + ": not a run's description (" + problem.what() + "); start the run anew");
  } catch (const Error& problem) {
    const std::string sentence = problem.what();
    throw Error(sentence.starts_with(where) ? sentence : where + ": " + sentence);
  }
  return s;
}

} // namespace attune
