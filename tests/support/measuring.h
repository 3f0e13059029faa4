// Whether this run is there to measure (ATTUNE_MEASURE is set: the machine is quiet, its disk too, and figures must
// hold) or to find faults, on a machine that may be busy with anything: then limits of time are ten times as long.
#pragma once

#include <cstdlib>

namespace attune::test {

inline bool measuring() { return std::getenv("ATTUNE_MEASURE") != nullptr; }

inline int patience() { return measuring() ? 1 : 10; }

} // namespace attune::test
