#include "formats/json.h"
#include "generate/decoder.h"
#include "train/run.h"
#include "train/run_job.h"
#include "train/trainer.h"
#include "vulkan/paper_device.h"

#include <algorithm>
#include <bit>
#include <nlohmann/json.hpp>

namespace attune {
namespace {

// What a process grows by on a CPU device before any program of ours, measured with lavapipe on LLVM 15: the driver
// and LLVM, mapped and linked, and what compiling leaves behind of freed memory in pieces.
constexpr uint64_t driver = 64ull << 20, compilersLeavings = 16ull << 20;

constexpr int checkpointPart = 4 << 20; // bytes

// Products of a step forward and backward: six operations a token and weight of a matrix, and seven products of queries
// with keys or weights with values (two forward, five backward) over half the context each.
double productsOf(const ModelConfig& config, double tokens, double length) {
  const double wide = double(config.attentionWidth()), embedding = double(config.nEmbd);
  const double feedForward =
      (config.architecture == Architecture::Llama ? 3.0 : 2.0) * embedding * double(config.nInner);
  const double layer = 2 * embedding * (wide + double(config.keyValueWidth())) + feedForward;
  const double matrices = double(config.nLayer) * layer + embedding * double(config.vocabSize);
  return tokens * (6 * matrices + double(config.nLayer) * 7 * length * wide);
}

// The memory that the device was asked for, by what it was for, and what a CPU device takes of the process beside that.
void takeMemory(RunForecast& f, const vulkan::PaperDevice& device) {
  f.weights = device.mostMemory("weights");
  f.training = device.mostMemory("gradients") + device.mostMemory("the optimizer's first moments") +
               device.mostMemory("the optimizer's second moments");
  f.activations = device.mostMemory("activations") + device.mostMemory("batch");
  f.other = device.mostMemory() - f.weights - f.training - f.activations;
  if (device.limits().isCpu) f.other += driver + compilersLeavings + device.programMemory() + checkpointPart;
}

} // namespace

RunForecast forecast(const RunSettings& settings, const vulkan::Limits& limits) {
  const auto device = std::make_shared<vulkan::PaperDevice>(limits);
  const std::unique_ptr<RunJob> job = makeJob(settings, {});
  job->open(device);
  const uint64_t before = device->submitted();
  const int64_t steps = settings.steps ? settings.steps : std::max<int64_t>(1, job->stepsOfAnEpoch());
  const RunJob::Rehearsed rehearsed = job->rehearse(steps);
  const auto dispatches = double(device->submitted() - before);
  job->evaluate(steps, {[](const std::string&) {}, [] { return false; }});
  RunForecast f;
  const ModelConfig config = job->config();
  f.parameters = parameterCount(config);
  f.tokensAStep = int64_t(rehearsed.learned + rehearsed.read);
  f.flops = productsOf(config, rehearsed.learned + rehearsed.read / 3, rehearsed.length);
  f.dispatches = dispatches;
  f.width = config.nEmbd;
  takeMemory(f, *device);
  for (const RunModel& model : job->models()) f.models.emplace_back(model.role, model.bytes);
  return f;
}

RunForecast forecast(const RunSettings& settings, const ModelConfig& config, const vulkan::Limits& limits,
                     const DataSize& data) {
  const bool answers = settings.kind == RunKind::Sft;
  const int context = settings.context ? settings.context : int(config.nCtx);
  const int length = answers && data.longestRow ? std::min(context, (data.longestRow + 31) / 32 * 32) : context;
  RunForecast f;
  const auto device = std::make_shared<vulkan::PaperDevice>(limits);
  {
    const auto model = std::make_shared<Model>(device, config);
    Trainer trainer(model, settings.optimizer);
    trainer.setDropout(settings.dropout, settings.seed);
    const auto optimizer = double(device->dispatches());
    trainer.prepare(settings.batch, length, true);
    f.dispatches = optimizer + settings.accumulate * (double(device->dispatches()) - optimizer);
    if (!settings.heldOut.empty()) trainer.prepare(settings.batch, answers ? length : std::max(1, length - 1), false);
    // A sample: of a question, or from the start token alone (see run.cpp).
    const int question = answers ? std::min(32, context / 2) : 1;
    Decoder decoder(model, 1, std::min<int>(int(config.nCtx), std::max(2 * (question + 64), 512)));
    decoder.prepare(int(std::bit_ceil(unsigned(question))));
    decoder.prepare(1);
  }
  f.parameters = parameterCount(config);
  f.tokensAStep = int64_t(settings.batch) * settings.accumulate * context;
  f.flops = productsOf(config, double(settings.batch) * settings.accumulate * length, length);
  f.width = config.nEmbd;
  takeMemory(f, *device);
  f.other += uint64_t(4 * data.training + 16 * data.heldOut); // batches to evaluate are kept: ids, targets, weights
  return f;
}

} // namespace attune
