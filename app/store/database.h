// One SQLite file through Qt SQL: a connection a thread, write-ahead log, synchronous full, foreign keys, migrations.
//
// A statement is prepared once a connection and kept. Rows must go away before the next transaction begins: an open
// SELECT holds a snapshot, and a write from an old snapshot is refused.
#pragma once

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
  // `tellSaved(true, "")` after each commit, `tellSaved(false, why)` when one failed; from the thread that wrote.
  using TellSaved = std::function<void(bool saved, const QString& why)>;

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

  // All of it on the disk when this returns, or nothing and an exception. Nested calls join the outer one.
  void transaction(const std::function<void()>& work);

  bool inTransaction(); // on this thread
  // Moves a long write-ahead log into the file. Others may write meanwhile; what is not moved now is moved later.
  void moveLog();

  // While it lives, what this thread commits reaches the disk with the next commit that is waited for: for rows that
  // nobody sees before that one.
  class Unsynced {
  public:
    explicit Unsynced(Database& database);
    ~Unsynced();
    Unsynced(const Unsynced&) = delete;

  private:
    Database& database;
    bool on;
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

  QString path;
  bool writable;
  std::atomic<bool> fullText = false;
  FairLock writeTurn; // SQLite has one writer at a time; ours take turns, so that none starves
  TellSaved tell;
  std::unique_ptr<FileLock> lock;
  int serial;        // tells this database's connections from those of one that was here before
  struct Connections : QThreadStorage<Connection*> {
    ~Connections(); // closes that of the thread it runs in; a thread that ends closes its own
  } connections;
};

// "disk full", "another program writes to it": what an SQLite error code means to a person.
QString databaseReason(int code, const QString& text);

} // namespace attune
