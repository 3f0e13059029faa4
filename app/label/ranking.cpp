#include "label/ranking.h"

#include <map>
#include <utility>

namespace attune {

Ranking Ranking::fromRanks(const QList<int>& ranks) {
  Ranking ranking(int(ranks.size()));
  std::map<int, QList<int>> byRank;
  for (int i = 0; i < ranks.size(); ++i)
    if (ranks[i] > 0) byRank[ranks[i]] << i;
  for (const auto& [rank, answers] : byRank) ranking.tiers << answers;
  return ranking;
}

QList<int> Ranking::unranked() const {
  QList<int> rest;
  for (int i = 0; i < count; ++i)
    if (groupOf(i) < 0) rest << i;
  return rest;
}

QList<int> Ranking::order() const {
  QList<int> all;
  for (const QList<int>& tier : tiers) all += tier;
  return all + unranked();
}

int Ranking::groupOf(int answer) const {
  for (int i = 0; i < tiers.size(); ++i)
    if (tiers[i].contains(answer)) return i;
  return -1;
}

bool Ranking::tied(int answer) const {
  const int group = groupOf(answer);
  return group >= 0 && tiers[group].size() > 1;
}

void Ranking::take(int answer) {
  const int group = groupOf(answer);
  if (group < 0) return;
  tiers[group].removeOne(answer);
  if (tiers[group].isEmpty()) tiers.removeAt(group);
}

bool Ranking::step(int answer, int direction) {
  if (answer < 0 || answer >= count) return false;
  const int group = groupOf(answer);
  if (group < 0) {
    tiers << QList<int>{answer};
    return true;
  }
  if (tiers[group].size() > 1) {
    tiers[group].removeOne(answer);
    tiers.insert(direction < 0 ? group : group + 1, QList<int>{answer});
    return true;
  }
  const int other = group + direction;
  if (other < 0 || other >= tiers.size()) return false;
  std::swap(tiers[group], tiers[other]);
  return true;
}

bool Ranking::tie(int answer) {
  if (answer < 0 || answer >= count) return false;
  if (tied(answer)) return step(answer, 1);
  const int group = groupOf(answer);
  const int above = group < 0 ? int(tiers.size()) - 1 : group - 1;
  return above >= 0 && join(answer, above);
}

bool Ranking::insertBefore(int answer, int group) {
  if (answer < 0 || answer >= count || group < 0 || group > tiers.size()) return false;
  const Ranking before = *this;
  const int own = groupOf(answer);
  if (own >= 0 && own < group && tiers[own].size() == 1) --group;
  take(answer);
  tiers.insert(group, QList<int>{answer});
  return *this != before;
}

bool Ranking::join(int answer, int group) {
  if (answer < 0 || answer >= count || group < 0 || group >= tiers.size() || tiers[group].contains(answer))
    return false;
  const int companion = tiers[group].first();
  take(answer);
  tiers[groupOf(companion)] << answer;
  return true;
}

bool Ranking::unrank(int answer) {
  if (groupOf(answer) < 0) return false;
  take(answer);
  return true;
}

int Ranking::tiedPairs() const {
  int pairs = 0;
  for (const QList<int>& tier : tiers) pairs += int(tier.size() * (tier.size() - 1) / 2);
  return pairs;
}

int Ranking::pairs() const {
  const int ranked = count - int(unranked().size());
  return ranked * (ranked - 1) / 2 - tiedPairs();
}

} // namespace attune
