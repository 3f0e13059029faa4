// Kills the whole window while a person chats, types and ranks, many times, and looks whether everything that it had
// acknowledged is there and whether the window opens again.
//
// The child is the program itself (Desktop with every panel and the starter), driven by keys. It says on descriptor 3
// what the store acknowledged and what stood in a draft, and since when. ATTUNE_KILLS sets how many (3).
#include "application.h"
#include "catch.h"
#include "chat/chat_panel.h"
#include "chat/chat_session.h"
#include "chat/composer.h"
#include "desktop.h"
#include "label/label_panel.h"
#include "paths.h"
#include "scratch.h"
#include "store/database.h"
#include "vulkan/lavapipe.h"
#include <QDateTime>
#include <QPlainTextEdit>
#include <QProcess>
#include <QRandomGenerator>
#include <QTest>
#include <csignal>
#include <map>
#include <unistd.h>

using namespace attune;

namespace {

void tellParent(const QString& what, const QString& key, const QByteArray& body) {
  const QByteArray line = what.toUtf8() + ' ' + key.toUtf8() + ' ' +
                          QByteArray::number(QDateTime::currentMSecsSinceEpoch()) + ' ' + body.toBase64() + '\n';
  if (::write(3, line.constData(), size_t(line.size())) != line.size()) std::abort();
}

QByteArray bodyOf(const Comparison& c) {
  QByteArray body = c.prompt.toUtf8() + '\n' + orderText(c).toUtf8() + '\n';
  for (const Answer& answer : c.answers)
    body += answer.text.toUtf8() + '\t' + QByteArray::number(answer.rating) + '\t' +
            answer.flags.join(QLatin1Char(',')).toUtf8() + '\n';
  return body;
}

// A person: types and sends in Chat for a while, then ranks in Label for a while, and so on.
class Person : public QObject {
public:
  explicit Person(Desktop& desktop)
      : desktop(desktop)
      , chat(*desktop.window.findChild<ChatPanel*>())
      , label(*desktop.window.findChild<LabelPanel*>()) {
    QObject::connect(&desktop.store, &Store::changed, this, [this](RecordKind kind) { tellRows(kind); });
    QObject::connect(&chat.session(), &ChatSession::turnChanged, this, [this](int turn) {
      const ChatTurn& what = chat.session().turns()[turn];
      if (what.streaming)
        tellParent(QStringLiteral("reply"), QString::number(what.record.id), what.record.text.toUtf8());
    });
    QObject::connect(chat.composer(), &Composer::textChanged, this,
                     [this](const QString& text) { tellParent(QStringLiteral("draft"), typedKey(), text.toUtf8()); });
    QObject::connect(&chat.session(), &ChatSession::opened, this, [this] {
      const RecordId id = chat.session().conversation().id;
      // What was typed for a new conversation is its first message now.
      if (std::exchange(conversation, id) == 0 && id)
        tellParent(QStringLiteral("draft"), QStringLiteral("chat/typed/0"), {});
    });
    conversation = chat.session().conversation().id;
    StoredSampler sampler = chatDefaults();
    sampler.maxTokens = 60;
    chat.session().setSampler(sampler);
    sampler.maxTokens = 24;
    label.session().setSettings(sampler);
    (void)label.session().setCount(4);
    tick.setInterval(12);
    QObject::connect(&tick, &QTimer::timeout, this, [this] { act(); });
    tick.start();
    desktop.window.showPanel(QStringLiteral("chat"));
    tellParent(QStringLiteral("opened"), QStringLiteral("-"), {});
  }

private:
  void tellRows(RecordKind kind) {
    if (kind == RecordKind::Comparison) {
      RecordFilter newest;
      newest.limit = 2;
      for (const Comparison& c : desktop.store.comparisons(newest))
        tellParent(QStringLiteral("ranking"), QString::number(c.id), bodyOf(c));
    } else if (kind == RecordKind::Turn) {
      const QList<Conversation> all = desktop.store.conversations();
      if (all.isEmpty()) return;
      const QList<Turn> turns = desktop.store.shownTurns(all.first().id);
      for (const Turn& turn : turns.mid(std::max<qsizetype>(0, turns.size() - 2)))
        tellParent(turn.finish.isEmpty() && turn.role == QLatin1String("assistant") ? QStringLiteral("begun")
                                                                                    : QStringLiteral("turn"),
                   QString::number(turn.id), turn.text.toUtf8());
    }
  }

  QString typedKey() const { return QStringLiteral("chat/typed/%1").arg(chat.session().conversation().id); }

  void act() {
    if (--left <= 0) {
      left = 20 + random.bounded(160);
      inChat = !inChat;
      desktop.window.showPanel(inChat ? QStringLiteral("chat") : QStringLiteral("label"));
    }
    inChat ? talk() : rank();
  }

  void talk() {
    QPlainTextEdit* field = chat.composer()->field();
    if (random.bounded(25) == 0) {
      QTest::keyClick(field, Qt::Key_Return);
    } else if (random.bounded(150) == 0) {
      chat.session().startNew();
    } else {
      QTest::keyClick(field, random.bounded(5) ? char('a' + random.bounded(26)) : ' ');
    }
  }

  void rank() {
    const LabelTask before = label.session().task();
    if (!before.open() || before.answers.isEmpty()) return;
    const int key = random.bounded(30);
    if (key < 8)
      QTest::keyClick(&label, Qt::Key(Qt::Key_A + random.bounded(4)));
    else if (key < 18)
      QTest::keyClick(&label, Qt::Key_Down, Qt::ShiftModifier);
    else if (key < 26)
      QTest::keyClick(&label, Qt::Key(Qt::Key_1 + random.bounded(7)));
    else if (key < 28)
      QTest::keyClick(&label, Qt::Key_J);
    else
      QTest::keyClick(&label, Qt::Key_Return);
    const LabelTask& task = label.session().task();
    if (task.open() && task.same(before) && !task.answers.isEmpty())
      tellParent(QStringLiteral("draft"), task.draftKey(), task.toDraft());
    else
      tellParent(QStringLiteral("draft"), before.draftKey(), {});
  }

  Desktop& desktop;
  ChatPanel& chat;
  LabelPanel& label;
  QTimer tick;
  QRandomGenerator random = QRandomGenerator::securelySeeded();
  bool inChat = random.bounded(2) == 0;
  int left = 0;
  RecordId conversation = 0;
};

// What the child had said: rows as they were acknowledged, drafts as they stood one after the other.
struct Said {
  std::map<RecordId, QByteArray> turns, rankings;
  std::map<RecordId, bool> begun; // replies of which only the beginning was acknowledged
  struct State {
    qint64 since;
    QByteArray body;
  };
  std::map<QString, std::vector<State>> drafts;
  std::map<RecordId, std::vector<State>> replies;
  bool opened = false;

  void read(const QString& file) {
    QFile log(file);
    if (!log.open(QIODevice::ReadOnly)) return;
    drafts.clear();
    replies.clear();
    const QList<QByteArray> lines = log.readAll().split('\n');
    for (qsizetype i = 0; i + 1 < lines.size(); ++i) { // the last one may be half a line
      const QList<QByteArray> parts = lines[i].split(' ');
      const QByteArray body = QByteArray::fromBase64(parts.value(3));
      const RecordId id = parts.value(1).toLongLong();
      const State state{parts.value(2).toLongLong(), body};
      if (parts[0] == "opened") opened = true;
      if (parts[0] == "turn") turns[id] = body;
      if (parts[0] == "begun") begun[id] = true;
      if (parts[0] == "ranking") rankings[id] = body;
      if (parts[0] == "draft") drafts[QString::fromUtf8(parts[1])].push_back(state);
      if (parts[0] == "reply") replies[id].push_back(state);
    }
  }
};

// Whether `found` is a state that stood at some time in the last second before the kill.
bool recent(const std::vector<Said::State>& states, const QByteArray& found, qint64 killed,
            const std::function<bool(const QByteArray&, const QByteArray&)>& same) {
  for (size_t i = states.size(); i-- > 0;) {
    if (same(states[i].body, found)) return true;
    if (states[i].since < killed - 1000)
      return false; // this one stood a second ago, and a newer one or it must be there
  }
  return true; // everything is younger than a second
}

QByteArray draftWithoutTime(const QByteArray& draft) { // the time spent goes on between two drafts
  const int at = int(draft.lastIndexOf("\"took\""));
  return at < 0 ? draft : draft.left(at);
}

// Prompts whose answers wait to be ranked, as Label keeps those that it has sampled: a window that lives for a second
// or two has no time to sample four different ones.
void prepareRankings(Store& store, int most) {
  const QList<Prompt> there = store.promptsToRank(0, most);
  QList<Prompt> more;
  for (qsizetype i = there.size(); i < most; ++i) {
    Prompt prompt;
    prompt.text = QStringLiteral("What does the keeper do on day %1?").arg(QRandomGenerator::global()->generate());
    more << prompt;
  }
  (void)store.addPrompts(more);
  for (const Prompt& prompt : store.promptsToRank(0, most)) {
    LabelTask task;
    task.prompt = prompt;
    if (!store.draft(task.draftKey()).isEmpty()) continue;
    QList<Answer> answers;
    for (const char* words : {"He lights the lamp.", "He sleeps.", "He counts the gulls.", "I do not know."}) {
      Answer answer;
      answer.text = QString::fromLatin1(words);
      answer.finish = QStringLiteral("eos");
      answers << answer;
    }
    task.addAnswers(answers);
    store.keepDraft(task.draftKey(), task.toDraft());
  }
  store.flushDrafts();
}

// Kills the child `afterMs` after it opened, or after it acknowledged a ranking.
qint64 runAndKill(const QString& home, const QString& log, int afterMs, bool afterRanking) {
  QProcess child;
  child.setEnvironment(QProcess::systemEnvironment() +
                       QStringList{QStringLiteral("ATTUNE_HOME=") + home, QStringLiteral("ATTUNE_TEST_LOG=") + log,
                                   QStringLiteral("ATTUNE_VALIDATION=0"), QStringLiteral("QT_QPA_PLATFORM=offscreen"),
                                   QStringLiteral("ATTUNE_TEST_WINDOW=1")});
  child.setProcessChannelMode(QProcess::ForwardedErrorChannel);
  child.setStandardOutputFile(QProcess::nullDevice());
  child.start(QStringLiteral("/bin/sh"),
              {QStringLiteral("-c"), QStringLiteral("exec \"$0\" \"$@\" 3>\"$ATTUNE_TEST_LOG\""),
               QCoreApplication::applicationFilePath(), QStringLiteral("the window that is killed")});
  REQUIRE(child.waitForStarted());
  QElapsedTimer time;
  time.start();
  Said seen;
  while ((!seen.opened || (afterRanking && seen.rankings.empty())) && time.elapsed() < 600000) { // a busy machine may
    QTest::qSleep(5);                                                                            // take long
    seen.read(log);
  }
  REQUIRE(seen.opened);
  REQUIRE((!afterRanking || !seen.rankings.empty()));
  time.start();
  QTest::qSleep(afterMs);
  // A machine that was stopped meanwhile (a laptop that slept) stopped the child too: that time does not count.
  const qint64 stopped = std::max<qint64>(0, time.elapsed() - afterMs - 50);
  const qint64 killed = QDateTime::currentMSecsSinceEpoch() - stopped;
  ::kill(pid_t(child.processId()), SIGKILL);
  child.waitForFinished();
  CHECK(child.exitStatus() == QProcess::CrashExit); // it was killed, and did not end by itself
  return killed;
}

} // namespace

TEST_CASE("the window that is killed", "[.]") {
  if (!qEnvironmentVariableIsSet("ATTUNE_TEST_WINDOW")) return;
  int count = 1;
  char name[] = "attune";
  char* words[] = {name, nullptr};
  vulkan::preferWideVectors();
  Application application(count, words);
  paths::make();
  Workbench bench;
  Theme::use(ThemeMode::Light);
  Desktop desktop(bench, paths::store());
  desktop.window.show();
  desktop.window.activateWindow();
  Person person(desktop);
  QApplication::exec();
}

TEST_CASE("kill -9 of the window loses no acknowledged row and no draft older than a second") {
  test::application();
  test::Scratch scratch;
  const QString home = QString::fromStdString(scratch.path().string()), log = home + QStringLiteral("/log");
  auto* random = QRandomGenerator::global();
  const int kills = qEnvironmentVariableIsSet("ATTUNE_KILLS") ? qEnvironmentVariableIntValue("ATTUNE_KILLS") : 3;
  constexpr int waiting = 12; // more than anyone ranks before the kill
  {
    Store store(home + QStringLiteral("/attune.sqlite"));
    prepareRankings(store, waiting);
  }
  Said all;
  int drafts = 0, lostRows = 0, lostDrafts = 0;
  for (int i = 0; i < kills; ++i) {
    QFile::remove(log);
    const qint64 killed = runAndKill(home, log, 300 + int(random->bounded(i % 3 == 0 ? 5000 : 1500)), i % 3 == 1);
    all.opened = false;
    all.read(log);
    Store store(home + QStringLiteral("/attune.sqlite")); // opens: no lock stays, no file is damaged
    for (const auto& [key, states] : all.drafts) {
      ++drafts;
      const bool kept = recent(states, store.draft(key), killed, [](const QByteArray& a, const QByteArray& b) {
        return draftWithoutTime(a) == draftWithoutTime(b);
      });
      if (!kept) std::printf("lost: the draft %s of kill %d\n", qUtf8Printable(key), i);
      lostDrafts += !kept;
    }
    for (const auto& [id, states] : all.replies) {
      Turn drafted;
      const bool any = readDraft(store.draft(QStringLiteral("chat/reply/%1").arg(id)), drafted);
      const auto turn = store.turn(id);
      const QByteArray found = any ? drafted.text.toUtf8() : turn ? turn->text.toUtf8() : QByteArray();
      ++drafts;
      // What is there is as long as what stood a second ago, or longer.
      const bool kept = recent(states, found, killed,
                               [](const QByteArray& said, const QByteArray& there) { return there.startsWith(said); });
      if (!kept) std::printf("lost: the reply %lld of kill %d\n", static_cast<long long>(id), i);
      lostDrafts += !kept;
    }
    prepareRankings(store, waiting);
    if (i % 10 != 9 && i != kills - 1) continue;
    for (const auto& [id, body] : all.turns) {
      const auto turn = store.turn(id);
      lostRows += !turn || turn->text.toUtf8() != body;
    }
    for (const auto& [id, there] : all.begun) lostRows += !store.turn(id);
    for (const auto& [id, body] : all.rankings) {
      const auto c = store.comparison(id);
      lostRows += !c || bodyOf(*c) != body;
    }
    Rows sound = store.database().run(QStringLiteral("PRAGMA integrity_check"));
    CHECK((sound.next() && sound.text(0) == QStringLiteral("ok")));
  }
  CHECK(lostRows == 0);
  CHECK(lostDrafts == 0);
  CHECK(drafts > 0);
  CHECK(all.rankings.size() >= size_t(kills / 3));
  std::printf(
      "%d kills of the window: %zu turns, %zu replies begun, %zu rankings, %d drafts; %d rows and %d drafts lost\n",
      kills, all.turns.size(), all.begun.size(), all.rankings.size(), drafts, lostRows, lostDrafts);
}
