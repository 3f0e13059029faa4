#include "train/device_speed.h"

#include "formats/json.h"
#include "train/trainer.h"
#include "vulkan/lavapipe.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <nlohmann/json.hpp>

namespace attune {
namespace {

using Clock = std::chrono::steady_clock;

double secondsSince(Clock::time_point begin) { return std::chrono::duration<double>(Clock::now() - begin).count(); }

// The best of at least three and of as many as fit into a fifth of a second; the first, which compiles, does not count.
template <class Work> double best(const Work& work) {
  work();
  double least = 1e9;
  const Clock::time_point all = Clock::now();
  for (int i = 0; i < 3 || secondsSince(all) < 0.2; ++i) {
    const Clock::time_point begin = Clock::now();
    work();
    least = std::min(least, secondsSince(begin));
  }
  return least;
}

struct Trial {
  RunForecast run;
  double step = 0, update = 0; // seconds
};

Trial tryOut(const std::shared_ptr<vulkan::Device>& device, int layers, int width, int context, int rows) {
  ModelConfig config = defaultConfig(Architecture::Gpt2);
  config.nLayer = layers;
  config.nEmbd = width;
  config.nHead = config.nKvHead = std::max(1, width / 64);
  config.headDim = width / config.nHead;
  config.nInner = 4 * width;
  config.nCtx = context;
  config.vocabSize = 512;
  RunSettings settings;
  settings.batch = rows;
  Trial trial;
  trial.run = forecast(settings, config, device->limits());
  const auto model = std::make_shared<Model>(device, config);
  Trainer trainer(model, settings.optimizer);
  const size_t count = size_t(rows) * size_t(context);
  Batch batch{rows, context, std::vector<int32_t>(count), std::vector<int32_t>(count), std::vector<float>(count, 1.0f)};
  for (size_t i = 0; i < count; ++i) {
    batch.ids[i] = int32_t(i * 7 % 512);
    batch.targets[i] = int32_t(i * 11 % 512);
  }
  trial.step = best([&] {
    trainer.step(std::span(&batch, 1), 1e-4);
    device->wait();
  });
  trial.update = best([&] {
    trainer.optimizer().zeroGradients();
    trainer.optimizer().gradientNorm();
    trainer.optimizer().update(1e-4);
    device->wait();
  });
  return trial;
}

std::string speedFile() {
  const std::string folder = vulkan::cacheFolder();
  return folder.empty() ? folder : folder + "/speed.json";
}

// A driver's update or another vector width makes another device of it.
std::string keyOf(const vulkan::DeviceInfo& device) {
  const char* width = std::getenv("LP_NATIVE_VECTOR_WIDTH");
  return device.name + ", " + device.driver + (width ? std::string(", ") + width : "");
}

Json allSpeeds() {
  try {
    Json all = readJson(speedFile());
    if (all.is_object()) return all;
  } catch (const std::exception&) {
    // There is none yet, or it is damaged: it is measured anew.
  }
  return Json::object();
}

} // namespace

DeviceSpeed measureSpeed(const std::shared_ptr<vulkan::Device>& device) {
  const Trial tiny = tryOut(device, 4, 64, 16, 1);
  const Trial narrow = tryOut(device, 2, DeviceSpeed::narrow, 64, 12);
  const Trial wide = tryOut(device, 2, DeviceSpeed::wide, 64, 8);
  DeviceSpeed speed;
  speed.secondsADispatch = tiny.step / tiny.run.dispatches;
  speed.secondsAParameter = wide.update / double(wide.run.parameters);
  const auto flop = [&](const Trial& trial) {
    const double rest =
        trial.run.dispatches * speed.secondsADispatch + double(trial.run.parameters) * speed.secondsAParameter;
    return std::max(trial.step - rest, 0.2 * trial.step) / trial.run.flops;
  };
  speed.secondsAFlopNarrow = flop(narrow);
  speed.secondsAFlopWide = flop(wide);
  return speed;
}

std::optional<DeviceSpeed> storedSpeed(const vulkan::DeviceInfo& device) {
  const Json all = allSpeeds();
  const auto found = all.find(keyOf(device));
  if (found == all.end()) return {};
  try {
    const DeviceSpeed speed{found->at("seconds_a_dispatch"), found->at("seconds_a_parameter"),
                            found->at("seconds_a_flop_narrow"), found->at("seconds_a_flop_wide")};
    for (const double value :
         {speed.secondsADispatch, speed.secondsAParameter, speed.secondsAFlopNarrow, speed.secondsAFlopWide})
      if (!(value > 0 && value < 10)) return {};
    return speed;
  } catch (const Json::exception&) {
    return {};
  }
}

void storeSpeed(const vulkan::DeviceInfo& device, const DeviceSpeed& speed) {
  if (speedFile().empty()) return;
  Json all = allSpeeds();
  all[keyOf(device)] = {{"seconds_a_dispatch", speed.secondsADispatch},
                        {"seconds_a_parameter", speed.secondsAParameter},
                        {"seconds_a_flop_narrow", speed.secondsAFlopNarrow},
                        {"seconds_a_flop_wide", speed.secondsAFlopWide}};
  writeJson(speedFile(), all);
}

double secondsAStep(const RunForecast& run, const DeviceSpeed& speed) {
  // Between the two widths that were tried, by the logarithm; beyond them as at their ends.
  const double place = std::clamp(std::log2(double(run.width) / DeviceSpeed::narrow) /
                                      std::log2(double(DeviceSpeed::wide) / DeviceSpeed::narrow),
                                  0.0, 1.0);
  const double flop = speed.secondsAFlopNarrow * std::pow(speed.secondsAFlopWide / speed.secondsAFlopNarrow, place);
  return run.dispatches * speed.secondsADispatch + double(run.parameters) * speed.secondsAParameter + run.flops * flop;
}

} // namespace attune
