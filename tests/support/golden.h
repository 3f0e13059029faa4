// Where the tests' reference data lies: small vectors in tests/golden (they travel with the project), the larger rest
// in a folder beside it (ATTUNE_TEST_DATA, default ../shared). What is absent is skipped, with a line that says so.
#pragma once

#include "checkout.h"

#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <string>

namespace attune::test {

inline std::filesystem::path testData() {
  const char* set = std::getenv("ATTUNE_TEST_DATA");
  return set && *set ? std::filesystem::path(set) : std::filesystem::path(sourceFolder()) / ".." / "shared";
}

inline std::filesystem::path foundOrSkipped(const std::filesystem::path& path) {
  if (std::filesystem::exists(path)) return path;
  std::cout << "SKIPPED: " << path.string() << " is absent (set ATTUNE_TEST_DATA to the folder that has it)\n";
  return {};
}

// A golden folder or file, such as golden("gpt2-tiny"); empty, after a line SKIPPED, when it is nowhere:
//   const auto folder = golden("gpt2-tiny");
//   if (folder.empty()) return;
inline std::filesystem::path golden(const std::string& name) {
  const std::filesystem::path carried = std::filesystem::path(sourceFolder()) / "tests" / "golden" / name;
  if (std::filesystem::exists(carried)) return carried;
  return foundOrSkipped(testData() / "golden" / name);
}

// The same for real data that is never carried: sharedData("stories260K/stories260K.bin").
inline std::filesystem::path sharedData(const std::string& name) { return foundOrSkipped(testData() / "data" / name); }

} // namespace attune::test
