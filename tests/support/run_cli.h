// attune-cli as a process, the way a script meets it: words and input in, output, messages and exit code out.
#pragma once

#include "formats/json.h"

#include <csignal>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace attune::test {

struct CliResult {
  int code = -1; // the exit code; 128 + N when signal N ended it
  std::string out, err;
  Json json() const; // standard output as exactly one JSON object; throws Error when it is none
};

// A running attune-cli. Its ATTUNE_HOME is HOME_FOLDER; compiled kernels are shared between tests. It runs under
// Vulkan's validation layers, and a message of theirs fails the test.
class CliProcess {
public:
  CliProcess(const std::filesystem::path& home, const std::vector<std::string>& words, const std::string& input = {},
             uint64_t fileLimit = 0); // fileLimit: bytes that any file may have, 0 for no limit
  ~CliProcess();
  CliProcess(const CliProcess&) = delete;
  CliProcess& operator=(const CliProcess&) = delete;

  pid_t id() const { return process; }
  void send(int signal) const { ::kill(process, signal); }
  bool running();
  CliResult finish(); // waits

private:
  std::filesystem::path folder;
  pid_t process = -1;
  std::optional<int> status;
};

CliResult runCli(const std::filesystem::path& home, const std::vector<std::string>& words,
                 const std::string& input = {}, uint64_t fileLimit = 0);

// Waits until `condition` holds; false after `seconds`.
bool waitUntil(double seconds, const std::function<bool()>& condition);

} // namespace attune::test
