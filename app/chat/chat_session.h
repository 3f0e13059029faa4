// The conversation that is open: its turns, its settings, the reply that streams. It knows the store and the engine,
// and no widgets. Everything it is told is stored before it returns; a streaming reply is drafted twice a second.
#pragma once

#include "chat/candidate_judge.h"
#include "chat/chat_turn.h"
#include "engine/engine.h"
#include <QElapsedTimer>
#include <QObject>
#include <QTimer>
#include <functional>

namespace attune {

class Store;
class Workbench;

// How a first reply is sampled: a little less evenly than the model was trained, without its unlikely tail.
StoredSampler chatDefaults();

constexpr int mostCandidates = 64; // of best of n

class ChatSession : public QObject {
  Q_OBJECT
public:
  // Asking: nothing of the reply is there yet. A reply is under way in the last
  // three; Scoring: all candidates are written, the judge reads them.
  enum class State { Idle, Asking, Streaming, Scoring };

  ChatSession(Workbench& bench, Engine& engine, QObject* parent = nullptr);
  ~ChatSession() override;

  const Conversation& conversation() const { return open_; } // id 0: a new one, not stored yet
  const QList<ChatTurn>& turns() const { return turns_; }
  State state() const { return state_; }
  bool busy() const { return state_ != State::Idle; }
  int lastReply() const;                                                       // its place in turns(); −1: none
  int tokensInUse() const { return prompt_ + (turns_.isEmpty() ? 0 : fresh); } // while a reply is under way
  int dropped() const { return dropped_; } // how many of turns() the model no longer sees

  void open(RecordId conversation);
  void startNew();
  void setModel(const QString& id);
  void setSystemPrompt(const QString& text);
  StoredSampler sampler() const { return sampler_; }
  void setSampler(const StoredSampler& sampler);
  const BestOfChoice& bestOf() const { return bestOf_; } // greedy replies are all the same, and come alone
  void setBestOf(const BestOfChoice& choice);

  void send(const QString& text);                     // a new message, then its reply
  void edit(int turn, const QString& text);           // another version of a message, then its reply
  void again(int turn);                               // another version of a reply
  void continueFrom(int turn, int token, int32_t id); // a version that says `id` at this token, and goes on
  void showVersion(int turn, int step);               // −1, +1
  void stop();

  // What the model is given up to (and without) this turn.
  std::vector<Message> messagesBefore(int turn) const;
  void setDropped(int count);

Q_SIGNALS:
  void opened();              // another conversation, or other turns of it
  void turnChanged(int turn); // more of the reply, or its end
  void stateChanged();
  void settingsChanged(); // model, system prompt, sampler
  void droppedChanged();
  void failed(const QString& sentence);   // no reply; what was said is safe
  void unscored(const QString& sentence); // the candidates are there, their scores are not

private:
  void load();
  void place(ChatTurn& turn);
  void reply(RecordId parent, std::vector<int32_t> prefix, std::vector<TokenTrace> kept, uint64_t seed);
  void take(const QList<ReplyPiece>& pieces);
  // --- best of n (chat_candidates.cpp)
  QJsonObject settingsJson() const;
  void readSettings(const QJsonObject& settings);
  void askJudge(const ReplyEnd& end);
  void takeScores(const QList<double>& scores, const QString& why);
  // ---
  void finish(const QString& how);
  void keepSettings();
  void recoverDrafts();
  bool guarded(const std::function<void()>& call); // false: the store refused, and failed() was sent
  QString replyKey(RecordId turn) const { return QStringLiteral("chat/reply/%1").arg(turn); }
  void sayWork();

  Workbench& bench;
  Engine& engine;
  Store& store;
  Conversation open_;
  QList<ChatTurn> turns_;
  StoredSampler sampler_;
  BestOfChoice bestOf_, asked_; // asked_: of the reply under way
  CandidateJudge* judge;
  std::vector<std::vector<TokenTrace>> traces; // of each candidate under way
  ReplyEnd written;                            // while they are scored
  State state_ = State::Idle;
  JobId job = 0;
  int dropped_ = 0;
  int prompt_ = 0; // tokens that the reply under way was given
  QTimer draftTimer, settingsTimer;
  QElapsedTimer since; // the first token of this reply
  int fresh = 0;       // tokens that came since
};

} // namespace attune
