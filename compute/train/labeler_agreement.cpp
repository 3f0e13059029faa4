#include "train/labeler_agreement.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

namespace attune {
namespace {

// What one ranking says of two answers: above 0: the first is better.
struct Opinion {
  std::string labeler;
  int sign = 0;
};

int sign(int difference) { return (difference > 0) - (difference < 0); }

struct Sums {
  std::map<std::string, ClusterSum> prompts;
  void add(const std::string& prompt, double agreed) {
    prompts[prompt].right += agreed;
    prompts[prompt].count += 1;
  }
};

AgreementCell cellOf(const std::string& first, const std::string& second, const Sums& sums) {
  AgreementCell cell{first, second, 0, 0, {}};
  std::vector<ClusterSum> clusters;
  for (const auto& [prompt, sum] : sums.prompts) {
    clusters.push_back(sum);
    cell.agreed += sum.right;
    cell.pairs += int(sum.count);
  }
  cell.share = clusteredShare(clusters);
  return cell;
}

} // namespace

ShareInterval clusteredShare(std::span<const ClusterSum> clusters) {
  double right = 0, count = 0;
  for (const ClusterSum& one : clusters) right += one.right, count += one.count;
  if (count == 0) return wilsonInterval(0, 0);
  const double p = right / count;
  double spread = 0;
  for (const ClusterSum& one : clusters) spread += (one.right - p * one.count) * (one.right - p * one.count);
  const double variance = spread / (count * count);
  const double size = variance > 0 ? std::min(count, p * (1 - p) / variance) : count;
  return wilsonInterval(p, size);
}

Agreement labelerAgreement(std::span<const RankingExample* const> rankings) {
  // By prompt and the two answers: what each said of them.
  std::map<std::string, std::map<std::pair<std::string, std::string>, std::vector<Opinion>>> opinions;
  std::set<std::string> labelers;
  for (const RankingExample* ranking : rankings) {
    if (ranking->labeler.empty()) continue;
    labelers.insert(ranking->labeler);
    auto& ofPrompt = opinions[jsonLine(toJson(ranking->prompt))];
    for (size_t i = 0; i < ranking->completions.size(); ++i)
      for (size_t j = i + 1; j < ranking->completions.size(); ++j) {
        const std::string &a = ranking->completions[i], &b = ranking->completions[j];
        const int better = sign(ranking->ranks[j] - ranking->ranks[i]);
        if (a != b) ofPrompt[std::minmax(a, b)].push_back({ranking->labeler, a < b ? better : -better});
      }
  }
  std::map<std::pair<std::string, std::string>, Sums> cells;
  Sums between, within;
  for (const auto& [prompt, pairs] : opinions)
    for (const auto& [answers, said] : pairs)
      for (size_t i = 0; i < said.size(); ++i)
        for (size_t j = i + 1; j < said.size(); ++j) {
          if (said[i].sign == 0 && said[j].sign == 0) continue;
          const double agreed = said[i].sign == 0 || said[j].sign == 0 ? 0.5 : said[i].sign == said[j].sign;
          cells[std::minmax(said[i].labeler, said[j].labeler)].add(prompt, agreed);
          (said[i].labeler == said[j].labeler ? within : between).add(prompt, agreed);
        }
  Agreement all;
  for (const auto& [who, sums] : cells) all.cells.push_back(cellOf(who.first, who.second, sums));
  all.labelers.assign(labelers.begin(), labelers.end());
  all.between = cellOf("", "", between);
  all.within = cellOf("", "", within);
  return all;
}

} // namespace attune
