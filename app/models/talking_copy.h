// A copy of a model that can be fine-tuned on conversations: with Attune's chat template in place of one that Attune does
// not know, or of none. The copy has the same weights; rows of the embedding that its new tokens need are fresh.
#pragma once

#include <filesystem>

namespace attune {

// Writes `to` whole or not at all. Throws Error.
void makeTalkingCopy(const std::filesystem::path& from, const std::filesystem::path& to);

} // namespace attune
