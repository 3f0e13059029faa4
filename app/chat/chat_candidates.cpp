// Best of n in the conversation: n replies to the same words, their scores, and the one that is shown.
#include "chat/chat_session.h"
#include "error.h"
#include "store/store.h"
#include "workbench.h"
#include <algorithm>
#include <numeric>

namespace attune {

void ChatSession::setBestOf(const BestOfChoice& choice) {
  if (choice == bestOf_) return;
  bestOf_ = choice;
  settingsTimer.start();
  Q_EMIT settingsChanged();
}

QJsonObject ChatSession::settingsJson() const {
  QJsonObject settings = sampler_.toJson();
  settings.insert(QStringLiteral("best_of"), bestOf_.n);
  settings.insert(QStringLiteral("judge"), bestOf_.judge);
  return settings;
}

void ChatSession::readSettings(const QJsonObject& settings) {
  sampler_ = StoredSampler::fromJson(settings);
  bestOf_.n = std::clamp(settings.value(QStringLiteral("best_of")).toInt(1), 1, mostCandidates);
  bestOf_.judge = settings.value(QStringLiteral("judge")).toString();
}

// The replies are there: the judge has the word. What it reads is what the model saw.
void ChatSession::askJudge(const ReplyEnd& end) {
  written = end;
  const int at = int(turns_.size()) - 1;
  std::vector<Message> prompt;
  if (dropped_ < at) {
    const std::vector<Message> all = messagesBefore(at);
    const size_t system = !all.empty() && all.front().role == "system" ? 1 : 0;
    prompt = all;
    const size_t gone = std::min(size_t(dropped_), all.size() - system - 1);
    prompt.erase(prompt.begin() + long(system), prompt.begin() + long(system + gone));
  }
  std::vector<Judge::Reading> readings;
  for (const ReplyEnd::One& one : end.replies) readings.push_back({prompt, one.text.toStdString()});
  state_ = State::Scoring;
  turns_.last().note = tr("Scoring %1 candidates").arg(end.replies.size());
  sayWork();
  Q_EMIT turnChanged(at);
  judge->ask(asked_, std::move(readings));
}

// Without scores (`why` says why) the first one stands.
void ChatSession::takeScores(const QList<double>& scores, const QString& why) {
  if (state_ != State::Scoring) return;
  std::vector<size_t> order(written.replies.size());
  std::iota(order.begin(), order.end(), size_t(0));
  if (why.isEmpty())
    std::stable_sort(order.begin(), order.end(),
                     [&](size_t a, size_t b) { return scores[qsizetype(a)] > scores[qsizetype(b)]; });
  ChatTurn& turn = turns_.last();
  CandidateSet set;
  set.judge = asked_.rule() ? asked_.ruleFile() : asked_.judge;
  set.rule = asked_.rule();
  set.unscored = why;
  for (const size_t i : order) {
    const ReplyEnd::One& one = written.replies[i];
    set.list << Candidate{one.text, QString::fromLatin1(finishName(one.finish)),
                          why.isEmpty() ? scores[qsizetype(i)] : 0, int(one.ids.size())};
  }
  const size_t best = order.front();
  turn.record.text = written.replies[best].text;
  turn.record.tokens = traces[best];
  turn.record.candidates = set;
  finish(QString::fromLatin1(finishName(written.replies[best].finish)));
  written = {};
  if (!why.isEmpty()) Q_EMIT unscored(why);
}

} // namespace attune
