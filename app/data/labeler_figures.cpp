#include "data/labeler_figures.h"

#include <QHash>
#include <QSet>
#include <algorithm>
#include <map>

namespace attune {
namespace {

RankingExample exampleOf(const Comparison& c) {
  RankingExample made;
  for (const StoredMessage& message : c.history)
    made.prompt.push_back({message.role.toStdString(), message.content.toStdString()});
  made.prompt.push_back({"user", c.prompt.toStdString()});
  for (const Answer& answer : c.answers) {
    if (answer.rank <= 0) continue;
    made.completions.push_back(answer.text.toStdString());
    made.ranks.push_back(answer.rank);
  }
  made.labeler = c.labeler.toStdString();
  made.scripted = c.scripted;
  return made;
}

void fillHabits(LabelerFigures& figures, const QList<Comparison>& all) {
  std::vector<ClusterSum> longer;
  int tied = 0, pairs = 0;
  QList<qint64> times;
  for (const Comparison& c : all) {
    if (c.labeler != figures.own || c.scripted) continue;
    ++figures.ownRankings;
    if (c.tookMs > 0) times << c.tookMs;
    ClusterSum sum;
    for (qsizetype i = 0; i < c.answers.size(); ++i)
      for (qsizetype j = i + 1; j < c.answers.size(); ++j) {
        const Answer &a = c.answers[i], &b = c.answers[j];
        if (a.rank <= 0 || b.rank <= 0) continue;
        ++pairs;
        tied += a.rank == b.rank;
        if (a.rank == b.rank || a.text.size() == b.text.size()) continue;
        sum.count += 1;
        sum.right += (a.rank < b.rank) == (a.text.size() > b.text.size());
      }
    if (sum.count > 0) longer.push_back(sum);
  }
  for (const ClusterSum& sum : longer) figures.pairs += int(sum.count);
  figures.longer = clusteredShare(longer);
  figures.tied = pairs ? double(tied) / pairs : 0;
  if (!times.isEmpty()) {
    std::nth_element(times.begin(), times.begin() + times.size() / 2, times.end());
    figures.middleSeconds = double(times[times.size() / 2]) / 1000;
  }
  if (const AgreementCell* cell = figures.cell(figures.own, figures.own)) {
    figures.again = cell->share;
    figures.againPairs = cell->pairs;
  }
}

// Of the number of answers that most rankings have.
void fillPlaces(LabelerFigures& figures, const QList<Comparison>& all) {
  QHash<int, QList<int>> best; // by the number of answers: the places ranked best
  for (const Comparison& c : all) {
    if (c.scripted) continue;
    int first = -1, many = 0;
    for (int i = 0; i < c.answers.size(); ++i)
      if (c.answers[i].rank == 1) first = i, ++many;
    if (many == 1) best[int(c.answers.size())] << first;
  }
  for (auto it = best.cbegin(); it != best.cend(); ++it)
    if (it->size() > figures.placed) {
      figures.answers = it.key();
      figures.placed = int(it->size());
    }
  for (int place = 0; place < figures.answers; ++place)
    figures.best << wilsonInterval(double(best[figures.answers].count(place)) / figures.placed, figures.placed);
}

} // namespace

const AgreementCell* LabelerFigures::cell(const QString& first, const QString& second) const {
  const std::string a = first.toStdString(), b = second.toStdString();
  for (const AgreementCell& one : agreement.cells)
    if ((one.first == a && one.second == b) || (one.first == b && one.second == a)) return &one;
  return nullptr;
}

LabelerFigures labelerFigures(const QList<Comparison>& comparisons, const QString& own) {
  LabelerFigures figures;
  figures.rankings = int(comparisons.size());
  std::vector<RankingExample> examples;
  QHash<QString, int> counts;
  QSet<QString> rules;
  for (const Comparison& c : comparisons) {
    examples.push_back(exampleOf(c));
    figures.byRules += c.scripted;
    if (c.labeler.isEmpty()) continue;
    ++counts[c.labeler];
    if (c.scripted) rules << c.labeler;
  }
  std::vector<const RankingExample*> pointers;
  for (const RankingExample& one : examples) pointers.push_back(&one);
  figures.agreement = labelerAgreement(pointers);
  figures.labelers = counts.keys();
  std::sort(figures.labelers.begin(), figures.labelers.end(),
            [&](const QString& a, const QString& b) { return counts[a] != counts[b] ? counts[a] > counts[b] : a < b; });
  for (const QString& name : figures.labelers)
    if (rules.contains(name)) figures.scripted << name;
  figures.own = counts.contains(own) ? own : QString();
  for (const QString& name : figures.labelers)
    if (figures.own.isEmpty() && !rules.contains(name)) figures.own = name;
  fillHabits(figures, comparisons);
  fillPlaces(figures, comparisons);
  return figures;
}

} // namespace attune
