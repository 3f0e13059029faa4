// Scores the replies that a best-of-n reply is chosen from: by a reward model on the engine's worker, by a rule's file
// in the thread pool.
#pragma once

#include "engine/reply.h"
#include "train/judge.h"
#include <QObject>

namespace attune {

class Engine;

// How many replies are written for one that is shown, and who chooses it.
struct BestOfChoice {
  int n = 1;
  QString judge; // an id of Engine::models(), or "rule:" and a file
  bool operator==(const BestOfChoice&) const = default;
  bool wanted() const { return n > 1 && !judge.isEmpty(); }
  bool rule() const { return judge.startsWith(QLatin1String("rule:")); }
  QString ruleFile() const { return judge.mid(5); }
};

class CandidateJudge : public QObject {
  Q_OBJECT
public:
  explicit CandidateJudge(Engine& engine, QObject* parent = nullptr);

  // Answered by exactly one of scored and failed; a call while one is under way forgets that one.
  void ask(const BestOfChoice& choice, std::vector<Judge::Reading> readings);
  void stop(); // then failed comes

Q_SIGNALS:
  void scored(const QList<double>& scores); // of each reading
  void failed(const QString& sentence);

private:
  void take(quint64 asked, size_t wanted, const std::vector<double>& scores, const QString& error);

  Engine& engine;
  quint64 number = 0;
  JobId job = 0;
};

} // namespace attune
