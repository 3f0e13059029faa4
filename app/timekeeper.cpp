#include "timekeeper.h"

#include "attune_application.h"
#include "chat/chat_panel.h"
#include "chat/chat_session.h"
#include "desktop.h"
#include <QFile>
#include <QTimer>
#include <algorithm>
#include <cstdio>
#include <ctime>
#include <unistd.h>

namespace attune {
namespace {

constexpr double worthTelling = 20; // ms

const QEvent::Type knock = QEvent::Type(QEvent::registerEventType());

void say(const QString& words) { std::fprintf(stderr, "times: %s\n", qUtf8Printable(words)); }

} // namespace

qint64 processMilliseconds() {
  QFile file(QStringLiteral("/proc/self/stat"));
  if (!file.open(QIODevice::ReadOnly)) return -1;
  const QByteArray line = file.readAll();
  const QList<QByteArray> fields = line.mid(line.lastIndexOf(')') + 2).split(' ');
  timespec now{};
  ::clock_gettime(CLOCK_BOOTTIME, &now);
  const double started = fields.value(19).toDouble() / double(::sysconf(_SC_CLK_TCK));
  return qint64((double(now.tv_sec) + double(now.tv_nsec) * 1e-9 - started) * 1000);
}

EventLoopWatch::EventLoopWatch()
    : accountFile("/proc/self/task/" + std::to_string(::gettid()) + "/schedstat") {
  clock.start();
  thread = std::thread([this] {
    while (!ending) {
      if (knockedAt == 0) {
        knockedWith = account();
        knockedAt = clock.nsecsElapsed() + 1;
        QCoreApplication::postEvent(this, new QEvent(knock), Qt::HighEventPriority);
      }
      ::usleep(4000);
    }
  });
}

EventLoopWatch::~EventLoopWatch() {
  ending = true;
  thread.join();
}

bool EventLoopWatch::event(QEvent* e) {
  if (e->type() != knock) return QObject::event(e);
  const Account before = knockedWith;
  const double waited = double(clock.nsecsElapsed() - knockedAt.exchange(0)) / 1e6;
  const Account now = waited > std::max(most.waited, worthTelling) ? account() : before;
  if (waited > worthTelling) late.push_back(waited);
  if (waited > most.waited) most = {waited, {now.worked - before.worked, now.inLine - before.inLine}};
  return true;
}

EventLoopWatch::Account EventLoopWatch::account() const {
  Account found; // in the file: nanoseconds of work, nanoseconds in line, how often it ran
  if (FILE* file = std::fopen(accountFile.c_str(), "re")) {
    if (std::fscanf(file, "%lf %lf", &found.worked, &found.inLine) != 2) found = {};
    std::fclose(file);
  }
  return {found.worked / 1e6, found.inLine / 1e6};
}

QString EventLoopWatch::longestWords() const {
  return QStringLiteral("%1 ms (%2 of work, %3 in line for a processor)")
      .arg(most.waited, 0, 'f', 0)
      .arg(most.of.worked, 0, 'f', 0)
      .arg(most.of.inLine, 0, 'f', 0);
}

int EventLoopWatch::over(double ms) const {
  return int(std::count_if(late.begin(), late.end(), [ms](double waited) { return waited > ms; }));
}

Timekeeper::Timekeeper(Desktop& desktop, Application& application)
    : desktop(desktop) {
  desktop.window.installEventFilter(this);
  application.tellSlowEvents(worthTelling, [](const char* receiver, int type, double ms, double cpu) {
    say(QStringLiteral("%1 ms (%2 of the processor) in one event of type %3 for %4, at %5 ms")
            .arg(ms, 0, 'f', 0)
            .arg(cpu, 0, 'f', 0)
            .arg(type)
            .arg(QLatin1String(receiver))
            .arg(processMilliseconds()));
  });
  connect(&desktop.engine, &Engine::prepared, this, [](const QString& model) {
    say(QStringLiteral("%1 is ready to reply after %2 ms").arg(model).arg(processMilliseconds()));
  });
  connect(&desktop.engine, &Engine::loaded, this, [](const QString& model) {
    say(QStringLiteral("%1 is loaded after %2 ms").arg(model).arg(processMilliseconds()));
  });
  connect(&desktop.engine, &Engine::workChanged, this, [](const QString& words) {
    if (!words.isEmpty()) say(QStringLiteral("%1 (at %2 ms)").arg(words).arg(processMilliseconds()));
  });
  if (auto* chat = desktop.window.findChild<ChatPanel*>()) {
    ChatSession& session = chat->session();
    connect(&session, &ChatSession::stateChanged, this, [this, &session] {
      if (session.state() == ChatSession::State::Asking) asked.start();
      if (session.state() != ChatSession::State::Streaming) return;
      QTimer::singleShot(0, this, [this] { // painted by then
        say(QStringLiteral("the first word came %1 ms after it was asked for, %2 ms after the start")
                .arg(asked.elapsed())
                .arg(processMilliseconds()));
      });
    });
  }
}

Timekeeper::~Timekeeper() {
  say(QStringLiteral("the window answered within %1 always; %2 times it took more than 20 ms, %3 times more than 50")
          .arg(loop.longestWords())
          .arg(loop.over(worthTelling))
          .arg(loop.over(50)));
}

bool Timekeeper::eventFilter(QObject* watched, QEvent* e) {
  if (e->type() == QEvent::Paint && !painted) {
    painted = true;
    QTimer::singleShot(0, this,
                       [] { say(QStringLiteral("the window is painted after %1 ms").arg(processMilliseconds())); });
  }
  return QObject::eventFilter(watched, e);
}

} // namespace attune
