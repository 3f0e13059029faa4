// Proximal policy optimization against a reward model or a rule (Ouyang et al. 2022; Schulman et al. 2017): an
// iteration writes replies to a batch of prompts, scores them, and learns from them for a few epochs.
#include "data/prompt_data.h"
#include "error.h"
#include "formats/file.h"
#include "model/initialize.h"
#include "random.h"
#include "train/end_tokens.h"
#include "train/episode_figures.h"
#include "train/gold_judge.h"
#include "train/ppo_control.h"
#include "train/ppo_iteration.h"
#include "train/reward_source.h"
#include "train/rollout_file.h"
#include "train/rollout_maker.h"
#include "train/run_job.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

namespace attune {
namespace {

constexpr int mostHeldOut = 64; // prompts of an evaluation
constexpr size_t sampleRows = 8;

// The policy as it is on disk.
struct Policy {
  std::filesystem::path folder;
  ModelConfig config;
  std::string hash;
  std::shared_ptr<const Tokenizer> tokenizer;

  explicit Policy(const std::filesystem::path& path)
      : folder(resolveModelPath(path)) {
    const ModelFolder model(folder);
    config = model.config();
    hash = model.sha256();
    if (config.classifier)
      throw Error(folder.string() + " is a reward model; a language model was expected as the policy");
    if (!Tokenizer::isIn(folder)) throw Error(folder.string() + " has no tokenizer (tokenizer.json); PPO needs one");
    tokenizer = Tokenizer::load(folder);
  }
};

class PpoJob : public RunJob {
public:
  PpoJob(const RunSettings& settings, const Path& checkpoint)
      : settings_(settings)
      , ppo_(settings.ppo)
      , reference_(settings.model)
      , start_(checkpoint.empty() ? reference_.folder : checkpoint)
      , prompts_(PromptData::load(settings.data, reference_.tokenizer,
                                  int(std::max<int64_t>(1, reference_.config.nCtx - ppo_.maxTokens)),
                                  HeldOut::parse(settings.heldOut), settings.seed))
      , source_(ppo_.reward, reference_.tokenizer, contextNeeded())
      , gold_(ppo_.gold.empty()
                  ? std::nullopt
                  : std::optional<GoldJudge>(std::in_place, ppo_.gold, reference_.tokenizer, contextNeeded()))
      , controller_(ppo_.klCoef, ppo_.klTarget)
      , hashes_(prompts_.hashes()) {
    if (ppo_.pretrainCoef > 0) {
      text_ = PretrainData::load(ppo_.pretrainData, *reference_.tokenizer);
      if (text_.training().size() <= size_t(reference_.config.nCtx))
        throw Error(ppo_.pretrainData.front().string() +
                    " has fewer tokens than one window of the context; choose more text");
      hashes_.insert(text_.hashes().begin(), text_.hashes().end());
    }
    hashes_[settings.model.string()] = reference_.hash;
    hashes_[ppo_.reward.string()] = source_.sha256();
    if (gold_) hashes_[ppo_.gold.string()] = gold_->sha256();
    if (gold_ && prompts_.heldOut().empty())
      throw Error("--gold judges replies to held-out prompts, but none is held out; give --held-out a larger share");
    ends_ = endTokens(reference_.config, reference_.tokenizer);
  }

  const std::map<std::string, std::string>& hashes() const override { return hashes_; }
  std::vector<Lineage::Parent> parents() const override {
    return {{settings_.model.string(), reference_.hash, "policy"},
            {ppo_.reward.string(), source_.sha256(), source_.isRule() ? "rule" : "reward"}};
  }
  int context() const override { return int(reference_.config.nCtx); }

  void open(const std::shared_ptr<vulkan::Device>& device) override;
  void restore(const Path& checkpoint, const Json& state) override;
  std::vector<Metric> step(int64_t step, double rate, const JobWatch& watch) override;
  bool midway() const override { return open_.has_value(); }
  std::vector<Metric> evaluate(int64_t steps, const JobWatch& watch) override;
  Rehearsed rehearse(int64_t steps) override;
  std::vector<RunModel> models() const override { return models_; }
  std::vector<Json> samples() override;
  std::string rollouts(int64_t step) override {
    return last_.episodes.empty()
               ? std::string()
               : rolloutText(step, last_.coefficient, last_.episodes, last_.scores, reference_.tokenizer);
  }
  std::string largestGradient(const std::string& loss) override {
    return (loss == "value_loss" ? value_ : policy_)->optimizer().firstBadGradient();
  }
  bool wantsCheckpoint() const override { return newBest_; }

  ModelConfig config() const override { return reference_.config; }
  Json save(ModelFolderWriter& writer) override;
  Json report(const Tell&) override {
    Json made{{"objective", "mean score minus kl_coef times the KL of a reply, on held-out prompts"},
              {"best", Json()},
              {"best_checkpoint", Json()}};
    if (best_.step < 0) return made; // nothing was held out
    made["best"] = toJson(best_);
    made["best_checkpoint"] = "checkpoints/step-" + std::to_string(best_.step);
    return made;
  }

private:
  int64_t contextNeeded() const {
    size_t longest = 0;
    for (const auto* prompts : {&prompts_.training(), &prompts_.heldOut()})
      for (const EncodedPrompt& prompt : *prompts) longest = std::max(longest, prompt.ids.size());
    return std::min<int64_t>(reference_.config.nCtx, int64_t(longest) + ppo_.maxTokens);
  }
  int rowsAtOnce() const {
    const int parts = ppo_.minibatches * settings_.accumulate;
    return std::max(1, (settings_.batch + parts - 1) / parts);
  }
  PpoIteration begin(const std::vector<const EncodedPrompt*>& prompts, int64_t step, const JobWatch& watch);
  void learn(int64_t step, double rate, const JobWatch& watch);

  RunSettings settings_;
  PpoSettings ppo_;
  Policy reference_;
  Path start_; // the policy's weights
  PromptData prompts_;
  RewardSource source_;
  std::optional<GoldJudge> gold_;
  PretrainData text_;
  KlController controller_;
  RunningScale scale_;
  BestEvaluation best_;
  bool newBest_ = false;
  std::map<std::string, std::string> hashes_;
  std::vector<int32_t> ends_;

  std::optional<Learner> policy_, value_;
  std::vector<RunModel> models_;
  std::optional<PpoUpdate> update_;
  std::optional<RolloutMaker> maker_;
  std::optional<PpoIteration> open_;
  PpoIteration last_;          // the one before, for the rollouts' file
  std::vector<Episode> shown_; // for samples.jsonl
};

void PpoJob::open(const std::shared_ptr<vulkan::Device>& device) {
  models_.clear();
  uint64_t before = device->memoryInUse();
  const auto took = [&](const char* role) {
    const uint64_t now = device->memoryInUse();
    models_.push_back({role, now - before});
    before = now;
  };
  policy_.emplace(Model::load(device, start_), settings_.optimizer);
  took("policy");
  const auto reference = Model::load(device, reference_.folder);
  took("reference");
  source_.open(device);
  if (!source_.isRule()) took("reward model");
  if (gold_) {
    gold_->open(device);
    if (device->memoryInUse() > before) took("judge"); // a rule takes none
  }
  // The value model: the reward model, body and head; with a rule the policy's body and a head of zeros. Scored against
  // others, a reply is worth nothing before it is written: then the head is zeros, too.
  std::shared_ptr<Model> value;
  if (source_.isRule()) {
    ModelConfig config = reference_.config;
    config.classifier = true;
    value = std::make_shared<Model>(device, config);
    const ModelFolder folder(reference_.folder);
    for (const TensorEntry& entry : tensorTable(config))
      if (entry.name != "score.weight") value->weights().upload(entry.name, folder.read(entry.name).data);
  } else {
    value = Model::load(device, source_.folder());
    if (ppo_.replies > 1) value->weights().upload("score.weight", std::vector<float>(size_t(value->config().nEmbd)));
  }
  value_.emplace(value, settings_.optimizer);
  took("value model");
  update_.emplace(*policy_, *value_, ppo_, reference_.config.nCtx);
  maker_.emplace(*policy_, *value_, reference, source_, ppo_, ends_, rowsAtOnce(), contextNeeded());
}

void PpoJob::restore(const Path& checkpoint, const Json& state) {
  policy_->readMoments(checkpoint / "optimizer.safetensors", state.at("optimizer_steps"));
  value_->readWeights(checkpoint / "value_model.safetensors");
  value_->readMoments(checkpoint / "value_optimizer.safetensors", state.at("optimizer_steps"));
  controller_.restore(state.at("kl_coef"));
  scale_ = parseRunningScale(state.at("scores"));
  best_ = parseBestEvaluation(state.at("best"));
  if (const Path buffer = checkpoint / "rollout.json"; std::filesystem::exists(buffer)) {
    try {
      open_ = parsePpoIteration(readJson(buffer));
    } catch (const Json::exception& problem) {
      throw Error(buffer.string() + ": not a rollout buffer (" + problem.what() +
                  "); delete this checkpoint and resume from the one before");
    }
  }
}

Json PpoJob::save(ModelFolderWriter& writer) {
  policy_->writeWeights([&](const std::string& name, std::span<const float> values) { writer.write(name, values); });
  policy_->writeMoments(writer.path() / "optimizer.safetensors");
  value_->writeWeights(writer.path() / "value_model.safetensors");
  value_->writeMoments(writer.path() / "value_optimizer.safetensors");
  reference_.tokenizer->save(writer.path());
  newBest_ = false;
  // The replies of an iteration that is learned from.
  if (open_) writeFileAtomically(writer.path() / "rollout.json", jsonLine(toJson(*open_)));
  return {{"optimizer_steps", policy_->optimizer().steps()},
          {"kl_coef", controller_.coefficient()},
          {"scores", toJson(scale_)},
          {"best", toJson(best_)}};
}

RunJob::Rehearsed PpoJob::rehearse(int64_t) {
  std::vector<const EncodedPrompt*> prompts;
  for (const EncodedPrompt& prompt : prompts_.training()) prompts.push_back(&prompt);
  const auto longer = [](const EncodedPrompt* a, const EncodedPrompt* b) { return a->ids.size() > b->ids.size(); };
  std::stable_sort(prompts.begin(), prompts.end(), longer);
  while (prompts.size() < size_t(settings_.batch)) prompts.push_back(prompts.front());
  prompts.resize(size_t(settings_.batch));
  const JobWatch nobody{[](const std::string&) {}, [] { return false; }};
  open_ = begin(prompts, 0, nobody);
  learn(0, 0, nobody);
  const double length = std::min<double>(double((contextNeeded() + 15) / 16 * 16), double(reference_.config.nCtx));
  const double tokens = settings_.batch * length;
  const double text = ppo_.pretrainCoef > 0 ? double(std::max(1, rowsAtOnce() / 4) * reference_.config.nCtx) : 0;
  // Two models learn; the policy writes, and it, the reference, the value and the reward model read what it wrote.
  return {ppo_.epochs * (2 * tokens + ppo_.minibatches * text), tokens * (source_.isRule() ? 4 : 5), int(length)};
}

// Replies are written and their advantages estimated: nothing of this is kept when it is interrupted.
PpoIteration PpoJob::begin(const std::vector<const EncodedPrompt*>& prompts, int64_t step, const JobWatch& watch) {
  PpoIteration open;
  const uint64_t rows = uint64_t(settings_.batch);
  std::vector<Episode>& episodes = open.episodes;
  episodes = maker_->write(prompts, settings_.seed, uint64_t(step) * rows, watch, "Writing replies");
  // What is reported is the source's own score; what is learned from may be scaled and punished.
  for (const Episode& episode : episodes) open.scores.push_back(episode.score);
  for (const double score : open.scores) scale_.add(score);
  open.coefficient = controller_.coefficient();
  for (Episode& episode : episodes) {
    if (ppo_.normalizeScores) episode.score /= scale_.deviation();
    if (!episode.ended) episode.score -= ppo_.endPenalty;
  }
  if (ppo_.replies > 1) scoreAgainstOthers(episodes, ppo_.replies);
  for (Episode& episode : episodes) giveRewards(episode, open.coefficient);
  if (ppo_.whitenRewards) whiten(episodes, &Episode::rewards, false);
  for (Episode& episode : episodes) estimateAdvantages(episode, ppo_.discount, ppo_.lambda);
  open.explained = explainedVariance(episodes);
  whiten(episodes, &Episode::advantages);
  return open;
}

std::vector<Metric> PpoJob::step(int64_t step, double rate, const JobWatch& watch) {
  if (!open_) {
    std::vector<const EncodedPrompt*> asked;
    for (const EncodedPrompt* prompt : prompts_.batch(settings_.seed, uint64_t(step), settings_.batch / ppo_.replies))
      asked.insert(asked.end(), size_t(ppo_.replies), prompt);
    open_ = begin(asked, step, watch);
  }
  learn(step, rate, watch);
  return figuresOf(last_, ppo_, step);
}

void PpoJob::learn(int64_t step, double rate, const JobWatch& watch) {
  const auto order = [&](int epoch) {
    return permutation(uint32_t(settings_.batch), settings_.seed, RandomStream::Shuffle,
                       uint64_t(step) * uint64_t(ppo_.epochs) + uint64_t(epoch));
  };
  const auto pretrain = [&](uint64_t minibatch) {
    const uint64_t updates = uint64_t(ppo_.epochs) * uint64_t(ppo_.minibatches);
    return text_.batch(settings_.seed, uint64_t(step) * updates + minibatch, std::max(1, rowsAtOnce() / 4),
                       int(reference_.config.nCtx));
  };
  const auto between = [&](int update, int updates) {
    watch.tell("Learning, minibatch " + std::to_string(update + 1) + " of " + std::to_string(updates));
    watch.check();
  };
  const PpoUpdate::Rates rates{step < ppo_.valueWarmup ? 0 : rate, ppo_.valueRate > 0 ? ppo_.valueRate : rate};
  update_->run(open_->episodes, order, settings_.accumulate, rates, pretrain, open_->place, between);
  last_ = std::move(*open_);
  open_.reset();
  shown_.assign(last_.episodes.begin(), last_.episodes.begin() + long(std::min(sampleRows, last_.episodes.size())));
  controller_.observe(meanOf(last_.episodes, &Episode::klSum));
}

std::vector<Metric> PpoJob::evaluate(int64_t steps, const JobWatch& watch) {
  if (prompts_.heldOut().empty()) return {};
  std::vector<Episode> episodes;
  const size_t count = std::min<size_t>(mostHeldOut, prompts_.heldOut().size());
  for (size_t first = 0; first < count; first += size_t(settings_.batch)) {
    std::vector<const EncodedPrompt*> some;
    for (size_t i = first; i < std::min(first + size_t(settings_.batch), count); ++i)
      some.push_back(&prompts_.heldOut()[i]);
    // Numbers of their own, the same at every evaluation: far above those of episodes.
    for (Episode& episode : maker_->write(some, settings_.seed, (uint64_t(1) << 40) + first, watch,
                                          "Evaluating, " + std::to_string(100 * first / count) + " %"))
      episodes.push_back(std::move(episode));
  }
  for (Episode& episode : episodes) giveRewards(episode, ppo_.klCoef);
  const auto scoreOf = [](const Episode& e) { return e.score; };
  const double score = meanOf(episodes, scoreOf), kl = meanOf(episodes, &Episode::klSum);
  const double objective = score - ppo_.klCoef * kl;
  std::vector<Metric> made{{"held_out_score", "eval/objective/scores", score},
                           {"held_out_score_error", "", errorOf(episodes, scoreOf)},
                           {"held_out_kl", "eval/objective/kl", kl},
                           {"held_out_reward", "eval/objective/rlhf_reward", objective}};
  if (gold_) {
    std::vector<Episode> judged = episodes;
    const std::vector<double> scores = gold_->score(judged, std::span(prompts_.heldOut()).first(count), rowsAtOnce());
    for (size_t i = 0; i < judged.size(); ++i) judged[i].score = scores[i];
    made.push_back({"gold_score", "eval/objective/gold_scores", meanOf(judged, scoreOf)});
    made.push_back({"gold_score_error", "", errorOf(judged, scoreOf)});
  }
  if (best_.step < 0 || objective > best_.objective) {
    best_ = {steps, objective, score, kl};
    newBest_ = true;
  }
  shown_.assign(episodes.begin(), episodes.begin() + long(std::min(sampleRows, episodes.size())));
  return made;
}

std::vector<Json> PpoJob::samples() {
  std::vector<Json> rows;
  for (const Episode& episode : shown_)
    rows.push_back({{"prompt", reference_.tokenizer->decode(episode.prompt)},
                    {"text", source_.textOf(episode)},
                    {"score", episode.score},
                    {"kl", episode.klSum()},
                    {"ended", episode.ended}});
  return rows;
}

} // namespace

std::unique_ptr<RunJob> makePpoJob(const RunSettings& settings, const std::filesystem::path& checkpoint) {
  return std::make_unique<PpoJob>(settings, checkpoint);
}

} // namespace attune
