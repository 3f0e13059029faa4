#include "train/reward_report.h"

#include "interval.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

namespace attune {
namespace {

constexpr size_t mostWorst = 20;

struct Pair {
  size_t ranking = 0, better = 0, worse = 0;
  double difference = 0; // of the scores; above 0: right
  double right = 0;      // 1, 0, or ½
};

double rightness(double difference) { return difference > 0 ? 1 : difference < 0 ? 0 : 0.5; }

std::vector<Pair> pairsOf(const std::vector<EncodedRanking>& rankings, const std::vector<std::vector<float>>& scores) {
  std::vector<Pair> pairs;
  for (size_t r = 0; r < rankings.size(); ++r) {
    const std::vector<int>& ranks = rankings[r].ranks;
    for (size_t i = 0; i < ranks.size(); ++i)
      for (size_t j = 0; j < ranks.size(); ++j) {
        if (ranks[i] >= ranks[j]) continue;
        const double difference = double(scores[r][i]) - scores[r][j];
        pairs.push_back({r, i, j, difference, rightness(difference)});
      }
  }
  return pairs;
}

// A share with its 95 % interval. `clusters`: sums of rights and counts of what hangs together.
Json interval(const std::vector<std::pair<double, double>>& clusters) {
  double right = 0, count = 0;
  for (const auto& [r, n] : clusters) right += r, count += n;
  const double p = right / count;
  double spread = 0;
  for (const auto& [r, n] : clusters) spread += (r - p * n) * (r - p * n);
  const double variance = spread / (count * count);
  const double size = variance > 0 ? std::min(count, p * (1 - p) / variance) : count;
  const ShareInterval share = wilsonInterval(p, size);
  return {{"value", share.value}, {"low", share.low}, {"high", share.high}};
}

// `rights`: of each pair.
Json accuracy(const std::vector<Pair>& pairs, const std::vector<double>& rights, size_t rankings) {
  std::vector<std::pair<double, double>> clusters(rankings);
  for (size_t i = 0; i < pairs.size(); ++i) {
    clusters[pairs[i].ranking].first += rights[i];
    clusters[pairs[i].ranking].second += 1;
  }
  return interval(clusters);
}

double correlation(const std::vector<double>& x, const std::vector<double>& y) {
  const double n = double(x.size());
  double mx = 0, my = 0, xy = 0, xx = 0, yy = 0;
  for (size_t i = 0; i < x.size(); ++i) mx += x[i] / n, my += y[i] / n;
  for (size_t i = 0; i < x.size(); ++i) {
    xy += (x[i] - mx) * (y[i] - my);
    xx += (x[i] - mx) * (x[i] - mx);
    yy += (y[i] - my) * (y[i] - my);
  }
  return xx > 0 && yy > 0 ? xy / std::sqrt(xx * yy) : 0;
}

Json calibration(const std::vector<Pair>& pairs) {
  constexpr int bins = 5;
  double confidence[bins] = {}, right[bins] = {};
  int count[bins] = {};
  for (const Pair& pair : pairs) {
    const double sure = 1 / (1 + std::exp(-std::abs(pair.difference)));
    const int bin = std::min(bins - 1, int((sure - 0.5) * 2 * bins));
    confidence[bin] += sure;
    right[bin] += pair.right;
    ++count[bin];
  }
  Json all = Json::array();
  for (int bin = 0; bin < bins; ++bin) {
    Json one{{"from", 0.5 + 0.5 * bin / bins}, {"to", 0.5 + 0.5 * (bin + 1) / bins}, {"pairs", count[bin]}};
    one["confidence"] = count[bin] ? Json(confidence[bin] / count[bin]) : Json();
    one["accuracy"] = count[bin] ? Json(right[bin] / count[bin]) : Json();
    all.push_back(std::move(one));
  }
  return all;
}

Json byMargin(std::vector<Pair> pairs) {
  std::stable_sort(pairs.begin(), pairs.end(),
                   [](const Pair& a, const Pair& b) { return std::abs(a.difference) < std::abs(b.difference); });
  Json all = Json::array();
  for (size_t quarter = 0; quarter < 4; ++quarter) {
    const size_t begin = pairs.size() * quarter / 4, end = pairs.size() * (quarter + 1) / 4;
    if (begin == end) continue;
    double right = 0;
    for (size_t i = begin; i < end; ++i) right += pairs[i].right;
    all.push_back({{"from", std::abs(pairs[begin].difference)},
                   {"to", std::abs(pairs[end - 1].difference)},
                   {"pairs", end - begin},
                   {"accuracy", right / double(end - begin)}});
  }
  return all;
}

Json duplicates(const std::vector<EncodedRanking>& heldOut, const std::vector<EncodedRanking>& training) {
  std::set<std::string> prompts, answers;
  for (const EncodedRanking& ranking : training) {
    prompts.insert(jsonLine(toJson(ranking.text.prompt)));
    answers.insert(ranking.text.completions.begin(), ranking.text.completions.end());
  }
  int samePrompts = 0, sameAnswers = 0;
  for (const EncodedRanking& ranking : heldOut) {
    samePrompts += prompts.contains(jsonLine(toJson(ranking.text.prompt)));
    for (const std::string& answer : ranking.text.completions) sameAnswers += answers.contains(answer);
  }
  return {{"prompts", samePrompts}, {"answers", sameAnswers}};
}

Json worst(std::vector<Pair> pairs, const std::vector<EncodedRanking>& rankings,
           const std::vector<std::vector<float>>& scores) {
  std::stable_sort(pairs.begin(), pairs.end(),
                   [](const Pair& a, const Pair& b) { return a.difference < b.difference; });
  Json all = Json::array();
  for (const Pair& pair : pairs) {
    if (all.size() == mostWorst || pair.difference >= 0) break;
    const RankingExample& text = rankings[pair.ranking].text;
    all.push_back({{"prompt", toJson(text.prompt)},
                   {"better", text.completions[pair.better]},
                   {"worse", text.completions[pair.worse]},
                   {"score_better", scores[pair.ranking][pair.better]},
                   {"score_worse", scores[pair.ranking][pair.worse]}});
  }
  return all;
}

} // namespace

Json rewardReport(const std::vector<EncodedRanking>& heldOut, const std::vector<std::vector<float>>& scores,
                  const std::vector<EncodedRanking>& training) {
  const std::vector<Pair> pairs = pairsOf(heldOut, scores);
  std::vector<double> rights, longer, shorter;
  for (const Pair& pair : pairs) {
    const auto& answers = heldOut[pair.ranking].text.completions;
    rights.push_back(pair.right);
    longer.push_back(rightness(double(answers[pair.better].size()) - double(answers[pair.worse].size())));
    shorter.push_back(1 - longer.back());
  }
  std::vector<double> allScores, lengths;
  for (size_t r = 0; r < heldOut.size(); ++r)
    for (size_t i = 0; i < scores[r].size(); ++i) {
      allScores.push_back(scores[r][i]);
      lengths.push_back(double(heldOut[r].text.completions[i].size()));
    }
  Json report{{"rankings", heldOut.size()},
              {"pairs", pairs.size()},
              {"accuracy", accuracy(pairs, rights, heldOut.size())},
              {"longer_wins", accuracy(pairs, longer, heldOut.size())},
              {"shorter_wins", accuracy(pairs, shorter, heldOut.size())},
              {"length_correlation", correlation(allScores, lengths)},
              {"calibration", calibration(pairs)},
              {"by_margin", byMargin(pairs)},
              {"duplicates", duplicates(heldOut, training)},
              {"worst", worst(pairs, heldOut, scores)}};
  const auto value = [&](const char* name) { return report[name]["value"].get<double>(); };
  const double own = value("accuracy"), rule = std::max(value("longer_wins"), value("shorter_wins"));
  const bool sure = report["accuracy"]["low"].get<double>() > rule;
  report["better_than_length"] = own > rule;
  report["verdict"] = own <= rule ? "a failure: the length of the answers alone tells as much or more"
                      : sure      ? "better than the length of the answers"
                                  : "better than the length of the answers, but its interval holds that too; more "
                                    "held-out pairs would tell";
  return report;
}

} // namespace attune
