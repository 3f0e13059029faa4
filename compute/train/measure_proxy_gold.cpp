#include "train/measure_proxy_gold.h"

#include "data/prompt_data.h"
#include "error.h"
#include "formats/model_folder.h"
#include "generate/batch_generator.h"
#include "train/end_tokens.h"
#include "train/judge.h"
#include "train/policy_passes.h"
#include "train/reward_source.h"
#include "train/run_settings.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <numeric>

namespace attune {
namespace {

namespace fs = std::filesystem;

constexpr int atOnce = 16;           // rows of a pass
constexpr int ns[] = {1, 4, 16, 64}; // of best of n

// What a run began with, and all that judges its replies.
class Scene {
public:
  Scene(const ProxyGoldRequest& request, const std::function<bool(const std::string&, double)>& tell)
      : request_(request)
      , tell_(tell)
      , settings_(settingsOf(request.run))
      , folder_(resolveModelPath(settings_.model))
      , tokenizer_(Tokenizer::load(folder_))
      , config_(ModelFolder(folder_).config())
      , proxy_(settings_.ppo.reward, tokenizer_, 0) {
    const PromptData data = PromptData::load(settings_.data, tokenizer_, int(config_.nCtx) - settings_.ppo.maxTokens,
                                             HeldOut::parse(settings_.heldOut), settings_.seed);
    const auto& all = data.heldOut().empty() ? data.training() : data.heldOut();
    prompts_.assign(all.begin(), all.begin() + long(std::min<size_t>(all.size(), size_t(request.most))));
    goldPath_ = request.gold.empty() ? settings_.ppo.gold : request.gold;
    if (goldPath_.empty()) return;
    // Read before anything is computed.
    if (fs::is_regular_file(goldPath_))
      Rule::load(goldPath_);
    else if (!ModelFolder(resolveModelPath(goldPath_)).config().classifier)
      throw Error(goldPath_.string() + " is a language model; a reward model or a rule's JSON file was expected");
    ends_ = endTokens(config_, tokenizer_);
  }

  ProxyGold measure(const std::shared_ptr<vulkan::Device>& device);

private:
  static RunSettings settingsOf(const fs::path& run) {
    const fs::path file = run / "run.json";
    if (!fs::exists(file)) throw Error(run.string() + " is no run (run.json is not there); a PPO run was expected");
    const RunSettings settings = parseRunSettings(readJson(file), file.string());
    if (settings.kind != RunKind::Ppo)
      throw Error(run.string() + " is a run of " + runKindName(settings.kind) + "; a PPO run was expected");
    return settings;
  }

  void go(const std::string& doing, double share) const {
    if (tell_ && !tell_(doing, share)) throw Error("The measurement was stopped before its end.");
  }
  std::vector<Episode> write(BatchGenerator& generator, const std::vector<std::vector<int32_t>>& prompts,
                             uint64_t first, const std::string& doing, double share);
  void bestOf(ProxyGold& figures, const std::shared_ptr<Model>& reference);
  void checkpoints(ProxyGold& figures, const std::shared_ptr<Model>& reference);
  std::vector<double> goldOf(const std::vector<Episode>& episodes, const std::vector<const EncodedPrompt*>& prompts);
  double klOf(PolicyPasses& policy, PolicyPasses& reference, std::span<Episode> episodes) const;

  ProxyGoldRequest request_;
  std::function<bool(const std::string&, double)> tell_;
  RunSettings settings_;
  fs::path folder_, goldPath_;
  std::shared_ptr<const Tokenizer> tokenizer_;
  ModelConfig config_;
  RewardSource proxy_;
  std::optional<Judge> gold_; // reads texts: its tokenizer may be another one
  std::vector<EncodedPrompt> prompts_;
  std::vector<int32_t> ends_;
};

std::vector<double> scoresOf(RewardSource& source, std::vector<Episode>& episodes) {
  source.score(episodes, atOnce);
  std::vector<double> scores;
  for (const Episode& episode : episodes) scores.push_back(episode.score);
  return scores;
}

double meanOf(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / double(values.size());
}

std::vector<Episode> Scene::write(BatchGenerator& generator, const std::vector<std::vector<int32_t>>& prompts,
                                  uint64_t first, const std::string& doing, double share) {
  BatchRequest batch;
  batch.prompts = prompts;
  batch.sampler.temperature = float(settings_.ppo.temperature);
  batch.maxTokens = settings_.ppo.maxTokens;
  batch.stopIds = ends_;
  batch.seed = request_.seed;
  batch.first = first;
  const std::vector<BatchReply> replies = generator.generate(batch, [&] {
    go(doing, share);
    return true;
  });
  std::vector<Episode> episodes(replies.size());
  for (size_t i = 0; i < replies.size(); ++i) {
    episodes[i].prompt = prompts[i];
    episodes[i].reply = replies[i].ids;
    episodes[i].ended = replies[i].ended;
  }
  return episodes;
}

std::vector<double> Scene::goldOf(const std::vector<Episode>& episodes,
                                  const std::vector<const EncodedPrompt*>& prompts) {
  std::vector<Judge::Reading> readings;
  for (size_t i = 0; i < episodes.size(); ++i)
    readings.push_back({prompts[i]->text.messages, tokenizer_->decode(episodes[i].reply, true)});
  return gold_->scores(readings);
}

// Of each prompt the mean over all choices of n; then the mean over prompts.
void Scene::bestOf(ProxyGold& figures, const std::shared_ptr<Model>& reference) {
  BatchGenerator generator(reference);
  std::vector<std::vector<double>> proxies, golds;
  const std::string doing = "Sampling for best of n";
  const double done = 1.0 / double(prompts_.size());
  for (size_t p = 0; p < prompts_.size(); ++p) {
    const uint64_t first = (uint64_t(1) << 41) + uint64_t(p) * uint64_t(request_.samples);
    std::vector<Episode> episodes =
        write(generator, {size_t(request_.samples), prompts_[p].ids}, first, doing, double(p) * done);
    proxies.push_back(scoresOf(proxy_, episodes));
    if (gold_) golds.push_back(goldOf(episodes, {episodes.size(), &prompts_[p]}));
  }
  for (const int n : ns) {
    if (n > request_.samples) continue;
    ProxyGoldPoint point;
    point.n = n;
    point.kl = bestOfBound(n);
    std::vector<double> proxy, gold;
    for (size_t p = 0; p < proxies.size(); ++p) {
      proxy.push_back(bestOfEstimate(proxies[p], proxies[p], n));
      if (gold_) gold.push_back(bestOfEstimate(proxies[p], golds[p], n));
    }
    point.proxy = meanOf(proxy);
    if (gold_) point.gold = meanOf(gold);
    figures.bestOf.push_back(point);
  }
}

double Scene::klOf(PolicyPasses& policy, PolicyPasses& reference, std::span<Episode> episodes) const {
  double sum = 0;
  for (size_t first = 0; first < episodes.size(); first += atOnce) {
    const std::span<Episode> some = episodes.subspan(first, std::min(size_t(atOnce), episodes.size() - first));
    const Batch batch = batchOf(some, config_.nCtx, 1, atOnce);
    const auto now = policy.forward(batch), then = reference.forward(batch);
    for (size_t i = 0; i < some.size(); ++i) {
      some[i].old = replyPart(batch, now.logProbabilities, int(i), some[i]);
      some[i].reference = replyPart(batch, then.logProbabilities, int(i), some[i]);
      giveRewards(some[i], 0);
      sum += some[i].klSum();
    }
  }
  return sum / double(episodes.size());
}

// What the run did not write down: its checkpoints answer the prompts, and the gold judge reads.
void Scene::checkpoints(ProxyGold& figures, const std::shared_ptr<Model>& reference) {
  std::vector<std::pair<int64_t, fs::path>> found;
  if (fs::exists(request_.run / "checkpoints"))
    for (const auto& entry : fs::directory_iterator(request_.run / "checkpoints"))
      if (const std::string name = entry.path().filename().string();
          name.rfind("step-", 0) == 0 && fs::exists(entry.path() / "config.json"))
        found.emplace_back(std::atoll(name.c_str() + 5), entry.path());
  if (found.empty()) return;
  std::sort(found.begin(), found.end());
  figures.policy.clear();
  PolicyPasses before(reference, nullptr, settings_.ppo.temperature);
  std::vector<std::vector<int32_t>> prompts;
  std::vector<const EncodedPrompt*> asked;
  for (const EncodedPrompt& prompt : prompts_) {
    prompts.push_back(prompt.ids);
    asked.push_back(&prompt);
  }
  for (size_t i = 0; i < found.size(); ++i) {
    const auto model = Model::load(reference->sharedDevice(), found[i].second);
    BatchGenerator generator(model);
    std::vector<Episode> episodes =
        write(generator, prompts, uint64_t(1) << 42, "Judging step " + std::to_string(found[i].first),
              double(i) / double(found.size()));
    ProxyGoldPoint point;
    point.step = found[i].first;
    point.proxy = meanOf(scoresOf(proxy_, episodes));
    point.gold = meanOf(goldOf(episodes, asked));
    PolicyPasses after(model, nullptr, settings_.ppo.temperature);
    point.kl = klOf(after, before, episodes);
    figures.policy.push_back(point);
  }
}

ProxyGold Scene::measure(const std::shared_ptr<vulkan::Device>& device) {
  ProxyGold figures;
  figures.proxyName = proxy_.name();
  figures.goldName = goldPath_.string();
  figures.prompts = int(prompts_.size());
  figures.samples = request_.samples;
  figures.policy = policyHistory(request_.run);
  const auto reference = Model::load(device, folder_);
  proxy_.open(device);
  if (!goldPath_.empty()) gold_.emplace(device, goldPath_);
  bestOf(figures, reference);
  // What the run wrote down is of its own gold judge.
  if (!request_.gold.empty()) checkpoints(figures, reference);
  return figures;
}

} // namespace

std::vector<ProxyGoldPoint> policyHistory(const fs::path& run) {
  const fs::path file = run / "metrics.jsonl";
  std::vector<ProxyGoldPoint> steps, evaluations;
  std::ifstream in(file);
  std::string line;
  for (size_t number = 1; std::getline(in, line); ++number) {
    if (in.eof()) break; // a line that is being written
    const Json row = parseJson(line, file.string(), number);
    const JsonFields fields(row, file.string() + ": line " + std::to_string(number));
    ProxyGoldPoint point;
    point.step = fields.integer("step");
    if (fields.has("score") && fields.has("kl")) {
      point.proxy = fields.number("score");
      point.kl = fields.number("kl");
      steps.push_back(point);
    }
    if (fields.has("held_out_score") && fields.has("held_out_kl")) {
      point.proxy = fields.number("held_out_score");
      point.kl = fields.number("held_out_kl");
      if (fields.has("gold_score")) point.gold = fields.number("gold_score");
      evaluations.push_back(point);
    }
  }
  return evaluations.size() < 3 ? steps : evaluations;
}

ProxyGold measureProxyGold(const std::shared_ptr<vulkan::Device>& device, const ProxyGoldRequest& request,
                           const std::function<bool(const std::string&, double)>& tell) {
  if (request.samples < 1) throw Error("--samples must be at least 1");
  if (request.most < 1) throw Error("--most must be at least 1");
  Scene scene(request, tell);
  const ProxyGold figures = scene.measure(device);
  writeJson(request.run / "proxy_gold.json", toJson(figures));
  return figures;
}

} // namespace attune
