#include "formats/file.h"
#include "error.h"

#include <atomic>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace attune {

namespace {

std::string reason() { return std::strerror(errno); }

struct Descriptor {
  int number;
  ~Descriptor() {
    if (number >= 0) ::close(number);
  }
};

} // namespace

std::string readFile(const std::filesystem::path& file, uint64_t limit) {
  const std::string name = file.string();
  Descriptor in{::open(name.c_str(), O_RDONLY | O_CLOEXEC)};
  if (in.number < 0) throw Error(name + " cannot be read: " + reason() + ".");
  struct stat status {};
  if (::fstat(in.number, &status) != 0) throw Error(name + " cannot be read: " + reason() + ".");
  if (S_ISDIR(status.st_mode)) throw Error(name + " is a folder, but a file was expected.");
  if (S_ISREG(status.st_mode) && uint64_t(status.st_size) > limit)
    throw Error(name + " holds " + std::to_string(status.st_size) + " bytes; at most " + std::to_string(limit) +
                " can be read here.");
  std::string bytes;
  if (S_ISREG(status.st_mode)) bytes.reserve(size_t(status.st_size));
  char buffer[1 << 16];
  while (true) {
    const ssize_t count = ::read(in.number, buffer, sizeof buffer);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw Error(name + " cannot be read: " + reason() + ".");
    if (count == 0) return bytes;
    bytes.append(buffer, size_t(count));
    if (bytes.size() > limit)
      throw Error(name + " holds more than " + std::to_string(limit) + " bytes, the most that can be read here.");
  }
}

void writeFileAtomically(const std::filesystem::path& file, std::string_view bytes) {
  const std::string name = file.string();
  static std::atomic<unsigned> count{0};
  const std::string beside = name + ".new-" + std::to_string(::getpid()) + "-" + std::to_string(++count);
  Descriptor out{::open(beside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666)};
  if (out.number < 0) throw Error(name + " cannot be written: " + reason() + ".");
  const auto fail = [&] {
    const std::string why = reason();
    ::unlink(beside.c_str());
    throw Error(name + " cannot be written: " + why + ".");
  };
  for (size_t written = 0; written < bytes.size();) {
    const ssize_t taken = ::write(out.number, bytes.data() + written, bytes.size() - written);
    if (taken < 0 && errno == EINTR) continue;
    if (taken < 0) fail();
    written += size_t(taken);
  }
  if (::fsync(out.number) != 0) fail();
  if (::rename(beside.c_str(), name.c_str()) != 0) fail();
  const std::string folder = file.parent_path().empty() ? "." : file.parent_path().string();
  Descriptor directory{::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (directory.number >= 0) ::fsync(directory.number);
}

} // namespace attune
