// What every kind of run does with the files of its folder.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>

namespace attune {

std::filesystem::path wholePath(const std::filesystem::path& path); // absolute: a run is resumed from anywhere
std::filesystem::path pauseFile(const std::filesystem::path& run);  // there: somebody asked the run to pause

// Cuts a log back to its first `lines` lines: what a resumed run had written by its checkpoint. Throws Error when it
// has fewer.
void cutToLines(const std::filesystem::path& file, int64_t lines);

double wallClock(); // seconds since 1970
double secondsSince(std::chrono::steady_clock::time_point begin);

} // namespace attune
