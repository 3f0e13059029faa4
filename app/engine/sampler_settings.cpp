#include "engine/sampler_settings.h"

namespace attune {

SamplerSettings engineSampler(const StoredSampler& stored) {
  SamplerSettings settings;
  settings.greedy = stored.greedy;
  settings.temperature = float(stored.temperature);
  settings.topK = stored.topK;
  settings.topP = float(stored.topP);
  settings.minP = float(stored.minP);
  settings.repetitionPenalty = float(stored.repetitionPenalty);
  return settings;
}

StoredSampler storedSampler(const SamplerSettings& settings) {
  StoredSampler stored;
  stored.greedy = settings.greedy;
  stored.temperature = settings.temperature;
  stored.topK = settings.topK;
  stored.topP = settings.topP;
  stored.minP = settings.minP;
  stored.repetitionPenalty = settings.repetitionPenalty;
  return stored;
}

} // namespace attune
