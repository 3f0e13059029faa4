// A line from the person at the terminal.
#pragma once

#include <optional>
#include <string>

namespace attune::cli {

// Shows `question` on standard error (on a terminal only) and reads a line from standard input. Empty at the end of the
// input (Ctrl+D), and when a signal came while an Interrupt is alive and held.
std::optional<std::string> askLine(const std::string& question);

} // namespace attune::cli
