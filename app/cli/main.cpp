// attune-cli: every job of Attune without a window.
#include "cli/commands.h"
#include "formats/unfinished.h"
#include "vulkan/lavapipe.h"

#include <csignal>

int main(int argc, char** argv) {
  std::signal(SIGXFSZ, SIG_IGN); // a file that may not grow is an error to be told, not the end
  attune::removeUnfinishedOnSignals();
  attune::vulkan::preferWideVectors();
  return attune::cli::runCommandLine({argv + 1, argv + argc});
}
