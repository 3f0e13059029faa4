// Writes drafts to the store from a thread of its own, so that typing never waits for the disk.
//
// What is given last under a key wins; everything pending goes in one transaction a quarter of a second after the first
// of it came. A failed write is tried again every second until it works or the program ends.
#pragma once

#include <QByteArray>
#include <QMap>
#include <QString>
#include <QThread>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>

namespace attune {

class Database;

class DraftWriter {
public:
  // `tellPending` hears, from any thread, whether something waits to be written.
  DraftWriter(Database& database, std::function<void(bool pending)> tellPending);
  ~DraftWriter(); // writes what is pending, once

  void keep(const QString& key, std::optional<QByteArray> body); // no body: the draft goes
  // What waits to be written under the key: outer empty: nothing waits; inner empty: it is to go.
  std::optional<std::optional<QByteArray>> pending(const QString& key);
  QMap<QString, bool> pendingKeys(const QString& prefix); // key, is to stay
  void flush();                                           // until everything is written, or a write has failed

private:
  void work();
  bool write(const QMap<QString, std::optional<QByteArray>>& drafts);

  Database& database;
  std::function<void(bool)> tell;
  std::mutex mutex;
  std::condition_variable woken, rested;
  QMap<QString, std::optional<QByteArray>> waiting;
  bool writing = false, hurry = false, ending = false, failed = false;
  std::unique_ptr<QThread> thread;
};

} // namespace attune
