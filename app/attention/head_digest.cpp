#include "attention/head_digest.h"

#include <algorithm>
#include <cmath>
#include <unordered_map>

namespace attune {

QString habitWords(HeadHabit habit) {
  switch (habit) {
  case HeadHabit::PreviousToken:
    return QStringLiteral("the previous token");
  case HeadHabit::FirstToken:
    return QStringLiteral("the first token");
  case HeadHabit::Itself:
    return QStringLiteral("itself");
  case HeadHabit::SameToken:
    return QStringLiteral("the same token, earlier");
  case HeadHabit::Induction:
    return QStringLiteral("what followed this token last time");
  case HeadHabit::Punctuation:
    return QStringLiteral("full stops and commas");
  case HeadHabit::Everything:
    return QStringLiteral("everything alike");
  case HeadHabit::Mixed:
    break;
  }
  return QStringLiteral("no single thing");
}

std::uint8_t weightByte(float weight) {
  return std::uint8_t(std::sqrt(std::clamp(weight, 0.0f, 1.0f)) * 254.0f + 0.5f);
}

float byteWeight(std::uint8_t byte) {
  const float root = byte / 254.0f;
  return byte == hiddenByMask ? 0 : root * root;
}

HeadDigester::HeadDigester(const std::vector<int>& ids, const QStringList& tokens, bool causal, int mostCells)
    : places(int(ids.size()))
    , side(std::min(places, mostCells))
    , causal(causal)
    , same(ids.size())
    , followed(ids.size()) {
  std::unordered_map<int, std::vector<int>> seen;
  for (int i = 0; i < places; i++) {
    auto& earlier = seen[ids[i]];
    same[i] = earlier;
    for (int j : earlier)
      if (j + 1 < i) followed[i].push_back(j + 1);
    earlier.push_back(i);
  }
  for (int i = 0; i < std::min(places, int(tokens.size())); i++) {
    const QString word = tokens[i].trimmed();
    if (!word.isEmpty() && std::all_of(word.begin(), word.end(), [](QChar c) { return c.isPunct(); }))
      punctuation.push_back(i);
  }
}

HeadDigest HeadDigester::digest(const std::vector<float>& weights) const {
  HeadDigest result;
  result.side = side;
  result.cells.assign(std::size_t(side) * side, 0);
  if (places == 0) return result;

  std::vector<int> cellOf(places);
  for (int i = 0; i < places; i++) cellOf[i] = int(std::int64_t(i) * side / places);
  std::vector<float> largest(std::size_t(side) * side, 0);
  // Share, chance (what even attention would give) and rows of each habit but the last two.
  struct Tally {
    double share = 0, chance = 0;
    int rows = 0;
    void add(double s, double c) { share += s, chance += c, rows++; }
  } tally[6];
  double entropy = 0, evenness = 0;
  for (int i = 0; i < places; i++) {
    const float* row = &weights[std::size_t(i) * places];
    float* cells = &largest[std::size_t(cellOf[i]) * side];
    const int reach = causal ? i + 1 : places;
    double rowEntropy = 0;
    for (int j = 0; j < reach; j++) {
      float& cell = cells[cellOf[j]];
      cell = std::max(cell, row[j]);
      if (row[j] > 1e-9f) rowEntropy -= double(row[j]) * std::log(row[j]);
    }
    if (i == 0) continue;
    const double even = 1.0 / reach;
    entropy += rowEntropy;
    evenness += rowEntropy / std::log(double(reach));
    tally[0].add(row[i - 1], even);
    tally[1].add(row[0], even);
    tally[2].add(row[i], even);
    const auto addPlaces = [&](Tally& into, const std::vector<int>& which) {
      double sum = 0;
      int count = 0;
      for (int j : which)
        if (j < reach) sum += row[j], count++;
      if (count > 0) into.add(sum, count * even);
    };
    addPlaces(tally[3], same[i]);
    addPlaces(tally[4], followed[i]);
    addPlaces(tally[5], punctuation);
  }
  for (int r = 0; r < side; r++)
    for (int c = 0; c < side; c++)
      result.cells[std::size_t(r) * side + c] =
          causal && c > r ? hiddenByMask : weightByte(largest[std::size_t(r) * side + c]);
  const int rows = places - 1;
  if (rows < 1) return result;
  result.entropy = float(entropy / rows);
  evenness /= rows;

  double best = 0;
  for (int habit = 0; habit < 6; habit++) {
    const Tally& t = tally[habit];
    if (t.rows < 1 || t.rows * 20 < rows) continue;
    const double share = t.share / t.rows, chance = t.chance / t.rows;
    if (share < 0.3 || share < 1.5 * chance || share - chance <= best) continue;
    best = share - chance;
    result.habit = HeadHabit(habit);
    result.share = float(share);
  }
  if (best > 0) return result;
  if (evenness >= 0.85) {
    result.habit = HeadHabit::Everything;
    return result;
  }
  for (const Tally& t : tally)
    if (t.rows > 0) result.share = std::max(result.share, float(t.share / t.rows));
  return result;
}

} // namespace attune
