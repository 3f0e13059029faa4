#include "bench/peer.h"

#include <csignal>
#include <cstdlib>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

namespace attune {

std::unique_ptr<Peer> Peer::start(const std::string& script) {
  if (access(script.c_str(), R_OK) != 0) return nullptr;
  const char* chosen = std::getenv("ATTUNE_PYTHON");
  const std::string python = chosen && *chosen ? chosen : "python3";
  // A socket, so that writing to a peer that has died is an error and not a signal.
  int to[2], from[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, to) != 0) return nullptr;
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, from) != 0) {
    close(to[0]), close(to[1]);
    return nullptr;
  }
  std::unique_ptr<Peer> peer(new Peer);
  const pid_t process = fork();
  if (process == 0) {
    dup2(to[1], STDIN_FILENO);
    dup2(from[1], STDOUT_FILENO);
    // Its threads sleep between questions: spinning ones would slow what is measured in between.
    setenv("OMP_WAIT_POLICY", "PASSIVE", 1);
    setenv("KMP_BLOCKTIME", "0", 1);
    execlp(python.c_str(), python.c_str(), script.c_str(), static_cast<char*>(nullptr));
    _exit(127);
  }
  close(to[1]), close(from[1]);
  peer->process_ = process;
  peer->input_ = to[0];
  peer->output_ = from[0];
  if (process < 0) return nullptr;
  const std::optional<std::string> greeting = peer->line();
  if (!greeting || greeting->rfind("ready ", 0) != 0) return nullptr;
  peer->name_ = greeting->substr(6);
  return peer;
}

Peer::~Peer() {
  if (input_ >= 0) close(input_);
  if (output_ >= 0) close(output_);
  if (process_ > 0) waitpid(process_, nullptr, 0); // it ends with its standard input
}

std::optional<std::string> Peer::line() {
  for (;;) {
    const size_t end = pending_.find('\n');
    if (end != std::string::npos) {
      std::string result = pending_.substr(0, end);
      pending_.erase(0, end + 1);
      return result;
    }
    char bytes[256];
    const ssize_t count = read(output_, bytes, sizeof bytes);
    if (count <= 0) return std::nullopt;
    pending_.append(bytes, count);
  }
}

std::optional<double> Peer::ask(const std::string& question) {
  const std::string text = question + "\n";
  if (send(input_, text.data(), text.size(), MSG_NOSIGNAL) != ssize_t(text.size())) return std::nullopt;
  const std::optional<std::string> answer = line();
  if (!answer) return std::nullopt;
  char* end = nullptr;
  const double value = std::strtod(answer->c_str(), &end);
  return end == answer->c_str() ? std::nullopt : std::optional(value);
}

} // namespace attune
