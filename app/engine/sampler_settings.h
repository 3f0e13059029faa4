// The sampler as the store keeps it and as the engine takes it: one conversion for every panel and command.
#pragma once

#include "generate/sampler.h"
#include "store/records.h"

namespace attune {

SamplerSettings engineSampler(const StoredSampler& stored);
// maxTokens and seed are the request's, not the sampler's: the caller sets them.
StoredSampler storedSampler(const SamplerSettings& settings);

} // namespace attune
