// When a commit is on the disk, and what is said meanwhile; a disk that refuses.
#include "application.h"
#include "catch.h"
#include "errors.h"
#include "scratch.h"
#include "store/database.h"
#include "store/log_sync.h"
#include "store/store.h"
#include <QFileInfo>
#include <QSignalSpy>
#include <QTest>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <vector>

using namespace attune;

namespace {

// What a LogSync said, by any thread.
struct Told {
  std::mutex mutex;
  std::vector<SaveState> states;
  QString why;
  std::atomic<int> moves = 0;
  std::atomic<bool> movable = false;

  LogSync::Work work() {
    return {[this] { ++moves; }, [this] { return movable.load(); },
            [this](SaveState state, const QString& given) {
              const std::lock_guard hold(mutex);
              states.push_back(state);
              why = given;
            }};
  }
  QString reason() {
    const std::lock_guard hold(mutex);
    return why;
  }
  std::vector<SaveState> all() {
    const std::lock_guard hold(mutex);
    return states;
  }
  bool last(SaveState state) {
    return QTest::qWaitFor([&] { return !all().empty() && all().back() == state; }, 60000);
  }
};

} // namespace

TEST_CASE("what is not waited for is told as being saved, then as saved") {
  test::application();
  test::Scratch scratch;
  Told told;
  { std::ofstream(scratch / "a-wal") << "log"; }
  LogSync sync(QString::fromStdString((scratch / "a").string()), told.work());
  sync.wait();
  CHECK(told.all() == std::vector{SaveState::Saved});
  sync.soon();
  CHECK(told.all()[1] == SaveState::Saving);
  CHECK(told.last(SaveState::Saved));
  CHECK(told.all().size() == 3);
}

TEST_CASE("a log whose sync failed counts only once it was moved into the file") {
  test::application();
  test::Scratch scratch;
  std::filesystem::create_symlink("/dev/null", scratch / "a-wal"); // which cannot be synced
  Told told;
  LogSync sync(QString::fromStdString((scratch / "a").string()), told.work());
  CHECK(test::errorOf([&] { sync.wait(); }).find("the disk gave an error") != std::string::npos);
  CHECK(told.last(SaveState::Failed));
  std::filesystem::remove(scratch / "a-wal");
  { std::ofstream(scratch / "a-wal") << "log"; } // it could be synced now, and would say nothing of what was lost
  sync.soon();
  CHECK(told.last(SaveState::Failed));
  CHECK(told.reason() == QStringLiteral("the disk gave an error"));
  told.movable = true; // tried again by itself
  CHECK(told.last(SaveState::Saved));
}

TEST_CASE("the window's thread does not wait for the disk, and the log is moved when nothing is written") {
  test::application();
  test::Scratch scratch;
  const QString file = QString::fromStdString((scratch / "a.sqlite").string());
  const auto log = [&] { return QFileInfo(file + QStringLiteral("-wal")).size(); };
  {
    Store store(file);
    const auto swift = store.answerSoon();
    QSignalSpy states(&store, &Store::saveStateChanged);
    const RecordId id = store.addConversation({0, QStringLiteral("One")});
    CHECK(store.conversation(id)); // seen at once
    REQUIRE(states.count() >= 1);
    CHECK(states[0][0].value<SaveState>() == SaveState::Saving);
    CHECK(QTest::qWaitFor([&] { return store.saveState() == SaveState::Saved; }, 60000));
    Prompt prompt;
    prompt.text = QString(1 << 20, QLatin1Char('p'));
    for (int i = 0; i < 6; ++i) store.addPrompts({prompt});
    CHECK(log() > (4 << 20));
    CHECK(QTest::qWaitFor([&] { return log() < (1 << 20); }, 60000)); // moved, and begun anew
    CHECK(store.count(RecordKind::Prompt) == 6);
    store.renameConversation(id, QStringLiteral("Last")); // synced by the closing
  }
  Store store(file);
  CHECK(store.conversations().first().title == QStringLiteral("Last"));
  CHECK(store.count(RecordKind::Prompt) == 6);
}
