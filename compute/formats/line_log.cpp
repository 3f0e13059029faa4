#include "formats/line_log.h"
#include "error.h"
#include "formats/files.h"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <string>
#include <sys/stat.h>
#include <unistd.h>

namespace attune {

namespace {

// Where the last whole line ends, looked for from the back.
uint64_t endOfLines(int descriptor, uint64_t size) {
  char buffer[4096];
  while (size > 0) {
    const uint64_t start = size > sizeof buffer ? size - sizeof buffer : 0;
    const ssize_t count = ::pread(descriptor, buffer, size_t(size - start), off_t(start));
    if (count <= 0) return size;
    for (ssize_t i = count; i > 0; --i)
      if (buffer[i - 1] == '\n') return start + uint64_t(i);
    size = start;
  }
  return 0;
}

} // namespace

LineLog::LineLog(const std::filesystem::path& file)
    : path(file) {
  descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  struct stat status {};
  if (descriptor < 0 || ::fstat(descriptor, &status) != 0)
    throw Error(path.string() + " cannot be written: " + reasonOf(errno) + ".");
  size = endOfLines(descriptor, uint64_t(status.st_size));
  if (size != uint64_t(status.st_size) && ::ftruncate(descriptor, off_t(size)) != 0) {
    const int error = errno;
    ::close(descriptor);
    throw Error(path.string() + " ends in a torn line that cannot be cut off: " + reasonOf(error) + ".");
  }
}

LineLog::~LineLog() { ::close(descriptor); }

void LineLog::append(std::string_view line) {
  if (line.find('\n') != std::string_view::npos) throw Error(path.string() + ": a line must not hold a line end.");
  const std::string whole = std::string(line) + '\n';
  for (size_t written = 0; written < whole.size();) {
    const ssize_t taken = ::pwrite(descriptor, whole.data() + written, whole.size() - written, off_t(size + written));
    if (taken < 0 && errno == EINTR) continue;
    if (taken < 0) {
      const int error = errno;
      if (::ftruncate(descriptor, off_t(size)) != 0) {
      } // the next opening cuts the torn line off
      throw Error(path.string() + " cannot be written: " + reasonOf(error) + ".");
    }
    written += size_t(taken);
  }
  size += whole.size();
}

void LineLog::cutTo(uint64_t bytes) {
  if (bytes > size)
    throw Error(path.string() + " has " + std::to_string(size) + " bytes, but the checkpoint noted " +
                std::to_string(bytes) + ": lines are missing; put the file back or start the run anew.");
  if (endOfLines(descriptor, bytes) != bytes)
    throw Error(path.string() + " has no line that ends at byte " + std::to_string(bytes) +
                ", where the checkpoint noted one; put the file back or start the run anew.");
  if (::ftruncate(descriptor, off_t(bytes)) != 0)
    throw Error(path.string() + " cannot be cut: " + reasonOf(errno) + ".");
  size = bytes;
}

void LineLog::sync() {
  if (::fsync(descriptor) != 0) throw Error(path.string() + " cannot be synced to the disk: " + reasonOf(errno) + ".");
}

} // namespace attune
