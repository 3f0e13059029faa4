// A disk that loses its power, for tests: preloaded into a program, it copies each file of $ATTUNE_TEST_DISK to
// $ATTUNE_TEST_SYNCED whenever the program syncs it. After a kill, the copies are what was on the platter for sure;
// what the program wrote since may or may not have got there.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <string>
#include <sys/syscall.h>
#include <unistd.h>

namespace {

bool copySynced(int descriptor) {
  const char* disk = std::getenv("ATTUNE_TEST_DISK");
  const char* synced = std::getenv("ATTUNE_TEST_SYNCED");
  if (!disk || !synced) return true;
  char path[4096];
  const std::string link = "/proc/self/fd/" + std::to_string(descriptor);
  const ssize_t length = readlink(link.c_str(), path, sizeof path - 1);
  if (length <= 0) return true;
  path[length] = 0;
  if (std::strncmp(path, disk, std::strlen(disk)) != 0) return true;
  const int from = open(path, O_RDONLY);
  if (from < 0) return true; // a folder, or gone
  static thread_local unsigned count = 0;
  const std::string beside =
      std::string(synced) + "/.copy" + std::to_string(syscall(SYS_gettid)) + "-" + std::to_string(++count);
  const int to = open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  bool good = to >= 0;
  static thread_local char block[1 << 16];
  for (ssize_t got; good && (got = read(from, block, sizeof block)) > 0;) good = write(to, block, size_t(got)) == got;
  close(from);
  if (to >= 0) close(to);
  const char* name = std::strrchr(path, '/');
  return good && std::rename(beside.c_str(), (std::string(synced) + name).c_str()) == 0; // whole or not at all
}

} // namespace

extern "C" int fsync(int descriptor) {
  if (!copySynced(descriptor)) return -1;
  return 0; // the real disk need not be bothered
}

extern "C" int fdatasync(int descriptor) { return fsync(descriptor); }
