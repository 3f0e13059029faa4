// The losses of preference training beside what PyTorch and transformers compute from the same models, and published
// vectors.
#include "agreement.h"
#include "catch.h"
#include "golden.h"
#include "run_graph.h"
#include "train/objectives.h"
#include "train/rollout.h"

#include <cmath>

using namespace attune;
using namespace attune::test;

namespace {

void checkAll(const ObjectiveTensors& got, const std::filesystem::path& folder,
              const std::vector<std::string>& gradients) {
  const SafetensorsFile expected(folder / "expected.safetensors");
  for (const auto& tensor : expected.tensors())
    if (!tensor.name.starts_with("grad.")) checkAgreement(got, expected, tensor.name, 1e-4);
  for (const std::string& kind : gradients) checkAgreement(got, expected, kind, 1e-4);
  CHECK(got.size() == expected.tensors().size());
}

} // namespace

TEST_CASE("rewards, both ranking losses and their gradients agree with transformers'") {
  const std::string name = GENERATE(as<std::string>(), "reward-gpt2", "reward-llama");
  const auto folder = golden(name);
  if (folder.empty()) return;
  INFO(name);
  checkAll(rewardObjective(device(), folder), folder, {"grad.sigmoid.", "grad.hinge."});
}

TEST_CASE("DPO's sums, margins, loss and gradients agree") {
  const auto folder = golden("dpo-fixed");
  if (folder.empty()) return;
  checkAll(dpoObjective(device(), folder), folder, {"grad."});
}

TEST_CASE("one PPO update agrees: log-probabilities, KL, rewards, advantages, losses, gradients") {
  const auto folder = golden("ppo-fixed");
  if (folder.empty()) return;
  checkAll(ppoObjective(device(), folder), folder, {"grad.policy.", "grad.value."});
}

TEST_CASE("whitening gives the published numbers") {
  std::vector<double> values{1.2, 1.3, 1.4, 1.5, 1.6, 1.7, 1.8, 1.9, 2.0};
  const std::vector<double> published{0.0508, 0.4381, 0.8254, 1.2127, 1.6000, 1.9873, 2.3746, 2.7619, 3.1492};
  whiten(values, false);
  for (size_t i = 0; i < values.size(); ++i) CHECK(std::abs(values[i] - published[i]) < 5e-5);
}

TEST_CASE("replies to one prompt are scored against each other") {
  std::vector<Episode> episodes(6);
  const double scores[]{1, 4, 4, 7, 7, 7};
  for (size_t i = 0; i < 6; ++i) episodes[i].score = scores[i];
  scoreAgainstOthers(episodes, 3);
  const double expected[]{-3, 1.5, 1.5, 0, 0, 0};
  for (size_t i = 0; i < 6; ++i) CHECK(episodes[i].score == expected[i]);
}

TEST_CASE("advantages and rewards of a reply by hand") {
  Episode episode;
  episode.prompt = {1};
  episode.reply = {2, 3};
  episode.old = {-1, -2};
  episode.reference = {-1.5, -1};
  episode.values = {0.5, 0.25};
  episode.score = 2;
  giveRewards(episode, 0.1);
  CHECK(episode.klSum() == Approx(-0.5));
  CHECK(episode.rewards[0] == Approx(-0.05));
  CHECK(episode.rewards[1] == Approx(2.1));
  estimateAdvantages(episode, 0.9, 0.8);
  CHECK(episode.advantages[1] == Approx(1.85));
  CHECK(episode.advantages[0] == Approx(-0.05 + 0.9 * 0.25 - 0.5 + 0.72 * 1.85));
  CHECK(episode.returns[1] == Approx(2.1));
}
