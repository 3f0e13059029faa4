// The operations of preference and policy losses beside double-precision loops, and their gradients beside finite
// differences of those.
#include "catch.h"
#include "ops/clipped_loss.h"
#include "ops/linear.h"
#include "ops/log_probability.h"
#include "ops/ranking_loss.h"
#include "ops/scale.h"
#include "ops/sequence_sum.h"
#include "ops/weighted_sum.h"
#include "run_graph.h"

#include <algorithm>
#include <cmath>

using namespace attune;
using namespace attune::test;

namespace {

using Doubles = std::map<std::string, std::vector<double>>;

// Positive, with zeros between: what does not count.
std::vector<float> weightsWithGaps(int count, uint64_t seed) {
  std::vector<float> weights = randomValues(size_t(count), seed);
  for (size_t i = 0; i < weights.size(); ++i) weights[i] = i % 3 == 1 ? 0.0f : std::abs(weights[i]);
  return weights;
}

} // namespace

TEST_CASE("scaling") {
  const int count = GENERATE(1, 7, 33, 130);
  const Values values{{"x", randomValues(size_t(count), 1)}, {"w", randomValues(size_t(count), 2)}};
  const double error = gradientError(
      [&](Graph& g) { return weightedSum(g, scale(g, g.external("x", {count}), 1.75f), g.external("w", {count})); },
      values, {"x"},
      [](const Doubles& v) {
        double sum = 0;
        for (size_t i = 0; i < v.at("x").size(); ++i) sum += 1.75 * v.at("x")[i] * v.at("w")[i];
        return sum;
      });
  CHECK(error < 1e-5);
}

TEST_CASE("a head of one output") {
  const int rows = GENERATE(1, 7, 33, 130), columns = GENERATE(7, 32, 33);
  INFO(rows << " x " << columns);
  const Values values{{"x", randomValues(size_t(rows * columns), 1)},
                      {"w", randomValues(size_t(columns), 2)},
                      {"s", randomValues(size_t(rows), 3)}};
  const double error = gradientError(
      [&](Graph& g) {
        const Tensor y =
            linear(g, g.external("x", {rows, columns}), g.external("w", {1, columns}), WeightLayout::OutIn);
        return weightedSum(g, y, g.external("s", {rows, 1}));
      },
      values, {"x", "w"},
      [&](const Doubles& v) {
        double sum = 0;
        for (int r = 0; r < rows; ++r)
          for (int c = 0; c < columns; ++c)
            sum += v.at("s")[size_t(r)] * v.at("x")[size_t(r * columns + c)] * v.at("w")[size_t(c)];
        return sum;
      });
  CHECK(error < 1e-5);
}

TEST_CASE("masked sums of sequences") {
  const int rows = GENERATE(1, 4, 70), length = GENERATE(1, 7, 33, 130);
  INFO(rows << " x " << length);
  const Values values{{"x", randomValues(size_t(rows * length), 1)},
                      {"m", weightsWithGaps(rows * length, 2)},
                      {"o", randomValues(size_t(rows), 3)},
                      {"w", randomValues(size_t(rows), 4)}};
  const double error = gradientError(
      [&](Graph& g) {
        const Tensor y = sequenceSum(g, g.external("x", {rows * length}), g.external("m", {rows, length}),
                                     g.external("o", {rows}), 0.3f);
        return weightedSum(g, y, g.external("w", {rows}));
      },
      values, {"x"},
      [&](const Doubles& v) {
        double all = 0;
        for (int r = 0; r < rows; ++r) {
          double sum = -v.at("o")[size_t(r)];
          for (int t = 0; t < length; ++t) sum += v.at("m")[size_t(r * length + t)] * v.at("x")[size_t(r * length + t)];
          all += 0.3 * sum * v.at("w")[size_t(r)];
        }
        return all;
      });
  CHECK(error < 1e-5);
}

TEST_CASE("the ranking loss, with scores in several pairs and in none") {
  const int scores = GENERATE(2, 9, 70), count = GENERATE(1, 7, 33);
  const RankingTerm term = GENERATE(RankingTerm::Sigmoid, RankingTerm::Hinge);
  INFO(scores << " scores, " << count << " pairs, " << (term == RankingTerm::Hinge ? "hinge" : "sigmoid"));
  std::vector<int32_t> pairs;
  for (int p = 0; p < count; ++p) {
    const int better = (p * 5) % scores;
    pairs.insert(pairs.end(), {better, (better + 1 + p % (scores - 1)) % scores});
  }
  const Values values{{"s", randomValues(size_t(scores), 1, 3)}, {"p", ints(pairs)}, {"w", weightsWithGaps(count, 2)}};
  const double error = gradientError(
      [&](Graph& g) {
        return rankingLoss(g, g.external("s", {scores}), g.external("p", {count, 2}), g.external("w", {count}), term);
      },
      values, {"s"},
      [&](const Doubles& v) {
        double sum = 0;
        for (size_t p = 0; p < size_t(count); ++p) {
          const double d = v.at("s")[size_t(pairs[2 * p])] - v.at("s")[size_t(pairs[2 * p + 1])];
          sum += v.at("w")[p] * (term == RankingTerm::Hinge ? std::max(0.0, 1 - d) : std::log1p(std::exp(-d)));
        }
        return sum;
      });
  CHECK(error < 2e-5);
}

TEST_CASE("the ranking loss of far scores is finite") {
  const auto loss = runGraph(
      [](Graph& g) {
        const Tensor s = g.external("s", {2});
        return std::vector<Tensor>{
            rankingLoss(g, s, g.external("p", {1, 2}), g.external("w", {1}), RankingTerm::Sigmoid)};
      },
      {{"s", {-500, 500}}, {"p", ints({0, 1})}, {"w", {1}}});
  CHECK(loss[0][0] == 1000);
}

TEST_CASE("the clipped policy loss") {
  const int count = GENERATE(1, 7, 33, 300);
  const Values values{{"n", randomValues(size_t(count), 5, 0.3)},
                      {"o", randomValues(size_t(count), 6, 0.3)},
                      {"a", randomValues(size_t(count), 3)},
                      {"w", weightsWithGaps(count, 4)}};
  const double error = gradientError(
      [&](Graph& g) {
        return clippedPolicyLoss(g, g.external("n", {count}), g.external("o", {count}), g.external("a", {count}),
                                 g.external("w", {count}), 0.2f);
      },
      values, {"n"},
      [&](const Doubles& v) {
        double sum = 0;
        for (size_t i = 0; i < size_t(count); ++i) {
          const double ratio = std::exp(v.at("n")[i] - v.at("o")[i]), a = v.at("a")[i];
          sum += v.at("w")[i] * std::max(-a * ratio, -a * std::clamp(ratio, 0.8, 1.2));
        }
        return sum;
      });
  CHECK(error < 2e-5);
}

TEST_CASE("the clipped value loss") {
  const int count = GENERATE(1, 7, 33, 300);
  const Values values{{"v", randomValues(size_t(count), 1)},
                      {"o", randomValues(size_t(count), 2)},
                      {"r", randomValues(size_t(count), 3)},
                      {"w", weightsWithGaps(count, 4)}};
  const double error = gradientError(
      [&](Graph& g) {
        return clippedValueLoss(g, g.external("v", {count}), g.external("o", {count}), g.external("r", {count}),
                                g.external("w", {count}), 0.4f);
      },
      values, {"v"},
      [&](const Doubles& v) {
        double sum = 0;
        for (size_t i = 0; i < size_t(count); ++i) {
          const double now = v.at("v")[i], old = v.at("o")[i], r = v.at("r")[i];
          const double near = old + std::clamp(now - old, -0.4, 0.4);
          sum += v.at("w")[i] * 0.5 * std::max(std::pow(now - r, 2), std::pow(near - r, 2));
        }
        return sum;
      });
  CHECK(error < 2e-5);
}

TEST_CASE("entropies beside the log-probabilities") {
  const int rows = GENERATE(1, 7, 33), columns = 7, vocabulary = GENERATE(3, 33, 130);
  const Values values{{"x", randomValues(size_t(rows * columns), 1)},
                      {"w", randomValues(size_t(vocabulary * columns), 2)},
                      {"t", ints(std::vector<int32_t>(size_t(rows), 2))}};
  const auto got = runGraph(
      [&](Graph& g) {
        const WithEntropy both = logProbabilityAndEntropy(
            g, g.external("x", {rows, columns}), g.external("w", {vocabulary, columns}), g.external("t", {rows}));
        return std::vector<Tensor>{both.logProbability, both.entropy};
      },
      values);
  std::vector<double> logs, entropies;
  for (int r = 0; r < rows; ++r) {
    std::vector<double> logits;
    double all = 0, entropy = 0;
    for (int j = 0; j < vocabulary; ++j) {
      double logit = 0;
      for (int c = 0; c < columns; ++c)
        logit += double(values.at("x")[size_t(r * columns + c)]) * values.at("w")[size_t(j * columns + c)];
      logits.push_back(logit);
      all += std::exp(logit);
    }
    for (double logit : logits) entropy -= std::exp(logit) / all * (logit - std::log(all));
    logs.push_back(logits[2] - std::log(all));
    entropies.push_back(entropy);
  }
  CHECK(relativeError(got[0], logs) < 1e-5);
  CHECK(relativeError(got[1], entropies) < 1e-5);
}
