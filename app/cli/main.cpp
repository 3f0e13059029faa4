// attune-cli: every job of Attune without a window.
#include "cli/commands.h"
#include "vulkan/lavapipe.h"

int main(int argc, char** argv) {
  attune::vulkan::preferWideVectors();
  return attune::cli::runCommandLine({argv + 1, argv + argc});
}
