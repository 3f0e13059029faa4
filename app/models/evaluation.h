// Two or more models on the same prompts and what a judge said of their replies: win rates beside one of them, ratings,
// mean scores, each with its interval. The judge is a reward model, a rule, or a person (by rankings made blind in
// Label).
#pragma once

#include "store/records.h"
#include "train/compare.h"
#include "widgets/interval_bars.h"

namespace attune {

struct ModelTrial {
  enum class Judge { RewardModel, Rule, Person };
  struct Reply {
    QString text;
    double score = 0;
    int rank = 0, rating = 0; // by a person; 0: none
  };
  struct Row {
    QString prompt;
    QList<StoredMessage> history;
    QList<Reply> replies; // of each model
    bool judged = true;
  };
  QString name;
  QStringList models; // ids
  QStringList names;  // as they are shown
  Judge judge = Judge::RewardModel;
  QString judgeName;
  qint64 made = 0; // milliseconds since 1970
  QList<Row> rows;

  bool scripted() const { return judge == Judge::Rule; }
  int judged() const; // rows
  QJsonObject toJson() const;
  static ModelTrial fromJson(const QJsonObject& object); // what is missing is empty
};

ModelTrial evaluationOf(const ModelComparison& compared, const QStringList& ids, const QStringList& names,
                        ModelTrial::Judge judge, const QString& judgeName);

// How often each of the others was preferred to `baseline`; ties are left out, their number stands in `of`.
QList<IntervalBar> winBars(const ModelTrial& evaluation, int baseline);
// The mean score of each model; of a person's ratings, 1 to 7, of those that were rated.
QList<IntervalBar> meanBars(const ModelTrial& evaluation);

// --- kept as files, one each: FOLDER/NAME.json

// The newest first; files that are no evaluation are left out.
QList<ModelTrial> evaluationsIn(const QString& folder);
void keepEvaluation(const QString& folder, ModelTrial& evaluation);    // gives it a name of its own; throws Error
QString freeName(const QString& folder, const ModelTrial& evaluation); // for one that has none yet
// Gone, and what brings it back.
void removeEvaluation(const QString& folder, const QString& name);

// --- by a person

class Store;
// The prompts with the models' replies wait in Label, shuffled and without names, in a set of the evaluation's name.
// Returns the set.
RecordId giveToLabel(Store& store, const ModelTrial& evaluation);
// What was ranked and rated since; a reply that is no longer there stays without a rank.
void readFromLabel(Store& store, ModelTrial& evaluation);

} // namespace attune
