#include "engine/run_failure.h"

#include "formats/file.h"

namespace attune {
namespace {

std::filesystem::path fileOf(const std::filesystem::path& run) { return run / "failure.txt"; }

} // namespace

void keepFailure(const std::filesystem::path& run, const std::string& sentence) noexcept {
  try {
    writeFileAtomically(fileOf(run), sentence + "\n");
  } catch (const std::exception&) { // the disk may be why the run failed
  }
}

std::string failureOf(const std::filesystem::path& run) {
  try {
    if (!std::filesystem::exists(fileOf(run))) return {};
    std::string sentence = readFile(fileOf(run));
    while (!sentence.empty() && sentence.back() == '\n') sentence.pop_back();
    return sentence.empty() ? "it ended with an error" : sentence;
  } catch (const std::exception&) {
    return {};
  }
}

void forgetFailure(const std::filesystem::path& run) noexcept {
  std::error_code ignored;
  std::filesystem::remove(fileOf(run), ignored);
}

} // namespace attune
