#include "cli/interrupt.h"

namespace attune::cli {
namespace {

std::atomic<bool> flagOfProcess{false};
static_assert(std::atomic<bool>::is_always_lock_free, "a signal handler may only touch lock-free atomics");

void raise(int) { flagOfProcess.store(true); }

} // namespace

Interrupt::Interrupt() {
  flagOfProcess.store(false);
  struct sigaction action {};
  action.sa_handler = raise; // without SA_RESTART: a read that waits for a line returns
  sigemptyset(&action.sa_mask);
  sigaction(SIGINT, &action, &oldInterrupt);
  sigaction(SIGTERM, &action, &oldTerminate);
}

Interrupt::~Interrupt() {
  sigaction(SIGINT, &oldInterrupt, nullptr);
  sigaction(SIGTERM, &oldTerminate, nullptr);
}

bool Interrupt::raised() const { return flagOfProcess.load(); }
const std::atomic<bool>* Interrupt::flag() const { return &flagOfProcess; }
void Interrupt::lower() { flagOfProcess.store(false); }

} // namespace attune::cli
