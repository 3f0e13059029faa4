// What comparisons said of one model: how often it was preferred to each of the others, its mean score, and who judged.
#pragma once

#include <QList>
#include <QString>

namespace attune {

struct ModelTrial;

struct ComparedResult {
  struct Against {
    QString name;   // of the other model
    QString words;  // '67 % (58 to 76)'
    QString counts; // '18 won, 9 lost, 3 tied'
  };
  QString judge;
  bool scripted = false;  // a rule judged, no person
  QString mean;           // '0.43 ± 0.10', of scores or of ratings
  bool rated = false;     // they are a person's ratings, 1 to 7
  QList<Against> against; // those with which anything was decided

  // 'preferred 67 % (58 to 76) to starter', of the first of them; empty: nothing was decided.
  QString shortWords() const;
};

// Of the comparisons in which the model of this id took part, in their order.
QList<ComparedResult> comparedResults(const QString& id, const QList<ModelTrial>& trials);

} // namespace attune
