// Where processors are few the window goes first.
#pragma once

#include <sched.h>
#include <sys/resource.h>

namespace attune {

// This thread, and those that it makes (lavapipe's too), from now on: `nice` steps behind the window, and without
// pushing another thread aside when they wake. What the system refuses is done without.
inline void stepBack(int nice) {
  ::setpriority(PRIO_PROCESS, 0, nice);
  const sched_param none{};
  ::sched_setscheduler(0, SCHED_BATCH, &none);
}

constexpr int stepsOfReplies = 2, stepsOfTraining = 6;

} // namespace attune
