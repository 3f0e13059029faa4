// PPO where the answer is known: replies of one token under a rule, where the best policy is π ∝ π_ref exp(r / β).
// ATTUNE_SEEDS: how many seeds (3).
#include "catch.h"
#include "formats/json.h"
#include "formats/model_folder.h"
#include "run_graph.h"
#include "train/inspect.h"
#include "train/rule.h"
#include "train/run.h"
#include "training_world.h"

#include <cmath>
#include <cstdlib>
#include <iostream>

using namespace attune;
using namespace attune::test;

namespace {

// Next-token probabilities after a prompt.
std::vector<double> probabilities(const std::filesystem::path& folder, const std::vector<int32_t>& prompt) {
  const auto model = Model::load(device(), folder);
  const std::vector<float> logits = inspect(model, prompt, false).at("logits").data;
  const size_t vocabulary = size_t(model->config().vocabSize);
  std::vector<double> p(logits.end() - long(vocabulary), logits.end());
  double all = 0;
  for (double& x : p) all += x = std::exp(x);
  for (double& x : p) x /= all;
  return p;
}

} // namespace

TEST_CASE("PPO on one-token replies finds the optimum that is known exactly") {
  const TrainingWorld world;
  const std::filesystem::path policy = world.root / "policy", rule = world.root / "rule.json",
                              prompts = world.root / "prompts.txt";
  initializeModel(withSettings(defaultConfig(Architecture::Gpt2), {"n_layer=1", "n_head=2", "n_embd=16", "n_inner=32",
                                                                   "n_ctx=8", "initializer_range=0.3"}),
                  world.tokenizer, policy, 1);
  writeFileAtomically(
      rule, R"({"rules": [{"words": ["a", "e", "i", "o", "u"], "score": 1}, {"pattern": "[0-9]", "score": -1}]})");
  writeFileAtomically(prompts, "x\n");
  const auto tokenizer = Tokenizer::load(policy);
  const std::vector<int32_t> prompt = tokenizer->encode("x", SpecialTokens::AsText);
  const double beta = 0.5;
  const std::vector<double> reference = probabilities(policy, prompt);
  std::vector<double> optimum = reference;
  const auto judge = Rule::load(rule);
  double all = 0;
  for (size_t id = 0; id < optimum.size(); ++id) {
    const int32_t one = int32_t(id);
    all += optimum[id] *= std::exp(judge->score(tokenizer->decode(std::span(&one, 1), true)) / beta);
  }
  for (double& p : optimum) p /= all;
  const auto distanceTo = [&](const std::vector<double>& found) {
    double distance = 0;
    for (size_t id = 0; id < found.size(); ++id) distance += std::abs(found[id] - optimum[id]) / 2;
    return distance;
  };
  CHECK(distanceTo(reference) > 0.1); // there is something to learn

  const char* set = std::getenv("ATTUNE_SEEDS");
  for (int seed = 0; seed < (set ? std::atoi(set) : 3); ++seed) {
    RunSettings settings;
    settings.kind = RunKind::Ppo;
    settings.model = policy;
    settings.data = {prompts};
    settings.steps = 60;
    settings.batch = 512;
    settings.rate = 1e-2;
    settings.leastRate = 1e-4;
    settings.warmup = 2;
    settings.optimizer.epsilon = 1e-5;
    settings.optimizer.weightDecay = 0;
    settings.checkpointEvery = settings.evaluateEvery = 0;
    settings.seed = uint64_t(seed);
    settings.ppo.reward = rule;
    settings.ppo.klCoef = beta;
    settings.ppo.maxTokens = 1;
    settings.ppo.epochs = 2;
    const std::filesystem::path run = world.root / ("run-" + std::to_string(seed));
    REQUIRE(Run::create(settings, run)->train() == RunEnd::Done);
    const double distance = distanceTo(probabilities(newestCheckpoint(run), prompt));
    std::cout << "one-token optimum, seed " << seed << ": total variation " << distance << "\n";
    CHECK(distance <= 0.03);
  }
}
