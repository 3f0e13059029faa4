// Training on what people prefer: reward models from rankings, policies from rankings or rewards.
#include "cli/commands.h"
#include "cli/output.h"
#include "cli/training.h"

namespace attune::cli {
namespace {

constexpr const char* rankingFiles =
    "rankings or pairs, in any shape that Attune imports (JSON Lines of prompt, chosen and "
    "rejected; of prompt, completions and ranks; HH-RLHF's; ...)";
constexpr const char* stopping =
    "Ctrl+C and SIGTERM stop the run within a step, with a checkpoint; attune-cli resume goes on from there.";

std::vector<Option> preferenceOptions(RunKind kind, const std::string& model, std::vector<Option> own) {
  std::vector<Option> options = {{"model", "DIR", model, "", false, true},
                                 {"data", "FILE", rankingFiles, "", true, true},
                                 {"out", "RUN", "the run's folder", "", false, true}};
  for (Option& option : own) options.push_back(std::move(option));
  for (Option& option : trainingOptions(kind)) options.push_back(std::move(option));
  return options;
}

int reward(const Arguments& arguments) {
  RunSettings settings = runSettingsOf(arguments, RunKind::Reward);
  const std::string loss = arguments.text("loss", "sigmoid");
  if (loss != "sigmoid" && loss != "hinge") arguments.refuse("loss", "sigmoid or hinge");
  settings.reward.loss = loss == "hinge" ? RankingTerm::Hinge : RankingTerm::Sigmoid;
  settings.reward.freezeBody = arguments.has("freeze-body");
  settings.reward.addLayers = int(arguments.whole("add-layers", 0, 0, 64));
  settings.reward.demonstrations = arguments.text("demonstrations");
  settings.reward.heldOutLabelers = arguments.all("held-out-labelers");
  return startRun(arguments, settings);
}

int dpo(const Arguments& arguments) {
  RunSettings settings = runSettingsOf(arguments, RunKind::Dpo);
  settings.dpo.beta = above(arguments, "beta", settings.dpo.beta);
  return startRun(arguments, settings);
}

std::vector<Option> ppoOptions() {
  const PpoSettings d;
  std::vector<Option> options = {
      {"policy", "DIR", "the language model to start from, which is also the reference", "", false, true},
      {"reward", "DIR|RULE", "a reward model, or a rule's JSON file", "", false, true},
      {"gold", "DIR|RULE",
       "a judge of replies to held-out prompts, which trains nothing; it must go up with the reward", "none"},
      {"prompts", "FILE", "what is to be answered, in any shape that Attune imports (a prompt a line; ...)", "", true,
       true},
      {"out", "RUN", "the run's folder", "", false, true},
      {"pretrain-data", "FILE", "text to go on predicting meanwhile", "none", true},
      {"pretrain-coef", "X", "how much its loss counts", "0, or 1 with --pretrain-data"},
      {"kl-coef", "X", "the penalty for a nat of KL from the reference", rounded(d.klCoef, 6)},
      {"kl-target", "X", "the KL of a reply that the coefficient is drawn towards", "none: it is fixed"},
      {"discount", "X", "of later rewards", rounded(d.discount, 6)},
      {"lambda", "X", "of generalized advantage estimation", rounded(d.lambda, 6)},
      {"clip-range", "X", "how far a token's probability may move, as a ratio", rounded(d.clipRange, 6)},
      {"value-clip", "X", "how far a value may move", rounded(d.valueClip, 6)},
      {"value-coef", "X", "how much the value loss counts", rounded(d.valueCoef, 6)},
      {"value-lr", "X", "the value model's learning rate, always the same", "the policy's, as it rises and falls"},
      {"value-warmup", "N", "iterations at the beginning in which the value model alone learns",
       std::to_string(d.valueWarmup)},
      {"epochs", "N", "times that the replies of an iteration are learned from", std::to_string(d.epochs)},
      {"minibatches", "N", "optimizer steps of an epoch", std::to_string(d.minibatches)},
      {"replies", "N", "to each prompt of a batch; from 2 on each is scored against the others",
       std::to_string(d.replies)},
      {"temperature", "X", "of the replies; logits are divided by it", rounded(d.temperature, 6)},
      {"max-tokens", "N", "the longest reply", std::to_string(d.maxTokens)},
      {"end-penalty", "X", "taken from the score of a reply that does not end", "0"},
      {"whiten-rewards", "", "give the rewards of an iteration deviation 1"},
      {"normalize-scores", "", "divide scores by their deviation so far"}};
  for (Option& option : trainingOptions(RunKind::Ppo)) options.push_back(std::move(option));
  return options;
}

int ppo(const Arguments& arguments) {
  RunSettings settings = runSettingsOf(arguments, RunKind::Ppo);
  PpoSettings& s = settings.ppo;
  const auto share = [&](const char* name, double fallback) {
    const double value = arguments.number(name, fallback);
    if (value < 0 || value > 1) arguments.refuse(name, "a number from 0 to 1");
    return value;
  };
  s.reward = arguments.text("reward");
  s.gold = arguments.text("gold");
  if (!s.gold.empty() && settings.heldOut.empty())
    arguments.wrong("--gold judges held-out prompts: give --held-out too");
  s.pretrainData.assign(arguments.all("pretrain-data").begin(), arguments.all("pretrain-data").end());
  s.pretrainCoef = atLeastZero(arguments, "pretrain-coef", s.pretrainData.empty() ? 0 : 1);
  if (s.pretrainCoef > 0 && s.pretrainData.empty()) arguments.wrong("--pretrain-coef needs text: --pretrain-data FILE");
  s.klCoef = atLeastZero(arguments, "kl-coef", s.klCoef);
  if (arguments.has("kl-target")) s.klTarget = above(arguments, "kl-target", 0);
  s.discount = share("discount", s.discount);
  s.lambda = share("lambda", s.lambda);
  s.clipRange = above(arguments, "clip-range", s.clipRange);
  s.valueClip = above(arguments, "value-clip", s.valueClip);
  s.valueCoef = above(arguments, "value-coef", s.valueCoef);
  if (arguments.has("value-lr")) s.valueRate = above(arguments, "value-lr", 0);
  s.valueWarmup = int(arguments.whole("value-warmup", s.valueWarmup, 0, INT_MAX));
  s.epochs = int(arguments.whole("epochs", s.epochs, 1, 1000));
  s.minibatches = int(arguments.whole("minibatches", s.minibatches, 1, settings.batch));
  s.replies = int(arguments.whole("replies", s.replies, 1, settings.batch));
  s.temperature = above(arguments, "temperature", s.temperature);
  s.maxTokens = int(arguments.whole("max-tokens", s.maxTokens, 1, 1 << 20));
  s.endPenalty = atLeastZero(arguments, "end-penalty", 0);
  s.whitenRewards = arguments.has("whiten-rewards");
  s.normalizeScores = arguments.has("normalize-scores");
  return startRun(arguments, settings);
}

} // namespace

std::vector<Command> preferenceCommands() {
  return {
      {"reward", "Trains a reward model from rankings: which of two answers to a prompt is the better.", "", 0, 0,
       preferenceOptions(
           RunKind::Reward,
           "the model to start from: a language model (its head is replaced by a new one), or a reward model",
           {{"loss", "sigmoid|hinge", "of a pair: -log sigmoid(d), or max(0, 1 - d)", "sigmoid"},
            {"freeze-body", "", "the model's own weights stay as they are: only the head and the added layers learn"},
            {"add-layers", "N",
             "layers on top of the model's, where what it would have said can be compared with what was said", "0"},
            {"held-out-labelers", "NAME", "labelers whose rankings are kept from training and reported on", "none",
             true},
            {"demonstrations", "FILE", "ideal answers, whose mean score becomes zero",
             "the mean of the training answers becomes zero"}}),
       reward,
       std::string(
           "All pairs of a ranking stand in one step, each with 1/C(K,2) of its weight; ties make no pair. A "
           "share that is held out is held out by prompt. At the end RUN/reward_report.json tells how often the "
           "model is right on held-out pairs, beside what the length of the answers alone would say. ") +
           stopping},
      {"dpo", "Trains a language model on rankings directly, without a reward model (direct preference optimization).",
       "", 0, 0,
       preferenceOptions(RunKind::Dpo, "the model to start from, which is also the reference",
                         {{"beta", "X", "how strongly the model is held near the reference", "0.1"}}),
       dpo, stopping},
      {"ppo",
       "Trains a language model to write replies that a reward model or a rule likes (proximal policy optimization).",
       "", 0, 0, ppoOptions(), ppo,
       std::string(
           "A rule is a file {\"rules\": [...]} of {\"words\": [\"sun\"], \"score\": 1} (any of them; \"each\": "
           "true counts them), {\"pattern\": \"^[A-Z]\", \"score\": 1} (a regular expression) and {\"least\": 5, "
           "\"most\": 40, \"unit\": \"words|characters|bytes\", \"score\": 1} (a length; without bounds the score "
           "counts once a unit); a reply's score is the sum of what holds. With --held-out prompts are kept for "
           "evaluation, the checkpoint with the highest held-out score minus KL penalty is kept too, and "
           "RUN/ppo_report.json names it. What begins to go wrong (the KL explodes, the text degenerates, ...) is "
           "said on standard error and kept in RUN/warnings.jsonl, the newest replies token by token in "
           "RUN/rollouts. ") +
           stopping}};
}

} // namespace attune::cli
