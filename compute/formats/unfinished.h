// What is being written and not yet renamed, so that a program that is told to end (Ctrl+C, SIGTERM) leaves nothing of
// it. A kill that cannot be caught leaves the hidden neighbours; the next writer of the same name removes them.
#pragma once

#include <filesystem>
#include <string>

namespace attune {

// Removes the hidden neighbours in `folder` that writers left which were killed since, of the file or folder `name`
// only, or (empty) of all. Those of living processes stay. Never throws.
void removeLeftovers(const std::filesystem::path& folder, const std::string& name = {}) noexcept;

// Told by AtomicFile and AtomicFolder, before they make it. At most 64 at a time are remembered; further ones are left to the next writer.
void addUnfinished(const std::filesystem::path& hidden);
void forgetUnfinished(const std::filesystem::path& hidden);

// SIGINT, SIGTERM and SIGHUP remove what is unfinished and end the program as they always do. A job that ends in an
// orderly way of its own sets other handlers meanwhile.
void removeUnfinishedOnSignals();

} // namespace attune
