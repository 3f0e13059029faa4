#include "chat/candidate_judge.h"

#include "engine/engine.h"
#include "in_pool.h"
#include "sentence.h"

namespace attune {

CandidateJudge::CandidateJudge(Engine& engine, QObject* parent)
    : QObject(parent)
    , engine(engine) {}

void CandidateJudge::ask(const BestOfChoice& choice, std::vector<Judge::Reading> readings) {
  const quint64 asked = ++number;
  const size_t wanted = readings.size();
  auto shared = std::make_shared<std::vector<Judge::Reading>>(std::move(readings));
  auto scores = std::make_shared<std::vector<double>>();
  if (choice.rule()) {
    inPool(
        this,
        [shared, scores, file = choice.ruleFile().toStdString()]() -> QString {
          try {
            *scores = Judge(Rule::load(file)).scores(*shared);
            return {};
          } catch (const std::exception& error) {
            return QString::fromStdString(sentenceOf(error));
          }
        },
        [this, asked, wanted, scores](const QString& error) { take(asked, wanted, *scores, error); });
    return;
  }
  job = engine.withModel(
      choice.judge,
      [shared, scores](LoadedModel& model, const Interrupt& interrupt) {
        *scores =
            Judge(model.path, model.model, model.text->tokenizer).scores(*shared, [&] { return !interrupt.wanted(); });
      },
      this, [this, asked, wanted, scores](const QString& error) { take(asked, wanted, *scores, error); });
}

void CandidateJudge::take(quint64 asked, size_t wanted, const std::vector<double>& scores, const QString& error) {
  if (asked != number) return;
  job = 0;
  if (!error.isEmpty())
    Q_EMIT failed(error);
  else if (scores.size() < wanted)
    Q_EMIT failed(tr("They were stopped before they had scores."));
  else
    Q_EMIT scored(QList<double>(scores.begin(), scores.end()));
}

void CandidateJudge::stop() {
  if (job) engine.stop(job);
}

} // namespace attune
