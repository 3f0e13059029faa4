#include "formats/files.h"
#include "error.h"
#include "formats/unfinished.h"

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace attune {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view besideMark = ".new-";

fs::path parentOf(const fs::path& path) { return path.has_parent_path() ? path.parent_path() : fs::path("."); }

fs::path withoutSlash(const fs::path& path) { return path.has_filename() ? path : path.parent_path(); }

// ".NAME.new-PID-COUNT" in the same folder, so that renaming never crosses a file system.
fs::path neighbour(const fs::path& path) {
  static std::atomic<unsigned> count{0};
  return parentOf(path) / ("." + path.filename().string() + std::string(besideMark) + std::to_string(::getpid()) + "-" +
                           std::to_string(++count));
}

// A link is followed, so that it stays one. What is there must be a file: renaming over a device or a folder would put
// a file in its place.
fs::path behindLinks(const fs::path& file) {
  std::error_code error;
  const fs::file_status status = fs::status(file, error);
  if (fs::is_directory(status)) throw Error(file.string() + " is a folder, but a file is to be written; add a name.");
  if (fs::exists(status) && !fs::is_regular_file(status))
    throw Error(file.string() + " is no regular file, so it cannot be replaced whole; choose a file's name.");
  if (!fs::is_symlink(fs::symlink_status(file, error))) return file;
  const fs::path behind = fs::weakly_canonical(file, error);
  return error ? file : behind;
}

// The process whose hidden neighbour (of `name`, or of anything) this is; 0: it is none.
pid_t writerOf(const std::string& hidden, const std::string& name) {
  const size_t mark = hidden.rfind(besideMark);
  if (hidden.empty() || hidden[0] != '.' || mark == std::string::npos || mark < 2) return 0;
  if (!name.empty() && hidden.substr(1, mark - 1) != name) return 0;
  long process = 0, count = 0;
  int length = 0;
  const char* numbers = hidden.c_str() + mark + besideMark.size();
  if (std::sscanf(numbers, "%ld-%ld%n", &process, &count, &length) != 2 || numbers[length] != 0) return 0;
  return process > 0 ? pid_t(process) : 0;
}

// The name that `path` will have: a file is often written within a folder that is itself not yet renamed.
std::string finalName(const fs::path& path) {
  fs::path named;
  for (const fs::path& part : path) {
    const std::string name = part.string();
    named /= writerOf(name, {}) ? name.substr(1, name.rfind(besideMark) - 1) : name;
  }
  return named.string();
}

int syncPath(const fs::path& path, int flags) {
  const int descriptor = ::open(path.c_str(), flags | O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return errno;
  const int error = ::fsync(descriptor) != 0 ? errno : 0;
  ::close(descriptor);
  return error == EINVAL ? 0 : error; // some file systems cannot sync folders and need not
}

} // namespace

std::string reasonOf(int error) {
  switch (error) {
  case ENOSPC:
  case EDQUOT:
    return "the disk is full; free some space or choose another place";
  case EFBIG:
    return "the file would be larger than is allowed here; raise the limit (ulimit -f) or choose another place";
  case EROFS:
    return "the file system is read-only; choose another place";
  case EACCES:
  case EPERM:
    return "permission denied; choose another place or change its permissions";
  case ENOENT:
    return "its folder does not exist; make it first";
  default:
    return std::strerror(error);
  }
}

void removeLeftovers(const fs::path& folder, const std::string& name) noexcept {
  try {
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(folder, error)) {
      const pid_t writer = writerOf(entry.path().filename().string(), name);
      if (!writer || writer == ::getpid() || ::kill(writer, 0) == 0 || errno != ESRCH) continue;
      std::error_code ignored;
      fs::remove_all(entry.path(), ignored);
    }
  } catch (const std::exception&) { // they take some room, nothing else
  }
}

void syncFolder(const fs::path& folder) {
  if (const int error = syncPath(folder, O_DIRECTORY))
    throw Error(folder.string() + " cannot be synced to the disk: " + reasonOf(error) + ".");
}

AtomicFile::AtomicFile(const fs::path& file)
    : target(behindLinks(file))
    , beside(neighbour(target)) {
  removeLeftovers(parentOf(target), target.filename().string());
  addUnfinished(beside); // before it is there: on a busy disk a signal may well come while it is being made
  descriptor = ::open(beside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (descriptor >= 0) return;
  const int error = errno;
  forgetUnfinished(beside);
  throw Error(finalName(target) + " cannot be written: " + reasonOf(error) + ".");
}

AtomicFile::~AtomicFile() {
  if (descriptor < 0) return;
  ::close(descriptor);
  ::unlink(beside.c_str());
  forgetUnfinished(beside);
}

void AtomicFile::fail(int error) {
  throw Error(finalName(target) + " cannot be written: " + reasonOf(error) + ". Nothing of it was kept.");
}

void AtomicFile::append(std::span<const std::byte> bytes) { writeAt(end, bytes); }

void AtomicFile::append(std::string_view text) { append(std::as_bytes(std::span(text.data(), text.size()))); }

void AtomicFile::writeAt(uint64_t offset, std::span<const std::byte> bytes) {
  for (size_t written = 0; written < bytes.size();) {
    const ssize_t taken = ::pwrite(descriptor, bytes.data() + written, bytes.size() - written, off_t(offset + written));
    if (taken < 0 && errno == EINTR) continue;
    if (taken < 0) fail(errno);
    written += size_t(taken);
  }
  end = std::max(end, offset + bytes.size());
}

void AtomicFile::reserve(uint64_t bytes) {
  if (bytes == 0) return;
  const int error = ::posix_fallocate(descriptor, 0, off_t(bytes));
  if (error == ENOSPC || error == EFBIG || error == EDQUOT) fail(error);
}

void AtomicFile::commit() {
  if (::fsync(descriptor) != 0) fail(errno);
  if (::rename(beside.c_str(), target.c_str()) != 0) fail(errno);
  ::close(descriptor);
  descriptor = -1;
  forgetUnfinished(beside);
  syncFolder(parentOf(target));
}

AtomicFolder::AtomicFolder(const fs::path& folder, bool replace)
    : final(withoutSlash(folder))
    , beside(neighbour(final))
    , replaces(replace) {
  std::error_code error;
  const fs::file_status status = fs::status(final, error);
  if (fs::exists(status)) {
    if (!fs::is_directory(status))
      throw Error(final.string() + " is a file, but a folder is to be written there; choose another name.");
    if (!replaces && !fs::is_empty(final, error))
      throw Error(final.string() + " exists already and is not empty; choose another folder or remove it first.");
  }
  fs::create_directories(parentOf(final), error);
  if (error) throw Error(final.string() + " cannot be made: " + reasonOf(error.value()) + ".");
  removeLeftovers(parentOf(final), final.filename().string());
  addUnfinished(beside);
  if (::mkdir(beside.c_str(), 0777) == 0) return;
  const int made = errno;
  forgetUnfinished(beside);
  throw Error(final.string() + " cannot be made: " + reasonOf(made) + ".");
}

AtomicFolder::~AtomicFolder() {
  std::error_code ignored;
  if (done) return;
  fs::remove_all(beside, ignored);
  forgetUnfinished(beside);
}

void AtomicFolder::commit() {
  const auto fail = [&](int error) {
    throw Error(final.string() + " cannot be written: " + reasonOf(error) + ". Nothing of it was kept.");
  };
  for (const auto& entry : fs::recursive_directory_iterator(beside)) {
    if (entry.is_symlink()) continue;
    if (const int error = syncPath(entry.path(), entry.is_directory() ? O_DIRECTORY : 0)) fail(error);
  }
  if (const int error = syncPath(beside, O_DIRECTORY)) fail(error);

  std::error_code ignored;
  bool exchanged = false;
  if (::rename(beside.c_str(), final.c_str()) != 0) { // succeeds over nothing and over an empty folder
    if (!replaces || (errno != ENOTEMPTY && errno != EEXIST)) fail(errno);
    if (::renameat2(AT_FDCWD, beside.c_str(), AT_FDCWD, final.c_str(), RENAME_EXCHANGE) != 0) fail(errno);
    exchanged = true;
  }
  done = true;
  forgetUnfinished(beside);
  syncFolder(parentOf(final));
  if (exchanged) fs::remove_all(beside, ignored);
}

} // namespace attune
