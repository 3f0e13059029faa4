// A Python program beside ours that is measured in the same run: it is asked line by line and answers line by line.
#pragma once

#include <memory>
#include <optional>
#include <string>

namespace attune {

class Peer {
public:
  // Starts SCRIPT under the Python that ATTUNE_PYTHON names (default: python3). Null where it does not come up, be it
  // that Python lacks a package or that the script is not there.
  static std::unique_ptr<Peer> start(const std::string& script);
  ~Peer();
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;

  const std::string& name() const { return name_; }       // "PyTorch 2.5.1"
  std::optional<double> ask(const std::string& question); // the number of its answer; nothing once it has died

private:
  Peer() = default;
  std::optional<std::string> line();

  int process_ = -1, input_ = -1, output_ = -1;
  std::string name_, pending_;
};

} // namespace attune
