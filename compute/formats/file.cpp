#include "formats/file.h"
#include "error.h"
#include "formats/files.h"

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
  AtomicFile out(file);
  out.append(bytes);
  out.commit();
}

} // namespace attune
