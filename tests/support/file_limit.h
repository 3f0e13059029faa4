// A disk that is full, for tests: writes past `bytes` of any file fail while `work` runs.
#pragma once

#include <csignal>
#include <cstdint>
#include <functional>
#include <sys/resource.h>

namespace attune::test {

inline void withFileLimit(uint64_t bytes, const std::function<void()>& work) {
  rlimit old{};
  ::getrlimit(RLIMIT_FSIZE, &old);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  const rlimit low{rlim_t(bytes), old.rlim_max};
  ::setrlimit(RLIMIT_FSIZE, &low);
  const auto restore = [&] {
    ::setrlimit(RLIMIT_FSIZE, &old);
    std::signal(SIGXFSZ, handler);
  };
  try {
    work();
  } catch (...) {
    restore();
    throw;
  }
  restore();
}

} // namespace attune::test
