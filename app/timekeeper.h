// How long a person waits, said on standard error where ATTUNE_TIMES is set: when the window was painted, when the
// model was ready, how long each first word took, and at the end how long the window was ever kept from answering.
//
// A thread knocks at the window's event loop every few milliseconds and measures how long it takes until the loop
// answers: that is what a click or a key would have waited. Handlers that took long are named.
#pragma once

#include "engine/reply.h"
#include <QElapsedTimer>
#include <QObject>
#include <atomic>
#include <thread>

namespace attune {

class Application;
class Desktop;

// Milliseconds since this process was started, by the system's account (steps of 10 ms).
qint64 processMilliseconds();

// Knocks from its making on, at the event loop of the thread that makes it.
class EventLoopWatch : public QObject {
  Q_OBJECT
public:
  EventLoopWatch();
  ~EventLoopWatch() override;
  double longest() const { return longestMs; } // ms, since the start or the last `restart`
  int over(double ms) const;                   // how many knocks waited longer, from 20 ms on
  void restart();

protected:
  bool event(QEvent*) override;

private:
  std::vector<double> late; // those above 20 ms
  double longestMs = 0;
  std::atomic<qint64> knockedAt = 0; // ns of the clock; 0: answered
  std::atomic<bool> ending = false;
  QElapsedTimer clock;
  std::thread thread;
};

class Timekeeper : public QObject {
  Q_OBJECT
public:
  static bool wanted() { return qEnvironmentVariableIsSet("ATTUNE_TIMES"); }
  Timekeeper(Desktop& desktop, Application& application);
  ~Timekeeper() override;

protected:
  bool eventFilter(QObject*, QEvent*) override;

private:
  Desktop& desktop;
  EventLoopWatch loop;
  QElapsedTimer asked;
  bool painted = false;
};

} // namespace attune
