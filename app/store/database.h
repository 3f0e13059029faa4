// One SQLite file through Qt SQL: a connection a thread, write-ahead log, foreign keys, migrations.
//
// A commit writes to the log and is seen by all; then it is waited for until the disk has it (log_sync.h), or, in the
// window's thread, told when the disk has it.
//
// A statement is prepared once a connection and kept. Rows must go away before the next transaction begins: an open
// SELECT holds a snapshot, and a write from an old snapshot is refused.
#pragma once

#include "store/save_state.h"
#include <QSqlError>
#include <QSqlQuery>
#include <QString>
#include <QThreadStorage>
#include <QVariant>
#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>

namespace attune {

class FileLock;
class LogSync;

// The result of one statement; finishes it when it goes.
class Rows {
public:
  Rows(QSqlQuery& query, const class Database* owner)
      : query(query)
      , owner(owner) {}
  Rows(const Rows&) = delete;
  Rows& operator=(const Rows&) = delete;
  ~Rows() { query.finish(); }
  bool next(); // throws Error when reading fails
  QVariant operator[](int column) const { return query.value(column); }
  int64_t integer(int column) const { return query.value(column).toLongLong(); }
  QString text(int column) const { return query.value(column).toString(); }

private:
  QSqlQuery& query; // the connection keeps it
  const Database* owner;
};

// A mutex that serves in the order of asking.
class FairLock {
public:
  void lock();
  void unlock();

private:
  std::mutex mutex;
  std::condition_variable called;
  uint64_t next = 0, serving = 0;
};

class Database {
public:
  // Saved after a commit that the disk has, Saving while the disk has one that is not waited for, Failed with the
  // reason when one could not be written. From any thread.
  using TellSaved = std::function<void(SaveState state, const QString& why)>;

  Database(const QString& file, bool writes, TellSaved tellSaved = {});
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  const QString& file() const { return path; }
  bool writes() const { return writable; }

  // Runs one statement with its `?` bound in order.
  Rows run(const QString& sql, const QVariantList& values = {});
  // INSERT: the id of the new row. UPDATE, DELETE: how many rows it touched.
  int64_t insert(const QString& sql, const QVariantList& values = {});
  int change(const QString& sql, const QVariantList& values = {});

  // All of it when this returns, or nothing and an exception. Nested calls join the outer one.
  void transaction(const std::function<void()>& work);

  // What becomes of a commit of this thread.
  enum class Sync {
    Wait,  // `transaction` returns when it is on the disk; so it is where nothing else is said
    Soon,  // it outlives this program when `transaction` returns, and is on the disk soon; TellSaved says when
    Leave, // it gets there with the next commit that is waited for: for rows that nobody sees before that one
  };
  class Syncing { // while it lives, in the thread that makes it
  public:
    Syncing(Database& database, Sync sync);
    ~Syncing();
    Syncing(const Syncing&) = delete;

  private:
    Sync& place;
    Sync before;
  };

  bool hasFullText() const { return fullText; } // the table `texts` is an FTS5 index, else a plain table

  static constexpr int schemaVersion = 3;

private:
  friend class Rows;
  struct Connection;
  Connection& connection();
  void commit(Connection& connection, const std::function<void()>& work);
  QSqlQuery& execute(const QString& sql, const QVariantList& values);
  [[noreturn]] void fail(const QSqlError& error, const QString& doing) const;
  int knownVersion(); // throws Error where this Attune cannot read it
  void migrate();
  void moveLog();
  bool moveAll();

  QString path;
  bool writable;
  std::atomic<bool> fullText = false;
  FairLock writeTurn; // SQLite has one writer at a time; ours take turns, so that none starves
  TellSaved tell;
  std::unique_ptr<FileLock> lock;
  int serial; // tells this database's connections from those of one that was here before
  struct Connections : QThreadStorage<Connection*> {
    ~Connections(); // closes that of the thread it runs in; a thread that ends closes its own
  } connections;
  std::unique_ptr<LogSync> log; // has a thread with a connection of its own: it goes first
};

// "disk full", "another program writes to it": what an SQLite error code means to a person.
QString databaseReason(int code, const QString& text);

} // namespace attune
