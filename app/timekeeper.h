// How long a person waits, said on standard error where ATTUNE_TIMES is set: when the window was painted, when the
// model was ready, how long each first word took, and at the end how long the window was ever kept from answering.
//
// A thread knocks at the window's event loop every few milliseconds and measures how long it takes until the loop
// answers: that is what a click or a key would have waited. Handlers that took long are named; of the longest wait, how
// much of it the window's thread worked and how much it stood in line for a processor.
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
  double longest() const { return most.waited; } // ms
  int over(double ms) const;                     // how many knocks waited longer, from 20 ms on
  QString longestWords() const;                  // '144 ms (3 of work, 120 in line for a processor)'

protected:
  bool event(QEvent*) override;

private:
  // The window's thread by the system's account, in ms since its start; where there is none, zero.
  struct Account {
    double worked = 0, inLine = 0;
  };
  struct Wait {
    double waited = 0;
    Account of;
  };
  Account account() const;

  std::vector<double> late; // those above 20 ms
  Wait most;
  const std::string accountFile;
  Account knockedWith;               // read before knockedAt is set, and until it is answered only by who answers
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
