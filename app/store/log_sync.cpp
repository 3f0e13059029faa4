#include "store/log_sync.h"

#include "error.h"
#include "formats/files.h"
#include <QFileInfo>
#include <cerrno>
#include <chrono>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace attune {
namespace {

using namespace std::chrono_literals;

constexpr qint64 worthMoving = 4 << 20, longest = 48 << 20; // bytes of a log

QString reasonFor(int error) {
  return error == ENOSPC || error == EDQUOT ? QStringLiteral("disk full") : QStringLiteral("the disk gave an error");
}

} // namespace

LogSync::LogSync(const QString& file, Work what)
    : store(file)
    , work(std::move(what)) {}

LogSync::~LogSync() {
  {
    const std::lock_guard hold(mutex);
    ending = true;
  }
  woken.notify_all();
  if (thread) thread->wait();
}

qint64 LogSync::length() const { return QFileInfo(store + QStringLiteral("-wal")).size(); }

QString LogSync::sync() {
  if (distrusted) { // its pages may be marked as written and are not: they are written once more, into the file
    if (!work.moveAll()) return reason;
    distrusted = false;
    return {};
  }
  const std::string log = (store + QStringLiteral("-wal")).toStdString();
  const int file = ::open(log.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return errno == ENOENT ? QString() : reasonFor(errno); // no log: all of it was moved and synced
  struct stat about {};
  int error = ::fdatasync(file) < 0 || ::fstat(file, &about) < 0 ? errno : 0;
  ::close(file);
  if (!error && about.st_ino != knownFile) { // a new log: its name is to stay too
    try {
      syncFolder(QFileInfo(store).absolutePath().toStdString());
      knownFile = about.st_ino;
    } catch (const Error&) {
      error = EIO;
    }
  }
  if (error) distrusted = true;
  return error ? reasonFor(error) : QString();
}

bool LogSync::round(std::unique_lock<std::mutex>& hold) {
  busy = true;
  const uint64_t covers = asked;
  hold.unlock();
  const QString why = sync();
  hold.lock();
  busy = false;
  reason = why;
  if (why.isEmpty()) synced = covers;
  done.notify_all();
  return why.isEmpty();
}

void LogSync::wait() {
  std::unique_lock hold(mutex);
  const uint64_t mine = ++asked;
  while (synced < mine) {
    if (busy) {
      done.wait(hold, [this] { return !busy; });
    } else if (!round(hold)) {
      const QString why = reason;
      hold.unlock();
      work.tell(SaveState::Failed, why);
      throw Error("The store " + store.toStdString() + " is not safe on the disk: " + why.toStdString() + ".");
    }
  }
  hold.unlock();
  tellSaved(false);
}

// In the order in which it became so.
void LogSync::tellSaved(bool afterSaving) {
  const std::lock_guard order(telling);
  {
    const std::lock_guard hold(mutex);
    if (saving != afterSaving || synced < wanted) return;
    saving = false;
  }
  work.tell(SaveState::Saved, {});
}

void LogSync::soon() {
  {
    const std::lock_guard order(telling);
    bool first = false;
    {
      const std::lock_guard hold(mutex);
      wanted = ++asked;
      first = !std::exchange(saving, true);
    }
    if (first) work.tell(SaveState::Saving, {});
  }
  woken.notify_all();
  if (thread) return;
  thread.reset(QThread::create([this] { run(); }));
  thread->setObjectName(QStringLiteral("log"));
  thread->start();
}

void LogSync::run() {
  std::unique_lock hold(mutex);
  uint64_t looked = 0; // at the log's length
  for (;;) {
    if (synced < wanted && busy) {
      done.wait(hold, [this] { return !busy; });
      continue;
    }
    if (synced < wanted && !round(hold)) {
      const QString why = reason;
      hold.unlock();
      work.tell(SaveState::Failed, why);
      hold.lock();
      if (ending) return;
      woken.wait_for(hold, 1s, [this] { return ending; });
      continue;
    }
    if (saving && synced >= wanted) { // by this thread, or by another one that waited
      hold.unlock();
      tellSaved(true);
      hold.lock();
      continue;
    }
    if (ending) return;
    const auto news = [this, before = asked] { return ending || asked != before; };
    if (looked == asked) {
      woken.wait(hold, news);
    } else if (length() >= longest || !woken.wait_for(hold, 1s, news)) {
      looked = asked;
      hold.unlock();
      if (length() >= worthMoving) work.moveLog();
      hold.lock();
    }
  }
}

} // namespace attune
