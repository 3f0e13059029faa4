#include "formats/unfinished.h"

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <ctime>
#include <dirent.h>
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace attune {

namespace {

// A signal handler may neither allocate nor lock: names of fixed length in places of fixed number.
struct Place {
  std::atomic<int> state{0}; // 0 free, 1 being filled, 2 in use
  char name[1024];
};
Place places[64];

// The folder's files, one level deep, as the kernel lists them: readdir allocates.
void emptyFolder(int folder) {
  alignas(8) char buffer[4096];
  struct Entry { // linux_dirent64
    uint64_t inode;
    int64_t offset;
    unsigned short length;
    unsigned char kind;
    char name[];
  };
  while (true) {
    const long bytes = ::syscall(SYS_getdents64, folder, buffer, sizeof buffer);
    if (bytes <= 0) return;
    for (long at = 0; at < bytes;) {
      const auto* entry = reinterpret_cast<const Entry*>(buffer + at);
      if (std::strcmp(entry->name, ".") != 0 && std::strcmp(entry->name, "..") != 0) ::unlinkat(folder, entry->name, 0);
      at += entry->length;
    }
  }
}

void removeAll(int signal) {
  for (Place& place : places) {
    if (place.state.load() != 2) continue;
    if (::unlink(place.name) == 0) continue;
    const int folder = ::open(place.name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0) continue;
    for (int tries = 0; tries < 100; ++tries) { // another thread may be writing into it still
      ::lseek(folder, 0, SEEK_SET);
      emptyFolder(folder);
      if (::rmdir(place.name) == 0 || errno != ENOTEMPTY) break;
      const timespec shortly{0, 1000000};
      ::nanosleep(&shortly, nullptr);
    }
    ::close(folder);
  }
  std::signal(signal, SIG_DFL);
  ::raise(signal);
}

} // namespace

void addUnfinished(const std::filesystem::path& hidden) {
  std::error_code error;
  const std::string name = std::filesystem::absolute(hidden, error).string();
  if (error || name.size() >= sizeof Place::name) return;
  for (Place& place : places) {
    int expected = 0;
    if (!place.state.compare_exchange_strong(expected, 1)) continue;
    std::memcpy(place.name, name.c_str(), name.size() + 1);
    place.state.store(2);
    return;
  }
}

void forgetUnfinished(const std::filesystem::path& hidden) {
  std::error_code error;
  const std::string name = std::filesystem::absolute(hidden, error).string();
  for (Place& place : places)
    if (place.state.load() == 2 && name == place.name) place.state.store(0);
}

void removeUnfinishedOnSignals() {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    struct sigaction action {
    }, before{};
    ::sigaction(signal, nullptr, &before);
    if (before.sa_handler == SIG_IGN) continue; // nohup
    action.sa_handler = removeAll;
    sigemptyset(&action.sa_mask);
    ::sigaction(signal, &action, nullptr);
  }
}

} // namespace attune
