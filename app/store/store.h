// The store: conversations, prompts, demonstrations, comparisons and drafts in one SQLite file.
//
// What a call here acknowledged by returning is on the disk; in a thread that does not wait (answerSoon: the window's)
// it outlives the program, and `saveState` tells when the disk has it. Calls may come from any thread: each has a
// connection of its own. Deleting is soft, so that it can be undone; what was deleted over 30
// days ago goes when the store is opened. A call that fails throws Error, changes nothing, and the state signal says
// why.
#pragma once

#include "store/records.h"
#include "store/save_state.h"
#include <QHash>
#include <QObject>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>

namespace attune {

class Database;
class DraftWriter;

class Store : public QObject {
  Q_OBJECT
public:
  enum class Access { Write, Read }; // Read takes no lock, and every writing call throws

  // Opens or makes the file. Throws Error: not a store, from a newer Attune, no permission, or another process writes
  // to it (named by its id).
  explicit Store(const QString& file, Access access = Access::Write, QObject* parent = nullptr);
  ~Store() override;
  QString file() const;
  Database& database() { return *db; }
  // Calls of this thread do not wait for the disk while what is returned lives.
  [[nodiscard]] std::shared_ptr<void> answerSoon();

  // Conversations, newest first. `search` looks at titles and at every turn.
  QList<Conversation> conversations(const QString& search = {});
  std::optional<Conversation> conversation(RecordId id);
  RecordId addConversation(const Conversation& conversation);
  void updateConversation(const Conversation& conversation); // title, model, system prompt, settings
  void renameConversation(RecordId id, const QString& title);
  // A model has another id now: conversations, replies and ranked answers follow.
  void renameModel(const QString& from, const QString& to);

  // Adds a turn and makes it the shown one among its siblings. Touches the conversation's time.
  RecordId addTurn(const Turn& turn);
  void updateTurn(const Turn& turn); // text, tokens, finish, sampler, model, candidates
  std::optional<Turn> turn(RecordId id);
  QList<Turn> shownTurns(RecordId conversation); // from the first on, following what is shown
  // The same without the texts: where each stands among its versions, from 0.
  struct ShownTurn {
    RecordId id = 0;
    int version = 0, versions = 1;
  };
  QList<ShownTurn> shownPath(RecordId conversation);
  QList<Turn> allTurns(RecordId conversation);
  QList<RecordId> versions(RecordId turn); // itself and its siblings, oldest first
  void showVersion(RecordId turn);

  // Prompts
  QList<PromptSet> promptSets();
  RecordId promptSet(const QString& name); // made if need be
  QList<Prompt> prompts(const RecordFilter& filter = {});
  std::optional<Prompt> prompt(RecordId id);
  QList<RecordId> addPrompts(const QList<Prompt>& prompts); // all or none
  void updatePrompt(const Prompt& prompt);
  // The prompts of a set (0: all) that nobody ranked yet, in the order they were added, from the one behind `after` on.
  QList<Prompt> promptsToRank(RecordId set, int limit, RecordId after = 0);
  // The texts of a set's prompts (0: all) in the same order, the first 200 letters of each: what a list shows.
  QList<std::pair<RecordId, QString>> promptTexts(RecordId set);

  // Demonstrations
  QList<Demonstration> demonstrations(const RecordFilter& filter = {});
  std::optional<Demonstration> demonstration(RecordId id);
  QList<RecordId> addDemonstrations(const QList<Demonstration>& demonstrations);
  void updateDemonstration(const Demonstration& demonstration);

  // Comparisons
  QList<Comparison> comparisons(const RecordFilter& filter = {});
  std::optional<Comparison> comparison(RecordId id);
  QList<RecordId> addComparisons(const QList<Comparison>& comparisons);
  void updateComparison(const Comparison& comparison);
  QHash<RecordId, RankedPrompt> rankedPrompts(); // by prompt: the newest comparison of each

  // As many as there are without keeping other writers waiting: a few a transaction, and all of them show at once when
  // the last one is there. Where it throws, or is killed, none of them ever shows.
  void addInBulk(const QList<Prompt>& prompts, const QList<Demonstration>& demonstrations,
                 const QList<Comparison>& comparisons);

  int count(RecordKind kind, const RecordFilter& filter = {});
  QList<ValueCount> countBy(RecordKind kind, CountBy column);
  // How many have each split and source together.
  struct SplitSourceCount {
    QString split, source;
    int count = 0;
  };
  QList<SplitSourceCount> countBySplitAndSource(RecordKind kind);
  // Records outside of train whose prompt, with its history, stands in train too: by their split.
  QHash<QString, QList<RecordId>> alsoInTrain(RecordKind kind);
  qint64 roughSize(); // prompts, demonstrations and comparisons there ever were, known at once: is counting quick?

  // Deletes (or brings back) records; a conversation takes its turns with it, a set its prompts.
  void setDeleted(RecordKind kind, const QList<RecordId>& ids, bool deleted);
  void setSplit(RecordKind kind, const QList<RecordId>& ids, const QString& split);
  int purge(qint64 deletedBefore); // for good; returns how many

  // Several calls as one: all of them, or none when something throws.
  void atomically(const std::function<void()>& calls);

  // Drafts: anything half-made, by a key of the caller's own ("chat/12/typed", "label/ranking"). `keepDraft` returns at
  // once, and what it was given last is on the disk within a second, written by a thread of its own.
  void keepDraft(const QString& key, const QByteArray& body);
  void dropDraft(const QString& key); // the same; use it when what was drafted has been stored
  QByteArray draft(const QString& key);
  QStringList draftKeys(const QString& prefix = {});
  void flushDrafts(); // returns when all drafts are on the disk

  SaveState saveState() const;

Q_SIGNALS:
  void saveStateChanged(attune::SaveState state, const QString& why);
  void changed(attune::RecordKind kind); // something of this kind was added, edited, deleted or brought back

private:
  void setDisk(SaveState state, const QString& why); // of what was committed
  void setPending(bool pending);                     // drafts
  void tellState();

  mutable std::mutex stateMutex; // the writer of drafts tells too
  QString trouble;
  bool draftsPending = false, commitsPending = false;
  std::unique_ptr<Database> db;
  std::unique_ptr<DraftWriter> drafts;
};

} // namespace attune
