// Sees that what was written to a store's write-ahead log reaches the disk.
//
// A commit only writes to the log: from then on it is seen by all, and outlives this program. That it outlives a loss
// of power too is a matter of one sync, which covers every commit before it. Who may wait (`wait`) does it, or waits
// for the one who is at it; for who must not (the window) a thread does it soon (`soon`) and tells. Nobody holds the
// store's turn to write meanwhile, so that a commit never waits for the disk of another one.
//
// The thread also moves a long log into the file, when nothing was written for a second.
#pragma once

#include "store/save_state.h"
#include <QString>
#include <QThread>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>

namespace attune {

class LogSync {
public:
  struct Work {
    std::function<void()> moveLog; // into the file, without waiting for readers
    std::function<bool()> moveAll; // the same with everything, synced; false: it could not be done
    std::function<void(SaveState, const QString& why)> tell; // from any thread, with no lock held
  };
  LogSync(const QString& store, Work work);
  ~LogSync(); // what was asked for is synced
  LogSync(const LogSync&) = delete;

  // What this thread has committed so far is on the disk when it returns. Throws Error: the disk refused.
  void wait();
  // It is there soon (one thread calls this); `tell` says Saving, then Saved or Failed. A failed sync is tried again
  // every second.
  void soon();

private:
  bool round(std::unique_lock<std::mutex>& hold); // one sync for all who asked; its failure in `reason`
  QString sync();                                 // empty: it is on the disk
  void run();
  void tellSaved(bool afterSaving); // unless it is otherwise by now
  qint64 length() const;            // of the log

  const QString store;
  const Work work;
  std::mutex mutex, telling; // the second one first
  std::condition_variable woken, done;
  uint64_t asked = 0, synced = 0; // counts of commits
  uint64_t wanted = 0;            // by `soon`
  bool busy = false, ending = false;
  bool distrusted = false; // a sync failed: what the log holds may be lost whatever later syncs say
  bool saving = false;     // was told
  QString reason;
  uint64_t knownFile = 0;
  std::unique_ptr<QThread> thread;
};

} // namespace attune
