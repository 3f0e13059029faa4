// Answers that are to be compared must differ: a ranking of equal texts says nothing. What comes out equal is drawn
// again, try by try with a seed of its own and a step hotter, by the same rule wherever answers are sampled.
#pragma once

#include "store/records.h"

namespace attune {

class DifferentAnswers {
public:
  static constexpr int tries = 8;         // after the first draw
  static constexpr double hottest = 1.3;  // of the last try, unless more was asked for: above, sentences break
  static constexpr double ofGreedy = 0.7; // from where a greedy draw, which never differs, is made hotter

  // What a try samples with (0: the first draw, as asked). The same settings and seed give the same tries.
  static StoredSampler settings(const StoredSampler& asked, int attempt);

  // `count` answers, which also differ from the texts in `unlike`.
  explicit DifferentAnswers(int count = 0, const QStringList& unlike = {});

  // False: it says what another one says (but for space around it), or there are enough.
  bool add(const Answer& answer);
  int missing() const { return count - int(found.size()); }
  const QList<Answer>& answers() const { return found; }

private:
  int count;
  QStringList texts; // trimmed
  QList<Answer> found;
};

} // namespace attune
