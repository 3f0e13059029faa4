// What the rankings in the store tell of those who made them: how far they agree, one labeler's habits, and whether the
// place in which an answer was shown matters. In a large store that takes a while; any thread.
#pragma once

#include "store/records.h"
#include "train/labeler_agreement.h"

#include <QStringList>

namespace attune {

struct LabelerFigures {
  QStringList labelers; // named in rankings; those with the most of them first
  QStringList scripted; // rules among them
  Agreement agreement;  // compute's; names as UTF-8
  int rankings = 0;     // that were looked at
  int byRules = 0;      // of them
  bool all = true;      // false: only the newest ones

  // Of one labeler, `own`.
  QString own;
  int ownRankings = 0;
  ShareInterval again; // the same again on repeats; of `againPairs`
  int againPairs = 0;
  double tied = 0;          // share of the pairs
  ShareInterval longer;     // the longer of two answers ranked higher; of `pairs`
  int pairs = 0;            // that are no tie
  double middleSeconds = 0; // for a prompt; 0: not measured

  // How often the answer in each place was ranked best (alone), in rankings of `answers` answers.
  int answers = 0, placed = 0;
  QList<ShareInterval> best;

  const AgreementCell* cell(const QString& first, const QString& second) const; // null: they never met
};

// The newest come first in `comparisons`; `own`: whose habits are told (empty: the one with the most rankings that is
// no rule).
LabelerFigures labelerFigures(const QList<Comparison>& comparisons, const QString& own);

} // namespace attune
