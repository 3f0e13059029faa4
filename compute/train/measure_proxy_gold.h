// Measures what proxy_gold.h shows, of a PPO run: its history as it was written down (held-out evaluations where there
// are any), best of n of its reference on the same prompts, and gold scores of its checkpoints where the run had no
// gold judge of its own.
#pragma once

#include "train/proxy_gold.h"
#include "vulkan/device.h"

#include <filesystem>
#include <functional>

namespace attune {

struct ProxyGoldRequest {
  std::filesystem::path run;
  std::filesystem::path gold; // a reward model or a rule; empty: the run's own, or none
  int samples = 64;           // replies to each prompt
  int most = 16;              // prompts
  uint64_t seed = 0;
};

// What a run's metrics.jsonl tells: {step, kl, proxy, gold} of every evaluation on held-out prompts, or of every
// iteration where there are fewer than three. Reads a run under way too. Throws Error naming file and line.
std::vector<ProxyGoldPoint> policyHistory(const std::filesystem::path& run);

// `tell`, told what goes on and how far it is, ends the work with an Error by returning false. The result is written to
// RUN/proxy_gold.json as well. Throws Error: no PPO run, no checkpoint, judges that do not fit.
ProxyGold measureProxyGold(const std::shared_ptr<vulkan::Device>& device, const ProxyGoldRequest& request,
                           const std::function<bool(const std::string& doing, double share)>& tell = {});

} // namespace attune
