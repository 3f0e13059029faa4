// Ctrl+C and a polite kill as a flag: while an Interrupt lives, SIGINT and SIGTERM set it and do not end the process.
#pragma once

#include <atomic>
#include <csignal>

namespace attune::cli {

class Interrupt {
public:
  Interrupt();
  ~Interrupt();
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;

  bool raised() const;
  const std::atomic<bool>* flag() const;
  void lower(); // so that the next one is noticed

private:
  struct sigaction oldInterrupt {
  }, oldTerminate{};
};

} // namespace attune::cli
