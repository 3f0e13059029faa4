#include "bench/matmul_bench.h"

#include "bench/peer.h"
#include "ops/matmul_kernels.h"

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>
#include <thread>
#include <vector>

namespace attune {

namespace {

struct Shape {
  uint32_t m, n, k;
};

// The two shapes of the figure, then the layers of 4 x 128 with a batch of 12 x 64 tokens (all but the head).
const Shape shapes[] = {{512, 512, 512}, {256, 3072, 768}, {768, 384, 128}, {768, 512, 128},
                        {768, 128, 512}, {768, 128, 128},  {128, 512, 768}};
constexpr int rounds = 7;
// Before each side's turn, which is one product that warms up and one that is timed: PyTorch's threads go on spinning
// for a while after theirs, on processors that ours need, and sleep after a pause, so that one product wakes them.
constexpr auto pause = std::chrono::milliseconds(20);

struct Timing {
  double ours = 1e30, theirs = 1e30; // seconds
};

Timing measure(vulkan::Device& device, Peer* peer, MatmulLayout layout, const char* name, const Shape& s) {
  std::vector<float> values((size_t)std::max({s.m * s.k, s.k * s.n, s.m * s.n}));
  for (size_t i = 0; i < values.size(); i++) values[i] = float(int(i * 2654435761u >> 20) - 2048) / 2048;
  std::unique_ptr<vulkan::Buffer> buffers[3];
  vulkan::Slice slices[3];
  const uint64_t sizes[3] = {4ull * s.m * s.k, 4ull * s.k * s.n, 4ull * s.m * s.n};
  for (int i = 0; i < 3; i++) {
    buffers[i] = device.allocate(sizes[i], vulkan::Memory::Device, "bench");
    slices[i] = {buffers[i].get(), 0, sizes[i]};
    device.upload(slices[i], std::as_bytes(std::span(values)).first(sizes[i]));
  }
  const auto recording = vulkan::Recording::begin(device);
  const bool tn = layout == MatmulLayout::TN, nt = layout == MatmulLayout::NT;
  MatmulArguments g = {.m = s.m,
                       .n = s.n,
                       .k = s.k,
                       .lda = tn ? s.m : s.k,
                       .ldb = nt ? s.k : s.n,
                       .ldc = s.n,
                       .a = slices[0],
                       .b = slices[1],
                       .c = slices[2]};
  recordMatmul(device, *recording, layout, g);
  recording->finish();

  Timing best;
  const std::string question =
      std::string(name) + " " + std::to_string(s.m) + " " + std::to_string(s.n) + " " + std::to_string(s.k);
  for (int round = 0; round < rounds; round++) {
    std::this_thread::sleep_for(pause);
    device.submit(*recording);
    device.wait();
    const auto begin = std::chrono::steady_clock::now();
    device.submit(*recording);
    device.wait();
    const double ours = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    if (peer) std::this_thread::sleep_for(pause);
    const std::optional<double> theirs = peer ? peer->ask(question) : std::nullopt;
    best.ours = std::min(best.ours, ours);
    if (theirs) best.theirs = std::min(best.theirs, *theirs);
  }
  return best;
}

} // namespace

nlohmann::json runMatmulBench(vulkan::Device& device, const std::string& script) {
  const std::unique_ptr<Peer> peer = script.empty() ? nullptr : Peer::start(script);
  nlohmann::json results = nlohmann::json::array();
  for (const Shape& s : shapes)
    for (const auto& [layout, name] :
         {std::pair(MatmulLayout::NN, "NN"), std::pair(MatmulLayout::NT, "NT"), std::pair(MatmulLayout::TN, "TN")}) {
      const Timing timing = measure(device, peer.get(), layout, name, s);
      const double flops = 2.0 * s.m * s.n * s.k;
      nlohmann::json result = {{"name", "matrix product " + std::string(name) + " " + std::to_string(s.m) + "x" +
                                            std::to_string(s.n) + "x" + std::to_string(s.k)},
                               {"device", device.info().name},
                               {"value", flops / timing.ours / 1e9},
                               {"unit", "GFLOP/s"},
                               {"peer", nullptr}};
      if (timing.theirs < 1e30) result["peer"] = flops / timing.theirs / 1e9;
      results.push_back(std::move(result));
    }
  return results;
}

} // namespace attune
