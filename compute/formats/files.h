// Files and folders that appear whole or not at all: written under a hidden name beside their own, synced to the disk,
// then renamed. Whoever is killed, or fills the disk, leaves the old content in place; an object that goes away without
// `commit` removes what it had written.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

namespace attune {

// A reason for the end of an error sentence from `errno`: "the disk is full; free some space or choose another place".
std::string reasonOf(int error);

// Makes the names in a folder durable. Throws Error.
void syncFolder(const std::filesystem::path& folder);

class AtomicFile {
public:
  // Opens the hidden neighbour. Throws Error naming `file` and the reason.
  explicit AtomicFile(const std::filesystem::path& file);
  ~AtomicFile();
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  void append(std::span<const std::byte> bytes);
  void append(std::string_view text);
  void writeAt(uint64_t offset, std::span<const std::byte> bytes);
  // Takes the disk space of the whole file now, so that a full disk is told before the work and not after it.
  void reserve(uint64_t bytes);
  // Syncs, renames over the file, syncs its folder.
  void commit();

  const std::filesystem::path& path() const { return target; }

private:
  [[noreturn]] void fail(int error);

  std::filesystem::path target, beside;
  int descriptor = -1;
  uint64_t end = 0;
};

class AtomicFolder {
public:
  // Makes an empty hidden folder beside `folder`, after removing what an earlier killed writer left of the same. An
  // existing folder that is not empty is refused unless `replace`. Whoever calls holds the lock of `folder`.
  explicit AtomicFolder(const std::filesystem::path& folder, bool replace = false);
  ~AtomicFolder();
  AtomicFolder(const AtomicFolder&) = delete;
  AtomicFolder& operator=(const AtomicFolder&) = delete;

  const std::filesystem::path& target() const { return final; }
  const std::filesystem::path& path() const { return beside; } // where to write until `commit`

  // Syncs every file and folder in it, then takes the place of `target` (exchanged in one step with an old one).
  void commit();

private:
  std::filesystem::path final, beside;
  bool replaces, done = false;
};

} // namespace attune
