// Kills a program that writes to the store, many times, and looks whether what it was told to be saved is there: by
// kill -9, and by a loss of power that keeps of the unsynced bytes what chance wants.
//
// ATTUNE_KILLS and ATTUNE_POWER_LOSSES set how many (20 and 10).
#include "application.h"
#include "catch.h"
#include "error.h"
#include "measuring.h"
#include "scratch.h"
#include "store/database.h"
#include "store/store.h"
#include <QDateTime>
#include <QDir>
#include <QFile>
#include <QProcess>
#include <QRandomGenerator>
#include <QTest>
#include <csignal>
#include <map>
#include <unistd.h>

using namespace attune;

namespace {

// What the child does: a conversation with replies, rankings, deletions and drafts, each line written after the store
// acknowledged: by returning, or in the window's way ("soon") by saying that all is saved. "T id n" turn, "C id n"
// comparison, "X id" deleted comparison, "D n time" draft given.
void tellParent(const QByteArray& line) {
  if (::write(3, line.constData(), size_t(line.size())) != line.size()) std::abort();
}

QString textOf(int n) { return QStringLiteral("text %1 ").arg(n) + QString(37 * (n % 50), QChar(u'a' + n % 26)); }

void writeUntilKilled() {
  test::application();
  Store store(qEnvironmentVariable("ATTUNE_TEST_STORE"));
  const QString sync = qEnvironmentVariable("ATTUNE_TEST_SYNC");
  const bool soon = sync == QStringLiteral("soon"), leave = sync == QStringLiteral("leave");
  const Database::Syncing how(store.database(), soon    ? Database::Sync::Soon
                                                : leave ? Database::Sync::Leave
                                                        : Database::Sync::Wait);
  QByteArray held; // what is not told before the store says that all is saved
  const auto acknowledge = [&](const QByteArray& line) {
    if (!soon) return tellParent(line);
    held += line;
    if (store.saveState() == SaveState::Saved) tellParent(std::exchange(held, {}));
  };
  RecordId conversation = store.addConversation({0, QStringLiteral("crash")}), parent = 0;
  tellParent("R\n"); // ready
  for (int n = qEnvironmentVariableIntValue("ATTUNE_TEST_FROM");; ++n) {
    if (!soon) { // the store would nearly always say that it saves: a draft
      const qint64 time = QDateTime::currentMSecsSinceEpoch();
      store.keepDraft(QStringLiteral("typed"), QByteArray::number(n));
      tellParent("D " + QByteArray::number(n) + ' ' + QByteArray::number(time) + '\n');
    }
    Turn turn;
    turn.conversation = conversation;
    turn.parent = parent;
    turn.role = QStringLiteral("assistant");
    turn.text = textOf(n);
    for (int i = 0; i < 40; ++i) turn.tokens.push_back({n + i, 0.5f, 1, 1, {{1, 0.5f}, {2, 0.25f}}});
    parent = store.addTurn(turn);
    acknowledge("T " + QByteArray::number(qint64(parent)) + ' ' + QByteArray::number(n) + '\n');
    Comparison c;
    c.prompt = textOf(n);
    for (int i = 0; i < 4; ++i) {
      Answer answer;
      answer.text = textOf(n + i);
      answer.rank = 1 + (n + i) % 4;
      c.answers << answer;
    }
    const RecordId id = store.addComparisons({c}).first();
    acknowledge("C " + QByteArray::number(qint64(id)) + ' ' + QByteArray::number(n) + '\n');
    if (n % 7 == 0) {
      store.setDeleted(RecordKind::Comparison, {id}, true);
      acknowledge("X " + QByteArray::number(qint64(id)) + '\n');
    }
    if (n % 20 == 0) parent = 0;
    if (soon && n % 3 == 0) {
      while (store.saveState() != SaveState::Saved) QTest::qSleep(1);
      acknowledge({});
    }
  }
}

struct Acknowledged {
  std::map<RecordId, int> turns, comparisons;
  std::map<RecordId, bool> deleted;
  std::vector<std::pair<int, qint64>> drafts; // what, when
  bool ready = false;
  int last = 0;

  void read(const QString& file) {
    QFile log(file);
    if (!log.open(QIODevice::ReadOnly)) return;
    drafts.clear();
    const QList<QByteArray> lines = log.readAll().split('\n');
    for (qsizetype i = 0; i + 1 < lines.size(); ++i) { // the last one may be half a line
      const QList<QByteArray> parts = lines[i].split(' ');
      if (parts[0] == "R") ready = true;
      if (parts[0] == "T") turns[parts[1].toLongLong()] = last = parts[2].toInt();
      if (parts[0] == "C") comparisons[parts[1].toLongLong()] = parts[2].toInt();
      if (parts[0] == "X") deleted[parts[1].toLongLong()] = true;
      if (parts[0] == "D") drafts.emplace_back(parts[1].toInt(), parts[2].toLongLong());
    }
  }
  size_t rows() const { return turns.size() + comparisons.size() + deleted.size(); }
};

// How many acknowledged rows the store does not have as they were acknowledged.
int lostRows(Store& store, const Acknowledged& acknowledged) {
  int lost = 0;
  for (const auto& [id, n] : acknowledged.turns) {
    const auto turn = store.turn(id);
    lost += !turn || turn->text != textOf(n) || turn->tokens.size() != 40 || turn->tokens[39].id != n + 39;
  }
  for (const auto& [id, n] : acknowledged.comparisons) {
    const bool gone = acknowledged.deleted.contains(id);
    const auto c = store.comparison(id);
    // A deletion may have been done and not yet told.
    const bool mayBeGone = n % 7 == 0;
    if (!c)
      lost += !gone && !mayBeGone;
    else
      lost += gone || c->prompt != textOf(n) || c->answers.size() != 4 || c->answers[3].text != textOf(n + 3);
  }
  return lost;
}

// The draft on the disk is the newest of those given over a second before the kill, or a newer one.
bool draftLost(Store& store, const Acknowledged& acknowledged, qint64 killed) {
  int atLeast = -1;
  for (const auto& [n, when] : acknowledged.drafts)
    if (when < killed - 1000 * test::patience()) atLeast = n;
  return atLeast >= 0 && store.draft(QStringLiteral("typed")).toInt() < atLeast;
}

bool soundFile(Store& store) {
  Rows rows = store.database().run(QStringLiteral("PRAGMA integrity_check"));
  return rows.next() && rows.text(0) == QStringLiteral("ok");
}

// Runs the child until it has been ready for `afterMs`, kills it; the time of the kill.
qint64 runAndKill(const QString& log, int afterMs, const QStringList& environment) {
  QProcess child;
  QStringList all = QProcess::systemEnvironment() + environment;
  child.setEnvironment(all);
  child.setProcessChannelMode(QProcess::ForwardedErrorChannel);
  child.setStandardOutputFile(QProcess::nullDevice());
  // Descriptor 3 is the log: a file, since a pipe would die with the child.
  child.start(QStringLiteral("/bin/sh"),
              {QStringLiteral("-c"), QStringLiteral("exec \"$0\" \"$@\" 3>\"$ATTUNE_TEST_LOG\""),
               QCoreApplication::applicationFilePath(), QStringLiteral("the child of the crash tests")});
  REQUIRE(child.waitForStarted());
  QElapsedTimer time;
  time.start();
  Acknowledged seen;
  while (!seen.ready && time.elapsed() < 30000) {
    QTest::qSleep(5);
    seen.read(log);
  }
  REQUIRE(seen.ready);
  QTest::qSleep(afterMs);
  const qint64 killed = QDateTime::currentMSecsSinceEpoch();
  ::kill(pid_t(child.processId()), SIGKILL);
  child.waitForFinished();
  CHECK(child.exitStatus() == QProcess::CrashExit); // it was killed, and did not end by itself
  return killed;
}

int times(const char* name, int otherwise) {
  return qEnvironmentVariableIsSet(name) ? qEnvironmentVariableIntValue(name) : otherwise;
}

// What a disk may hold after a loss of power: each block as it was when last synced, or as it was written since.
QByteArray afterPowerLoss(const QByteArray& synced, const QByteArray& written, double chance,
                          QRandomGenerator& random) {
  constexpr qsizetype block = 512;
  QByteArray disk = synced;
  for (qsizetype at = 0; at < written.size(); at += block)
    if (random.generateDouble() < chance) {
      if (disk.size() < at) disk.append(at - disk.size(), '\0');
      disk.replace(at, std::min(block, disk.size() - at), written.mid(at, block));
    }
  return disk;
}

QByteArray contentOf(const QString& file) {
  QFile in(file);
  return in.open(QIODevice::ReadOnly) ? in.readAll() : QByteArray();
}

} // namespace

TEST_CASE("the child of the crash tests", "[.]") {
  if (qEnvironmentVariableIsSet("ATTUNE_TEST_STORE")) writeUntilKilled();
}

TEST_CASE("kill -9 at any moment loses no acknowledged row and no draft older than a second") {
  test::application();
  test::Scratch scratch;
  const QString folder = QString::fromStdString(scratch.path().string());
  const QString file = folder + QStringLiteral("/a.sqlite"), log = folder + QStringLiteral("/log");
  auto* random = QRandomGenerator::global();
  Acknowledged all;
  int lost = 0, lostDrafts = 0;
  const int kills = times("ATTUNE_KILLS", 20);
  for (int i = 0; i < kills; ++i) {
    QFile::remove(log);
    const qint64 killed =
        runAndKill(log, random->bounded(i % 4 == 0 ? 1500 : 120),
                   {QStringLiteral("ATTUNE_TEST_STORE=") + file, QStringLiteral("ATTUNE_TEST_LOG=") + log,
                    QStringLiteral("ATTUNE_TEST_FROM=%1").arg(all.last + 1)});
    all.read(log);
    Store store(file); // opens: no lock stays, no file is damaged
    lostDrafts += draftLost(store, all, killed);
    if (i % 10 == 9 || i == kills - 1) {
      CHECK(soundFile(store));
      lost += lostRows(store, all);
    }
  }
  CHECK(lost == 0);
  CHECK(lostDrafts == 0);
  CHECK(all.rows() > size_t(kills));
  std::printf("%d kills: %zu acknowledged rows, %d lost; %d drafts lost\n", kills, all.rows(), lost, lostDrafts);
}

TEST_CASE("a loss of power loses no acknowledged row either") {
  test::application();
  test::Scratch scratch;
  const QString folder = QString::fromStdString(scratch.path().string());
  QRandomGenerator random(1);
  // `chance` is how many of the unsynced blocks reached the disk all the same.
  auto lose = [&](int round, const char* sync, double chance, int runMs) {
    const QString home = folder + QStringLiteral("/%1%2").arg(QLatin1String(sync)).arg(round);
    const QString disk = home + QStringLiteral("/disk"), synced = home + QStringLiteral("/synced"),
                  after = home + QStringLiteral("/after"), log = home + QStringLiteral("/log");
    for (const QString& made : {disk, synced, after}) QDir().mkpath(made);
    const qint64 killed =
        runAndKill(log, runMs,
                   {QStringLiteral("ATTUNE_TEST_STORE=") + disk + QStringLiteral("/a.sqlite"),
                    QStringLiteral("ATTUNE_TEST_LOG=") + log, QStringLiteral("ATTUNE_TEST_FROM=1"),
                    QStringLiteral("ATTUNE_TEST_DISK=") + disk, QStringLiteral("ATTUNE_TEST_SYNCED=") + synced,
                    QStringLiteral("ATTUNE_TEST_SYNC=") + QLatin1String(sync),
                    QStringLiteral("LD_PRELOAD=" ATTUNE_DROP_UNSYNCED)});
    Acknowledged all;
    all.read(log);
    for (const QString& name : {QStringLiteral("a.sqlite"), QStringLiteral("a.sqlite-wal")}) {
      const QByteArray held = afterPowerLoss(contentOf(synced + QLatin1Char('/') + name),
                                             contentOf(disk + QLatin1Char('/') + name), chance, random);
      QFile out(after + QLatin1Char('/') + name);
      REQUIRE(out.open(QIODevice::WriteOnly));
      out.write(held);
    }
    int lost = int(all.rows());
    try {
      Store store(after + QStringLiteral("/a.sqlite"));
      lost = lostRows(store, all);
      const bool draft = draftLost(store, all, killed), sound = soundFile(store);
      if (draft) std::printf("round %d: a draft is lost\n", round);
      if (!sound) std::printf("round %d: the file is not sound\n", round);
      lost += draft + !sound;
    } catch (const Error& error) {
      UNSCOPED_INFO(error.what());
    }
    QDir(home).removeRecursively();
    return std::pair(lost, all.rows());
  };
  size_t rows = 0;
  int lostInAll = 0;
  const int losses = times("ATTUNE_POWER_LOSSES", 10);
  for (int i = 0; i < losses; ++i) {
    const double chances[] = {0, 0.5, 0.1, 0.9};
    const auto [lost, written] = lose(i, i % 3 == 2 ? "soon" : "wait", chances[i % 4], 100 + int(random.bounded(1400)));
    CHECK(lost == 0);
    rows += written;
    lostInAll += lost;
  }
  CHECK(rows > size_t(losses));
  // The same without syncs must lose something, or this test sees nothing.
  int lost = 0;
  for (int i = 0; i < 3 && lost == 0; ++i) lost = lose(i, "leave", 0, 300).first;
  CHECK(lost > 0);
  std::printf("%d losses of power: %zu acknowledged rows, %d lost; without syncs %d were\n", losses, rows, lostInAll,
              lost);
}
