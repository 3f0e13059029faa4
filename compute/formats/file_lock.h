// One writer at a time: an advisory lock on a file that holds the writer's process id. The kernel drops the lock when
// the process ends, however it ends, so nothing is ever left locked.
#pragma once

#include <filesystem>
#include <string>

namespace attune {

class FileLock {
public:
  // Takes the lock on `file`, made if need be. When another holds it: Error(`what` + " is being written by process
  // N…").
  FileLock(const std::filesystem::path& file, const std::string& what);
  // Drops the lock; removes the file.
  ~FileLock();
  FileLock(FileLock&& other) noexcept;
  FileLock& operator=(FileLock&&) = delete;

private:
  std::filesystem::path file;
  int descriptor = -1;
};

// The lock of a model or run folder about to be written: a hidden file beside it.
FileLock lockFolder(const std::filesystem::path& folder);

} // namespace attune
