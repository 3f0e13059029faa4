#include "generate/sampler.h"

#include "error.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <string>

namespace attune {
namespace {

constexpr double removed = -std::numeric_limits<double>::infinity();

std::vector<double> softmax(const std::vector<double>& scores) {
  const double highest = *std::max_element(scores.begin(), scores.end());
  std::vector<double> probabilities(scores.size());
  double sum = 0;
  for (size_t i = 0; i < scores.size(); ++i) sum += probabilities[i] = std::exp(scores[i] - highest);
  for (double& p : probabilities) p /= sum;
  return probabilities;
}

void penalizeRepetition(std::vector<double>& scores, std::span<const int32_t> past, double penalty) {
  std::vector<bool> seen(scores.size(), false);
  for (int32_t id : past) {
    if (id < 0 || size_t(id) >= scores.size() || seen[size_t(id)]) continue;
    seen[size_t(id)] = true;
    double& score = scores[size_t(id)];
    score = score < 0 ? score * penalty : score / penalty;
  }
}

void keepTopK(std::vector<double>& scores, int k) {
  if (k <= 0 || size_t(k) >= scores.size()) return;
  std::vector<double> sorted = scores;
  std::nth_element(sorted.begin(), sorted.begin() + (k - 1), sorted.end(), std::greater<>());
  const double least = sorted[size_t(k - 1)];
  for (double& score : scores)
    if (score < least) score = removed;
}

// The smallest set of likeliest tokens whose probabilities reach p.
void keepTopP(std::vector<double>& scores, double p) {
  if (p >= 1) return;
  const std::vector<double> probabilities = softmax(scores);
  std::vector<int> order(scores.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](int a, int b) { return scores[size_t(a)] < scores[size_t(b)]; });
  double sum = 0;
  for (size_t i = 0; i + 1 < order.size(); ++i) { // the last, likeliest one always stays
    sum += probabilities[size_t(order[i])];
    if (sum > 1 - p) break;
    scores[size_t(order[i])] = removed;
  }
}

void keepMinP(std::vector<double>& scores, double p) {
  if (p <= 0) return;
  const std::vector<double> probabilities = softmax(scores);
  const double least = p * *std::max_element(probabilities.begin(), probabilities.end());
  for (size_t i = 0; i < scores.size(); ++i)
    if (probabilities[i] < least) scores[i] = removed;
}

void require(bool holds, const std::string& what, float value, const std::string& expected) {
  if (!holds) throw Error(what + " is " + std::to_string(value) + "; it must be " + expected);
}

} // namespace

void check(const SamplerSettings& s) {
  require(s.temperature > 0 && std::isfinite(s.temperature), "temperature", s.temperature, "above 0 (for the likeliest token choose greedy)");
  require(s.topK >= 0, "top-k", float(s.topK), "0 (all tokens) or more");
  require(s.topP > 0 && s.topP <= 1, "top-p", s.topP, "above 0 and at most 1");
  require(s.minP >= 0 && s.minP <= 1, "min-p", s.minP, "between 0 and 1");
  require(s.repetitionPenalty > 0 && std::isfinite(s.repetitionPenalty), "repetition penalty", s.repetitionPenalty, "above 0 (1 changes nothing)");
}

std::vector<float> nextTokenProbabilities(std::span<const float> logits, std::span<const int32_t> past, const SamplerSettings& settings) {
  std::vector<double> scores(logits.begin(), logits.end());
  for (double score : scores)
    if (std::isnan(score)) throw Error("the model's logits are not numbers (NaN); its weights are damaged or its training diverged");
  if (settings.repetitionPenalty != 1) penalizeRepetition(scores, past, settings.repetitionPenalty);
  std::vector<float> result(scores.size(), 0.0f);
  if (settings.greedy) {
    result[size_t(std::max_element(scores.begin(), scores.end()) - scores.begin())] = 1;
    return result;
  }
  for (double& score : scores) score /= settings.temperature;
  keepTopK(scores, settings.topK);
  keepTopP(scores, settings.topP);
  keepMinP(scores, settings.minP);
  const std::vector<double> probabilities = softmax(scores);
  std::copy(probabilities.begin(), probabilities.end(), result.begin());
  return result;
}

int32_t pick(std::span<const float> probabilities, double uniform) {
  double sum = 0;
  int32_t last = 0;
  for (size_t i = 0; i < probabilities.size(); ++i) {
    if (probabilities[i] <= 0) continue;
    last = int32_t(i);
    sum += probabilities[i];
    if (uniform < sum) return last;
  }
  return last; // the sum may fall short of 1 by rounding
}

TokenView viewToken(std::span<const float> logits, int32_t id) {
  const std::vector<double> probabilities = softmax(std::vector<double>(logits.begin(), logits.end()));
  TokenView view{id, float(probabilities[size_t(id)]), 1, 0, {}};
  for (double p : probabilities) {
    if (p > probabilities[size_t(id)]) ++view.rank;
    if (p > 0) view.entropy -= float(p * std::log(p));
  }
  std::vector<int32_t> order(probabilities.size());
  std::iota(order.begin(), order.end(), 0);
  const size_t count = std::min<size_t>(10, order.size());
  std::partial_sort(order.begin(), order.begin() + long(count), order.end(), [&](int32_t a, int32_t b) {
    return probabilities[size_t(a)] != probabilities[size_t(b)] ? probabilities[size_t(a)] > probabilities[size_t(b)] : a < b;
  });
  for (size_t i = 0; i < count; ++i) view.likeliest.emplace_back(order[i], float(probabilities[size_t(order[i])]));
  return view;
}

} // namespace attune
