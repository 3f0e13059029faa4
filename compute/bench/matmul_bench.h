// How fast the matrix product is here, beside PyTorch's where Python has it.
#pragma once

#include "vulkan/device.h"

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace attune {

// An array of {name, device, value, unit, peer}: GFLOP/s of NN, NT and TN products, the best of seven, each of ours
// followed by one of PyTorch's (`peer`, null without it). `script` is tests/bench/peer_torch.py; empty measures ours
// alone. Shapes: 512 x 512 x 512, 256 x 3072 x 768, and those of a small model's training step.
nlohmann::json runMatmulBench(vulkan::Device& device, const std::string& script);

} // namespace attune
