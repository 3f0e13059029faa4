#include "train/loss_passes.h"
#include "train/run.h"

namespace attune {

RunForecast forecast(const RunSettings& settings, const ModelConfig& config, bool processor) {
  RunForecast f;
  const int64_t context = settings.context ? settings.context : config.nCtx;
  const uint64_t block = ParameterLayout(config).floats() * 4;
  f.parameters = parameterCount(config);
  f.tokensAStep = int64_t(settings.batch) * settings.accumulate * context;
  f.weights = block;
  f.training = 3 * block; // gradients, two moments
  f.activations = LossPasses::bytes(config, settings.batch, context, settings.dropout);
  // The cache that samples are written with, and on CPU devices the compiled kernels, which lie in the same memory.
  const uint64_t cache = uint64_t(2 * config.nLayer * std::min<int64_t>(config.nCtx, 512) * config.keyValueWidth()) * 4;
  // Measured with lavapipe on LLVM 15 (tests/train/forecast_test.cpp); shapes hardly matter, programs are shared.
  constexpr uint64_t compiledKernels = 350ull << 20;
  f.other = cache + (processor ? compiledKernels : 0);
  return f;
}

} // namespace attune
