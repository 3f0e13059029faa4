// Why a run ended without wanting to, kept beside it (RUN/failure.txt): the window still says so after its next start,
// whoever trained the run. A run that goes on forgets it.
#pragma once

#include <filesystem>
#include <string>

namespace attune {

void keepFailure(const std::filesystem::path& run, const std::string& sentence) noexcept; // as well as the disk lets it
std::string failureOf(const std::filesystem::path& run);                                  // empty: none
void forgetFailure(const std::filesystem::path& run) noexcept;

} // namespace attune
