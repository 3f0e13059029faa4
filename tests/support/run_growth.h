// What a process that trains a run grows by: the peak of its resident memory, less what it had before.
#pragma once

#include "catch.h"
#include "formats/file.h"

#include <cstdlib>
#include <filesystem>
#include <string>
#include <unistd.h>

namespace attune::test {

// Bytes. The run is trained to its end in a process of its own (see forecast_test.cpp); `cold`: with empty caches.
inline double grownBy(const std::filesystem::path& run, bool cold = false) {
  std::string program(4096, 0);
  program.resize(size_t(::readlink("/proc/self/exe", program.data(), program.size())));
  const std::string caches = cold ? "MESA_SHADER_CACHE_DIR='" + (run / "mesa").string() + "' XDG_CACHE_HOME='" +
                                        (run / "cache").string() + "' "
                                  : "";
  const std::string command = "ATTUNE_TEST_RUN='" + run.string() + "' ATTUNE_VALIDATION=0 " + caches + "'" + program +
                              "' 'tells the memory of the run in ATTUNE_TEST_RUN' >/dev/null";
  REQUIRE(std::system(command.c_str()) == 0);
  return std::atof(readFile(run / "growth").c_str());
}

} // namespace attune::test
