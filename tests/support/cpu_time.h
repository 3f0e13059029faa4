// Time that this thread really computed: on a busy machine a wall clock would measure the neighbours.
#pragma once

#include <ctime>

namespace attune::test {

inline double cpuMilliseconds() {
  timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return double(now.tv_sec) * 1e3 + double(now.tv_nsec) / 1e6;
}

} // namespace attune::test
