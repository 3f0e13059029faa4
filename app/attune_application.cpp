#include "attune_application.h"

#include "sentence.h"

#include <QThread>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <exception>

namespace attune {

bool Application::guarded(QObject* receiver, QEvent* event) {
  try {
    return QApplication::notify(receiver, event);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "attune: %s\n", error.what());
    Q_EMIT failed(QString::fromStdString(sentenceOf(error)));
    return true;
  }
}

void Application::tellSlowEvents(double longerThan, TellSlow tell) {
  slow = longerThan;
  tellSlow = std::move(tell);
}

bool Application::notify(QObject* receiver, QEvent* event) {
  if (!tellSlow || depth > 0 || QThread::currentThread() != thread()) return guarded(receiver, event);
  const auto processor = [] {
    timespec now{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return double(now.tv_sec) * 1e3 + double(now.tv_nsec) * 1e-6;
  };
  const char* name = receiver->metaObject()->className(); // the receiver may be gone afterwards
  const int type = event->type();
  const double worked = processor();
  const auto start = std::chrono::steady_clock::now();
  ++depth;
  const bool taken = guarded(receiver, event);
  --depth;
  const double ms = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
  if (ms > slow) tellSlow(name, type, ms, processor() - worked);
  return taken;
}

} // namespace attune
