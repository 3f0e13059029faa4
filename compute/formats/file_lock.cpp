#include "formats/file_lock.h"
#include "error.h"
#include "formats/files.h"

#include <cerrno>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace attune {

namespace fs = std::filesystem;

FileLock::FileLock(const fs::path& path, const std::string& what)
    : file(path) {
  while (true) {
    descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (descriptor < 0) throw Error(what + " cannot be locked: " + reasonOf(errno) + ".");
    if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
      const int error = errno;
      char holder[32] = {};
      const ssize_t count = ::pread(descriptor, holder, sizeof holder - 1, 0);
      ::close(descriptor);
      if (error == EINTR) continue;
      if (error != EWOULDBLOCK) throw Error(what + " cannot be locked: " + reasonOf(error) + ".");
      throw Error(what + " is being written by " +
                  (count > 0 ? "process " + std::string(holder) : std::string("another process")) +
                  "; wait until it is done or end it.");
    }
    // The holder before may have removed the name between our open and our lock: then we hold a file nobody sees.
    struct stat ours {
    }, named{};
    if (::fstat(descriptor, &ours) == 0 && ::stat(file.c_str(), &named) == 0 && ours.st_ino == named.st_ino &&
        ours.st_dev == named.st_dev)
      break;
    ::close(descriptor);
  }
  const std::string id = std::to_string(::getpid());
  if (::ftruncate(descriptor, 0) != 0 || ::pwrite(descriptor, id.data(), id.size(), 0) < 0) {
    // The id only makes the refusal of a second writer clearer; the lock holds without it.
  }
}

FileLock::~FileLock() {
  if (descriptor < 0) return;
  ::unlink(file.c_str());
  ::close(descriptor);
}

FileLock::FileLock(FileLock&& other) noexcept
    : file(std::move(other.file))
    , descriptor(std::exchange(other.descriptor, -1)) {}

FileLock lockFolder(const fs::path& folder) {
  const fs::path plain = folder.has_filename() ? folder : folder.parent_path();
  const fs::path parent = plain.has_parent_path() ? plain.parent_path() : fs::path(".");
  std::error_code error;
  fs::create_directories(parent, error);
  if (error) throw Error(folder.string() + " cannot be made: " + reasonOf(error.value()) + ".");
  return FileLock(parent / ("." + plain.filename().string() + ".lock"), plain.string());
}

} // namespace attune
