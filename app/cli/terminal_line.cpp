#include "cli/terminal_line.h"

#include "cli/output.h"

#include <cerrno>
#include <cstdio>
#include <unistd.h>

namespace attune::cli {

std::optional<std::string> askLine(const std::string& question) {
  // What was read beyond the last line.
  static std::string pending;
  if (inputIsTerminal()) {
    std::fputs(question.c_str(), stderr);
    std::fflush(stderr);
  }
  while (true) {
    if (const size_t end = pending.find('\n'); end != std::string::npos) {
      std::string line = pending.substr(0, end);
      pending.erase(0, end + 1);
      if (!line.empty() && line.back() == '\r') line.pop_back();
      return line;
    }
    char part[4096];
    const ssize_t got = ::read(STDIN_FILENO, part, sizeof part);
    if (got > 0) {
      pending.append(part, size_t(got));
      continue;
    }
    if (got < 0) return std::nullopt; // a signal, or a terminal that went away
    if (pending.empty()) return std::nullopt;
    std::string line;
    line.swap(pending);
    return line;
  }
}

} // namespace attune::cli
