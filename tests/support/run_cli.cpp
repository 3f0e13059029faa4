#include "run_cli.h"

#include "catch.h"
#include "checkout.h"
#include "error.h"
#include "formats/file.h"

#include <atomic>
#include <chrono>
#include <csignal>
#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <sys/resource.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace attune::test {

namespace fs = std::filesystem;

namespace {

int codeOf(int status) { return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status); }

// A validation message of the process is a failure of the test, however the process ended.
void checkValidation(const std::string& messages) {
  const size_t at = messages.find("Vulkan validation ");
  if (at == messages.npos) return;
  FAIL_CHECK("attune-cli: " << messages.substr(at, messages.find('\n', at) - at));
}

void redirect(const fs::path& file, int descriptor, int flags) {
  const int opened = ::open(file.c_str(), flags, 0600);
  if (opened < 0 || ::dup2(opened, descriptor) < 0) ::_exit(126);
}

} // namespace

Json CliResult::json() const {
  if (out.empty() || out.back() != '\n' || out.find('\n') != out.size() - 1)
    throw Error("Not one line of JSON: " + out + err);
  return parseJson(out, "standard output");
}

CliProcess::CliProcess(const fs::path& home, const std::vector<std::string>& words, const std::string& input,
                       uint64_t fileLimit) {
  static std::atomic<int> count{0};
  folder = fs::temp_directory_path() / ("attune-cli-" + std::to_string(::getpid()) + "-" + std::to_string(count++));
  fs::create_directories(folder);
  fs::create_directories(home);
  writeFileAtomically(folder / "in", input);
  const std::string program = buildFolder() + "/bin/attune-cli";
  std::vector<char*> arguments{const_cast<char*>(program.c_str())};
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  for (const char* name : {"out", "err"}) writeFileAtomically(folder / name, {}); // it may be ended before it writes
  // A signal that comes before the program itself is there ends the child without the test's own handlers.
  sigset_t ending, before;
  sigemptyset(&ending);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&ending, signal);
  ::sigprocmask(SIG_BLOCK, &ending, &before);
  process = ::fork();
  if (process == 0)
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) ::signal(signal, SIG_DFL);
  ::sigprocmask(SIG_SETMASK, &before, nullptr);
  if (process < 0) throw Error("fork failed");
  if (process > 0) return;
  ::setenv("ATTUNE_HOME", home.c_str(), 1);
  ::setenv("MESA_SHADER_CACHE_DIR", (buildFolder() + "/shader_cache_cli").c_str(), 1);
  ::setenv("ATTUNE_VALIDATION", "1", 1);
  redirect(folder / "in", 0, O_RDONLY);
  redirect(folder / "out", 1, O_WRONLY | O_CREAT | O_TRUNC);
  redirect(folder / "err", 2, O_WRONLY | O_CREAT | O_TRUNC);
  if (fileLimit) {
    const rlimit limit{rlim_t(fileLimit), rlim_t(fileLimit)};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  ::execv(program.c_str(), arguments.data());
  ::_exit(127);
}

CliProcess::~CliProcess() {
  if (running()) {
    send(SIGKILL);
    finish();
  }
  std::error_code ignored;
  fs::remove_all(folder, ignored);
}

bool CliProcess::running() {
  int now = 0;
  if (!status && ::waitpid(process, &now, WNOHANG) == process) status = now;
  return !status;
}

CliResult CliProcess::finish() {
  int now = 0;
  if (!status && ::waitpid(process, &now, 0) == process) status = now;
  CliResult result{codeOf(status.value_or(0)), readFile(folder / "out"), readFile(folder / "err")};
  checkValidation(result.err);
  return result;
}

CliResult runCli(const fs::path& home, const std::vector<std::string>& words, const std::string& input,
                 uint64_t fileLimit) {
  return CliProcess(home, words, input, fileLimit).finish();
}

bool waitUntil(double seconds, const std::function<bool()>& condition) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::duration<double>(seconds);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return true;
}

} // namespace attune::test
