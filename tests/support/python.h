// Python beside us, where a test compares with the libraries that everyone uses. ATTUNE_TEST_PYTHON names the program
// (default python3); without it or without the library the test prints a line SKIPPED and returns.
#pragma once

#include "checkout.h"
#include "error.h"
#include "formats/file.h"

#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <string>
#include <vector>

namespace attune::test {

inline std::string pythonProgram() {
  const char* set = std::getenv("ATTUNE_TEST_PYTHON");
  return set && *set ? set : "python3";
}

inline bool hasPython(const std::string& library) {
  const bool found = std::system((pythonProgram() + " -c 'import " + library + "' >/dev/null 2>&1").c_str()) == 0;
  if (!found)
    std::cout << "SKIPPED: " << pythonProgram() << " cannot import " << library << " (set ATTUNE_TEST_PYTHON)\n";
  return found;
}

// Runs `script` with `folder` as its working folder and only argument; returns what it printed. Throws Error with its
// standard error when it fails.
inline std::string runPython(const std::string& script, const std::filesystem::path& folder) {
  writeFileAtomically(folder / "script.py", script);
  const std::string quoted = "'" + folder.string() + "'";
  const int status =
      std::system(("cd " + quoted + " && " + pythonProgram() + " script.py " + quoted + " >out.txt 2>err.txt").c_str());
  if (status != 0) throw Error("Python failed: " + readFile(folder / "err.txt"));
  return readFile(folder / "out.txt");
}

// Whether tests/support/SCRIPT ends well with these arguments; what it says goes to the terminal.
inline bool pythonAgrees(const std::string& script, const std::vector<std::string>& arguments) {
  std::string command = pythonProgram() + " '" + sourceFolder() + "/tests/support/" + script + "'";
  for (const std::string& argument : arguments) command += " '" + argument + "'";
  return std::system(command.c_str()) == 0;
}

} // namespace attune::test
