// Whole files in and out. What is written appears whole or not at all: beside its name, synced, then renamed.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace attune {

// The bytes of a regular file. Throws Error naming it when it is missing, a folder, unreadable or larger than `limit`.
std::string readFile(const std::filesystem::path& file, uint64_t limit = uint64_t(1) << 34);

// Replaces `file` by `bytes` (see AtomicFile, for what is too large to hold). Throws Error naming the file and the
// reason.
void writeFileAtomically(const std::filesystem::path& file, std::string_view bytes);

} // namespace attune
