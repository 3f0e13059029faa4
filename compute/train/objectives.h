// The losses of preference training on a written-down case: what `attune-cli inspect --objective` writes, and what the
// golden vectors check.
#pragma once

#include "formats/safetensors.h"
#include "vulkan/device.h"

#include <filesystem>
#include <map>
#include <string>

namespace attune {

using ObjectiveTensors = std::map<std::string, HostTensor>;

// A folder with a one-label classifier and rows.json {"rows": [[id]], "ranks": [n]}: one ranking. rewards [K], and for
// NAME sigmoid and hinge: loss.NAME [1], grad.NAME.TENSOR.
ObjectiveTensors rewardObjective(const std::shared_ptr<vulkan::Device>& device, const std::filesystem::path& folder);

// A folder with models policy and reference and pairs.json {"beta", "pairs": [{"prompt", "chosen", "rejected"}]} of
// ids: policy.chosen, reference.rejected, ... [P] (sums of log-probabilities), margin [P], loss [1], grad.TENSOR.
ObjectiveTensors dpoObjective(const std::shared_ptr<vulkan::Device>& device, const std::filesystem::path& folder);

// A folder with models reference, policy, value, updated, updated_value and rollout.json {"settings", "queries",
// "responses", "lengths"}: one PPO update. Scores come from the file's "scores", or where it has none from
// expected.safetensors.
ObjectiveTensors ppoObjective(const std::shared_ptr<vulkan::Device>& device, const std::filesystem::path& folder);

} // namespace attune
