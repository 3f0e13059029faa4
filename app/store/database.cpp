#include "store/database.h"

#include "error.h"
#include "formats/file_lock.h"
#include "formats/files.h"
#include "store/log_sync.h"
#include "store/schema.h"
#include <QDir>
#include <QFileInfo>
#include <QSqlDatabase>
#include <QSqlError>
#include <map>
#include <utility>

namespace attune {
namespace {
std::atomic<int> databases = 0;
}

struct Database::Connection {
  QString name;
  QSqlDatabase handle;
  std::map<QString, std::unique_ptr<QSqlQuery>> prepared;
  std::unique_ptr<QSqlQuery> once; // the last statement that was not worth keeping
  int serial = 0;
  int depth = 0; // of transactions
  Sync sync = Sync::Wait;

  Connection() = default;
  Connection(const Connection&) = delete;
  ~Connection() {
    prepared.clear();
    once.reset();
    handle.close();
    handle = QSqlDatabase();
    QSqlDatabase::removeDatabase(name);
  }
};

QString databaseReason(int code, const QString& text) {
  switch (code & 0xff) { // the low byte is the primary code
  case 5:
  case 6:
    return QStringLiteral("another program is using it");
  case 8:
  case 14:
  case 23:
    return QStringLiteral("no permission to write it");
  case 10:
    return QStringLiteral("the disk gave an error");
  case 11:
  case 26:
    return QStringLiteral("the file is damaged or is no store");
  case 13:
    return QStringLiteral("disk full");
  default:
    return text.simplified();
  }
}

void FairLock::lock() {
  std::unique_lock hold(mutex);
  const uint64_t mine = next++;
  called.wait(hold, [&] { return serving == mine; });
}

void FairLock::unlock() {
  {
    const std::lock_guard hold(mutex);
    ++serving;
  }
  called.notify_all();
}

bool Rows::next() {
  if (query.next()) return true;
  if (query.lastError().isValid()) owner->fail(query.lastError(), QStringLiteral("read"));
  return false;
}

Database::Database(const QString& file, bool writes, TellSaved tellSaved)
    : path(QDir::cleanPath(QDir().absoluteFilePath(file)))
    , writable(writes)
    , tell(std::move(tellSaved))
    , serial(++databases) {
  if (!writable && !QFileInfo::exists(path))
    throw Error("There is no store " + path.toStdString() + "; give --store a file that Attune made.");
  if (QFileInfo(path).isDir())
    throw Error("The store " + path.toStdString() + " is a folder; give --store the name of a file.");
  if (writable) {
    const QString folder = QFileInfo(path).absolutePath();
    if (!QDir().mkpath(folder))
      throw Error("The folder " + folder.toStdString() + " of the store cannot be made; choose another with --store.");
    lock =
        std::make_unique<FileLock>((path + QStringLiteral(".lock")).toStdString(), "The store " + path.toStdString());
    log = std::make_unique<LogSync>(path, LogSync::Work{[this] { moveLog(); }, [this] { return moveAll(); },
                                                        [this](SaveState state, const QString& why) {
                                                          if (tell) tell(state, why);
                                                        }});
    migrate();
  } else if (knownVersion() == 0) {
    // Whoever began to make it was ended before its first table: readers find it made.
    const Database maker(path, true);
  }
  Rows kind = run(QStringLiteral("SELECT sql FROM sqlite_master WHERE name = 'texts'"));
  if (kind.next())
    fullText = kind.text(0).contains(QStringLiteral("fts5"));
  else
    throw Error(path.toStdString() + " is no store of Attune's; give --store another file.");
}

Database::~Database() = default;

Database::Connections::~Connections() { setLocalData(nullptr); }

Database::Connection& Database::connection() {
  if (Connection* here = connections.localData(); here && here->serial == serial) return *here;
  static std::atomic<int> number = 0;
  auto made = std::make_unique<Connection>();
  made->name = QStringLiteral("attune-store-%1").arg(++number);
  made->serial = serial;
  made->handle = QSqlDatabase::addDatabase(QStringLiteral("QSQLITE"), made->name);
  if (!made->handle.isValid()) throw Error("Qt's SQLite driver is missing; install the package libqt6sql6-sqlite.");
  made->handle.setDatabaseName(path);
  // Another thread of ours may be writing; a write takes milliseconds.
  made->handle.setConnectOptions(QStringLiteral("QSQLITE_BUSY_TIMEOUT=10000") +
                                 (writable ? QString() : QStringLiteral(";QSQLITE_OPEN_READONLY")));
  if (!made->handle.open()) fail(made->handle.lastError(), QStringLiteral("open"));
  QStringList settings{QStringLiteral("PRAGMA foreign_keys = ON")};
  // NORMAL syncs what SQLite needs so that the file is never damaged; that a commit is on the disk is LogSync's work.
  // Moving the log into the file takes several waits for the disk: LogSync does it, unless the log has grown very long.
  if (writable)
    settings << QStringLiteral("PRAGMA journal_mode = WAL") << QStringLiteral("PRAGMA synchronous = NORMAL")
             << QStringLiteral("PRAGMA journal_size_limit = 0") << QStringLiteral("PRAGMA wal_autocheckpoint = 20000");
  for (const QString& sql : settings) {
    QSqlQuery query(made->handle);
    if (!query.exec(sql)) fail(query.lastError(), QStringLiteral("open"));
  }
  connections.setLocalData(made.get());
  return *made.release();
}

void Database::fail(const QSqlError& error, const QString& doing) const {
  const QString why = databaseReason(error.nativeErrorCode().toInt(), error.databaseText());
  if (tell && doing == QStringLiteral("write")) tell(SaveState::Failed, why);
  const QString sentence =
      QStringLiteral("The store %1 could not %2: %3.")
          .arg(path,
               doing == QStringLiteral("open")   ? QStringLiteral("be opened")
               : doing == QStringLiteral("read") ? QStringLiteral("be read")
                                                 : QStringLiteral("be written, and nothing was changed"),
               why);
  throw Error(sentence.toStdString());
}

QSqlQuery& Database::execute(const QString& sql, const QVariantList& values) {
  Connection& c = connection();
  const bool reads = sql.startsWith(QStringLiteral("SELECT"));
  const QString doing =
      reads || sql.endsWith(QStringLiteral("_version")) ? QStringLiteral("read") : QStringLiteral("write");
  QSqlQuery* query = nullptr;
  if (const auto found = c.prepared.find(sql); found != c.prepared.end()) {
    query = found->second.get();
  } else {
    auto made = std::make_unique<QSqlQuery>(c.handle);
    made->setForwardOnly(true);
    if (!made->prepare(sql)) fail(made->lastError(), doing);
    const bool keep = reads || sql.startsWith(QStringLiteral("INSERT")) || sql.startsWith(QStringLiteral("UPDATE")) ||
                      sql.startsWith(QStringLiteral("DELETE"));
    auto& home = keep ? c.prepared[sql] : c.once; // schema changes and pragmas are run once
    home = std::move(made);
    query = home.get();
  }
  for (int i = 0; i < values.size(); ++i) {
    // A QString that was never set is null to Qt's driver, and our text columns hold no nulls.
    const bool unset = values[i].typeId() == QMetaType::QString && values[i].toString().isNull();
    query->bindValue(i, unset ? QVariant(QStringLiteral("")) : values[i]);
  }
  if (!query->exec()) {
    const QSqlError error = query->lastError();
    query->finish();
    fail(error, doing);
  }
  return *query;
}

Rows Database::run(const QString& sql, const QVariantList& values) { return {execute(sql, values), this}; }

int64_t Database::insert(const QString& sql, const QVariantList& values) {
  QSqlQuery& query = execute(sql, values);
  const int64_t id = query.lastInsertId().toLongLong();
  query.finish();
  return id;
}

int Database::change(const QString& sql, const QVariantList& values) {
  QSqlQuery& query = execute(sql, values);
  const int rows = query.numRowsAffected();
  query.finish();
  return rows;
}

void Database::transaction(const std::function<void()>& work) {
  if (!writable)
    throw Error("The store " + path.toStdString() + " was opened for reading; another Attune may be writing to it.");
  Connection& c = connection();
  if (c.depth > 0) {
    work();
    return;
  }
  {
    const std::lock_guard turn(writeTurn);
    commit(c, work);
  }
  if (c.sync == Sync::Wait) log->wait();
  if (c.sync == Sync::Soon) log->soon();
}

Database::Syncing::Syncing(Database& database, Sync sync)
    : place(database.connection().sync)
    , before(std::exchange(place, sync)) {}

Database::Syncing::~Syncing() { place = before; }

// Who writes first after the whole log was moved begins it anew, and waits for the disk with it: done here at once, so
// that nobody else has to.
void Database::moveLog() {
  bool all = false;
  {
    QSqlQuery moved(connection().handle); // busy, pages in the log, pages moved
    all = moved.exec(QStringLiteral("PRAGMA wal_checkpoint(PASSIVE)")) && moved.next() && moved.value(1).toInt() > 0 &&
          moved.value(1) == moved.value(2);
  }
  if (!all) return; // the rest is moved another time
  const Syncing leave(*this, Sync::Leave);
  try {
    transaction([this] { change(QStringLiteral("PRAGMA user_version = %1").arg(schemaVersion)); });
  } catch (const Error&) { // told already
  }
}

bool Database::moveAll() {
  QSqlQuery moved(connection().handle);
  return moved.exec(QStringLiteral("PRAGMA wal_checkpoint(TRUNCATE)")) && moved.next() && moved.value(0).toInt() == 0;
}

void Database::commit(Connection& c, const std::function<void()>& work) {
  change(QStringLiteral("BEGIN IMMEDIATE"));
  c.depth = 1;
  try {
    work();
    change(QStringLiteral("COMMIT"));
    c.depth = 0;
  } catch (...) {
    c.depth = 0;
    QSqlQuery(c.handle).exec(QStringLiteral("ROLLBACK")); // fails where SQLite rolled back already
    throw;
  }
}

int Database::knownVersion() {
  int version = 0;
  {
    Rows row = run(QStringLiteral("PRAGMA user_version"));
    if (row.next()) version = int(row.integer(0));
    Rows tables = run(QStringLiteral("SELECT count(*) FROM sqlite_master"));
    if (version == 0 && tables.next() && tables.integer(0) > 0)
      throw Error(path.toStdString() + " is an SQLite file but no store of Attune's; give --store another file.");
  }
  if (version > schemaVersion)
    throw Error("The store " + path.toStdString() + " is of version " + std::to_string(version) +
                ", this Attune knows up to " + std::to_string(schemaVersion) + "; use the newer Attune that made it.");
  return version;
}

void Database::migrate() {
  const int version = knownVersion();
  if (version == schemaVersion) return;
  if (version == 0) { // does the driver know FTS5 with trigrams?
    QSqlQuery probe(connection().handle);
    fullText = probe.exec(QStringLiteral("CREATE VIRTUAL TABLE temp.probe USING fts5(body, tokenize = 'trigram')"));
    if (fullText) probe.exec(QStringLiteral("DROP TABLE temp.probe"));
  }
  transaction([&] {
    for (int from = version; from < schemaVersion; ++from) runSchemaStep(*this, from);
    change(QStringLiteral("PRAGMA user_version = %1").arg(schemaVersion));
    change(QStringLiteral("PRAGMA application_id = 1098151029")); // "Attu"
  });
  syncFolder(QFileInfo(path).absolutePath().toStdString()); // the new file's name is on the disk too
}

} // namespace attune
