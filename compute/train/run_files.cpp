#include "train/run_files.h"

#include "error.h"
#include "formats/line_log.h"

#include <fstream>

namespace attune {

namespace fs = std::filesystem;

fs::path wholePath(const fs::path& path) { return fs::absolute(path).lexically_normal(); }

fs::path pauseFile(const fs::path& run) { return run / "pause.request"; }

void cutToLines(const fs::path& file, int64_t lines) {
  LineLog log(file);
  std::ifstream in(file, std::ios::binary);
  uint64_t bytes = 0;
  std::string line;
  for (int64_t i = 0; i < lines; ++i) {
    if (!std::getline(in, line))
      throw Error(file.string() + " has fewer lines than the checkpoint noted (" + std::to_string(lines) +
                  "); it was changed after the run stopped");
    bytes += line.size() + 1;
  }
  log.cutTo(bytes);
}

double wallClock() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

double secondsSince(std::chrono::steady_clock::time_point begin) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

} // namespace attune
