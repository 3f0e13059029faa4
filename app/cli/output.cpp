#include "cli/output.h"

#include "error.h"

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <sys/ioctl.h>
#include <unistd.h>

#include "formats/files.h"

namespace attune::cli {
namespace {

[[noreturn]] void outputFailed() { throw Error("Standard output takes no more: " + reasonOf(errno)); }

size_t terminalWidth() {
  winsize size{};
  return ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 20 ? size.ws_col : 80;
}

} // namespace

void print(const std::string& text) {
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() || std::fflush(stdout) != 0) outputFailed();
}

void printJson(const Json& object) { print(jsonLine(object) + "\n"); }

void finishOutput() {
  if (std::fflush(stdout) != 0 || std::ferror(stdout)) outputFailed();
}

void tell(const std::string& line) {
  std::fprintf(stderr, "%s\n", line.c_str());
  std::fflush(stderr);
}

bool outputIsTerminal() { return ::isatty(STDOUT_FILENO); }
bool messagesAreOnTerminal() { return ::isatty(STDERR_FILENO); }
bool inputIsTerminal() { return ::isatty(STDIN_FILENO); }

std::string grouped(int64_t number) {
  std::string digits = std::to_string(number < 0 ? -number : number);
  for (long at = long(digits.size()) - 3; at > 0; at -= 3) digits.insert(size_t(at), ",");
  return (number < 0 ? "-" : "") + digits;
}

std::string rounded(double value, int digits) {
  char text[40];
  std::snprintf(text, sizeof text, "%.*g", digits, value);
  return text;
}

std::string bytesText(uint64_t bytes) {
  const char* units[] = {"bytes", "KiB", "MiB", "GiB", "TiB"};
  double size = double(bytes);
  int unit = 0;
  while (size >= 1024 && unit < 4) size /= 1024, ++unit;
  char text[40];
  std::snprintf(text, sizeof text, unit == 0 || size >= 100 ? "%.0f %s" : "%.1f %s", size, units[unit]);
  return text;
}

std::string durationText(double seconds) {
  if (!(seconds >= 0) || seconds > 1e8) return "a long time";
  const int64_t whole = std::llround(seconds);
  if (whole < 60) return std::to_string(whole) + " s";
  if (whole < 3600) return std::to_string(whole / 60) + " min " + std::to_string(whole % 60) + " s";
  return std::to_string(whole / 3600) + " h " + std::to_string(whole % 3600 / 60) + " min";
}

Progress::Progress()
    : last(std::chrono::steady_clock::now()) {}

Progress::~Progress() { clear(); }

void Progress::show(double share, const std::string& words) {
  const auto now = std::chrono::steady_clock::now();
  const bool terminal = messagesAreOnTerminal();
  if (!first && now - last < (terminal ? std::chrono::milliseconds(100) : std::chrono::milliseconds(5000))) return;
  first = false;
  last = now;
  if (!terminal) {
    tell((share >= 0 ? std::to_string(int(100 * share)) + " %  " : "") + words);
    return;
  }
  std::string line;
  if (share >= 0) {
    const int full = int(std::lround(24 * std::clamp(share, 0.0, 1.0)));
    line = "[" + std::string(size_t(full), '#') + std::string(size_t(24 - full), '.') + "] ";
  }
  line = (line + words).substr(0, terminalWidth() - 1);
  std::fprintf(stderr, "\r\033[K%s", line.c_str());
  std::fflush(stderr);
  drawn = true;
}

void Progress::clear() {
  if (drawn) std::fputs("\r\033[K", stderr);
  drawn = false;
}

} // namespace attune::cli
