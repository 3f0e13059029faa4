#include "models/compared_results.h"

#include "models/evaluation.h"

#include <QCoreApplication>

namespace attune {
namespace {

QString tr(const char* text) { return QCoreApplication::translate("attune::ComparedResult", text); }

} // namespace

QString ComparedResult::shortWords() const {
  if (against.isEmpty()) return {};
  const QString words = tr("preferred %1 to %2").arg(against.first().words, against.first().name);
  return scripted ? tr("%1, scripted").arg(words) : words;
}

QList<ComparedResult> comparedResults(const QString& id, const QList<ModelTrial>& trials) {
  QList<ComparedResult> all;
  for (const ModelTrial& trial : trials) {
    const int place = int(trial.models.indexOf(id));
    if (place < 0 || trial.judged() == 0) continue;
    ComparedResult made;
    made.judge = trial.judge == ModelTrial::Judge::Person ? tr("you, blind") : trial.judgeName;
    made.scripted = trial.scripted();
    made.rated = trial.judge == ModelTrial::Judge::Person;
    if (const IntervalBar mean = meanBars(trial).value(place); mean.known)
      made.mean = QStringLiteral("%1 ± %2")
                      .arg(mean.value, 0, 'f', 2)
                      .arg((mean.high - mean.low) / 2, 0, 'f', 2)
                      .replace(u'-', QChar(0x2212));
    for (int other = 0; other < trial.models.size(); ++other) {
      if (other == place) continue;
      // Bars stand for all models but the baseline, in their order.
      const IntervalBar bar = winBars(trial, other).value(place < other ? place : place - 1);
      if (bar.known)
        made.against << ComparedResult::Against{trial.names.value(other),
                                                tr("%1 % (%2 to %3)")
                                                    .arg(100 * bar.value, 0, 'f', 0)
                                                    .arg(100 * bar.low, 0, 'f', 0)
                                                    .arg(100 * bar.high, 0, 'f', 0),
                                                bar.of};
    }
    all << made;
  }
  return all;
}

} // namespace attune
