// Answers that were made elsewhere (in Chat, or by models that are compared) come to be ranked.
#include "error.h"
#include "label/label_session.h"
#include "store/store.h"
#include <QRandomGenerator>
#include <QSet>
#include <algorithm>

namespace attune {
namespace {

// Each text once; of too many, evenly from the first to the last.
QList<Answer> toRank(const QList<Answer>& given) {
  QList<Answer> different;
  QSet<QString> seen;
  for (const Answer& answer : given)
    if (const QString text = answer.text.simplified(); !seen.contains(text)) {
      seen << text;
      different << answer;
    }
  if (different.size() <= answers::most) return different;
  QList<Answer> some;
  for (int i = 0; i < answers::most; ++i) some << different[i * (different.size() - 1) / (answers::most - 1)];
  return some;
}

QStringList textsOf(const QList<Answer>& answers) {
  QStringList texts;
  for (const Answer& answer : answers) texts << answer.text;
  texts.sort();
  return texts;
}

} // namespace

void LabelSession::openAnswers(const QString& set, Prompt prompt, const QList<Answer>& given) {
  QList<Answer> fresh = toRank(given);
  if (fresh.size() < 2) throw Error("These answers all say the same, so there is nothing to rank.");
  const int least = std::min(int(fresh.size()), answers::fewest);
  prompt.set = store.promptSet(set);
  RecordFilter filter;
  filter.set = prompt.set;
  RecordId id = 0;
  for (const Prompt& one : store.prompts(filter))
    if (one.text == prompt.text && one.history == prompt.history) id = one.id;
  if (!id) id = store.addPrompts({prompt}).first();
  openPrompt(id);
  begin.stop();
  if (textsOf(now.answers) != textsOf(fresh)) { // else what was begun with them goes on
    std::shuffle(fresh.begin(), fresh.end(), *QRandomGenerator::global());
    step(tr("rank these answers"), [&](LabelTask& task) {
      task.answers.clear();
      task.ranking = Ranking();
      task.least = least;
      task.chosen = -1;
      task.addAnswers(fresh);
      return true;
    });
  }
  Q_EMIT listChanged();
}

} // namespace attune
