// An order of answers with ties, half-made or whole: groups from best to worst, and those that have no place yet.
//
// Answers are numbers, their places as shown. Every change says whether it changed anything; a ranking is a value, so
// undo keeps the one before.
#pragma once

#include <QList>

namespace attune {

class Ranking {
public:
  Ranking() = default;
  explicit Ranking(int answers)
      : count(answers) {}
  // From ranks (1 is best, equal ones are tied, 0: none), as a comparison keeps them.
  static Ranking fromRanks(const QList<int>& ranks);

  int size() const { return count; }
  const QList<QList<int>>& groups() const { return tiers; }
  QList<int> unranked() const;   // in the order shown
  QList<int> order() const;      // ranked from best to worst, then the others
  int groupOf(int answer) const; // −1: not ranked
  int rankOf(int answer) const { return groupOf(answer) + 1; }
  bool tied(int answer) const;

  // One place up or down: an answer without a rank gets the last one, a tied one leaves its tie, any other passes the
  // group beside it.
  bool raise(int answer) { return step(answer, -1); }
  bool lower(int answer) { return step(answer, 1); }
  bool tie(int answer);                     // with the group above; a tied one leaves the tie again
  bool insertBefore(int answer, int group); // a rank of its own; groups().size(): the last one
  bool join(int answer, int group);         // tied with these
  bool unrank(int answer);

  int pairs() const;     // two answers of different ranks each
  int tiedPairs() const; // two of the same rank each
  bool operator==(const Ranking&) const = default;

private:
  bool step(int answer, int direction);
  void take(int answer); // out of its group

  int count = 0;
  QList<QList<int>> tiers;
};

} // namespace attune
