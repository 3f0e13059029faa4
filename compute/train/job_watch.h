// How a job of preference training says what it does, and learns that it is to leave off.
#pragma once

#include <functional>
#include <string>

namespace attune {

// Thrown through a job's step or evaluation when the run is to pause or stop.
struct Interrupted {};

struct JobWatch {
  std::function<void(const std::string& doing)> tell;
  std::function<bool()> interrupted;
  void check() const { // throws Interrupted
    if (interrupted()) throw Interrupted();
  }
};

} // namespace attune
