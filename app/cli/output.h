// What the commands say: results to standard output, all else to standard error.
#pragma once

#include "formats/json.h"

#include <chrono>
#include <string>

namespace attune::cli {

// To standard output, at once. Throws Error when it takes no more (a full disk).
void print(const std::string& text);
void printJson(const Json& object); // one line
void finishOutput();                // throws Error when something written did not arrive

// A line on standard error.
void tell(const std::string& line);

bool outputIsTerminal();
bool messagesAreOnTerminal();
bool inputIsTerminal();

std::string grouped(int64_t number);           // 12,345
std::string rounded(double value, int digits); // significant ones
std::string bytesText(uint64_t bytes);         // "1.5 MiB"
std::string durationText(double seconds);      // "2 min 5 s"

// How far a job is: a bar that is drawn over on a terminal, a line every five seconds elsewhere. Goes with the object.
class Progress {
public:
  Progress();
  ~Progress();
  // `share` in [0, 1], below 0 when it is not known.
  void show(double share, const std::string& words);
  void clear(); // takes the bar off the terminal, so that a line can be written

private:
  std::chrono::steady_clock::time_point last;
  bool first = true, drawn = false;
};

} // namespace attune::cli
