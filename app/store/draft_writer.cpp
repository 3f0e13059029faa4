#include "store/draft_writer.h"

#include "error.h"
#include "store/database.h"
#include <QDateTime>
#include <chrono>

namespace attune {

DraftWriter::DraftWriter(Database& database, std::function<void(bool)> tellPending)
    : database(database)
    , tell(std::move(tellPending)) {
  thread.reset(QThread::create([this] { work(); }));
  thread->setObjectName(QStringLiteral("drafts"));
  thread->start();
}

DraftWriter::~DraftWriter() {
  {
    const std::lock_guard hold(mutex);
    ending = true;
  }
  woken.notify_all();
  thread->wait();
}

void DraftWriter::keep(const QString& key, std::optional<QByteArray> body) {
  bool first = false;
  {
    const std::lock_guard hold(mutex);
    first = waiting.isEmpty();
    waiting.insert(key, std::move(body));
  }
  if (first) {
    woken.notify_all();
    tell(true);
  }
}

std::optional<std::optional<QByteArray>> DraftWriter::pending(const QString& key) {
  const std::lock_guard hold(mutex);
  const auto found = waiting.constFind(key);
  if (found == waiting.constEnd()) return std::nullopt;
  return *found;
}

QMap<QString, bool> DraftWriter::pendingKeys(const QString& prefix) {
  const std::lock_guard hold(mutex);
  QMap<QString, bool> keys;
  for (auto it = waiting.constBegin(); it != waiting.constEnd(); ++it)
    if (it.key().startsWith(prefix)) keys.insert(it.key(), it->has_value());
  return keys;
}

void DraftWriter::flush() {
  std::unique_lock hold(mutex);
  hurry = true;
  failed = false;
  woken.notify_all();
  rested.wait(hold, [this] { return (waiting.isEmpty() && !writing) || failed; });
  hurry = false;
}

bool DraftWriter::write(const QMap<QString, std::optional<QByteArray>>& drafts) {
  try {
    const qint64 now = QDateTime::currentMSecsSinceEpoch();
    database.transaction([&] {
      for (auto it = drafts.constBegin(); it != drafts.constEnd(); ++it) {
        if (it->has_value())
          database.change(QStringLiteral("INSERT INTO drafts(name, body, updated) VALUES(?, ?, ?) ON CONFLICT(name) DO "
                                         "UPDATE SET body = excluded.body, updated = excluded.updated"),
                          {it.key(), **it, now});
        else
          database.change(QStringLiteral("DELETE FROM drafts WHERE name = ?"), {it.key()});
      }
    });
    return true;
  } catch (const Error&) { // the database has told why
    return false;
  }
}

void DraftWriter::work() {
  using namespace std::chrono_literals;
  std::unique_lock hold(mutex);
  for (;;) {
    woken.wait(hold, [this] { return ending || !waiting.isEmpty(); });
    if (!hurry && !ending) woken.wait_for(hold, 250ms, [this] { return hurry || ending; });
    if (waiting.isEmpty()) {
      if (ending) return;
      continue;
    }
    // The drafts stay visible to `pending` while they are written; only what did not change meanwhile is done then.
    const auto batch = waiting;
    writing = true;
    hold.unlock();
    const bool done = write(batch);
    hold.lock();
    writing = false;
    failed = !done;
    if (done)
      for (auto it = batch.constBegin(); it != batch.constEnd(); ++it)
        if (waiting.contains(it.key()) && waiting.value(it.key()) == *it) waiting.remove(it.key());
    const bool rest = waiting.isEmpty();
    rested.notify_all();
    if (rest || !done) {
      hold.unlock();
      tell(!rest);
      hold.lock();
    }
    if (ending && (rest || !done)) return;
    if (!done) woken.wait_for(hold, 1s, [this] { return hurry || ending; });
  }
}

} // namespace attune
