// One prompt with its answers while a person ranks them: what the board shows, what undo keeps, what a draft saves.
#pragma once

#include "label/ranking.h"
#include "store/records.h"
#include <QByteArray>
#include <optional>

namespace attune {

// K, how many answers are sampled for a prompt.
namespace answers {
inline constexpr int fewest = 4, most = 9;
// Why this many will not do, as a sentence; empty: it will.
QString refusal(int count);
} // namespace answers

struct LabelTask {
  Prompt prompt;           // id 0: no longer in the store (an imported comparison has none)
  RecordId comparison = 0; // a saved one that is open again; 0: a new one
  bool scripted = false;   // no person made the saved order that is open
  QList<Answer> answers;   // in the order shown; ranks stand in `ranking`
  Ranking ranking;
  int chosen = -1;
  QString note;
  qint64 tookMs = 0;
  int least = answers::fewest; // answers that it takes to be saved; fewer where they were given as they are

  bool open() const { return prompt.id != 0 || comparison != 0; }
  bool saved() const { return comparison != 0; }
  // The same piece of work, whatever its state.
  bool same(const LabelTask& other) const { return prompt.id == other.prompt.id && comparison == other.comparison; }
  bool sameWork(const LabelTask& other) const { // answers with ratings and flags, order, note
    return answers == other.answers && ranking == other.ranking && note == other.note;
  }
  QString draftKey() const; // "label/task/12", "label/comparison/7"

  void addAnswers(const QList<Answer>& more); // at the end, without ranks
  bool toggleFlag(int answer, const QString& flag);
  bool rate(int answer, int rating); // the rating it has: takes it away

  // Why it cannot be saved now, as a few words; empty: it can.
  QString unready() const;
  Comparison toComparison(const QString& labeler) const;
  static LabelTask fromComparison(const Comparison& comparison);

  QByteArray toDraft() const;
  // What a draft holds of answers, order and note, put on `task` (whose prompt comes from the store). False: it is not
  // one, or of no use.
  static bool readDraft(const QByteArray& draft, LabelTask& task);
};

} // namespace attune
