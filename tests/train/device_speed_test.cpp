// The time told before a first run, beside what its steps take. With ATTUNE_MEASURE=1 more shapes.
#include "measuring.h"
#include "train/device_speed.h"

#include "catch.h"
#include "scratch.h"
#include "train/trainer.h"
#include "vulkan/lavapipe.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>

using namespace attune;

TEST_CASE("the time of a first run is told from a short trial of the device") {
  vulkan::preferWideVectors(); // as attune does
  const auto device = vulkan::Device::open();
  const DeviceSpeed speed = measureSpeed(device);
  struct Case {
    Architecture architecture;
    int layers, heads, width, context, batch;
  };
  const Case cases[] = {{Architecture::Gpt2, 4, 4, 128, 64, 12},
                        {Architecture::Llama, 4, 4, 144, 256, 8},
                        {Architecture::Gpt2, 6, 6, 384, 128, 4},
                        {Architecture::Gpt2, 2, 12, 768, 256, 2}};
  for (const Case& one : cases) {
    const auto set = [](const char* key, int value) { return key + ("=" + std::to_string(value)); };
    ModelConfig config =
        withSettings(defaultConfig(one.architecture), {set("n_layer", one.layers), set("n_embd", one.width),
                                                       set("n_head", one.heads), set("n_ctx", one.context)});
    config.vocabSize = 1000;
    RunSettings settings;
    settings.batch = one.batch;
    const double told = secondsAStep(forecast(settings, config, device->limits()), speed);
    Trainer trainer(std::make_shared<Model>(device, config), settings.optimizer);
    const size_t count = size_t(one.batch) * size_t(one.context);
    Batch batch{one.batch, one.context, std::vector<int32_t>(count, 7), std::vector<int32_t>(count, 8),
                std::vector<float>(count, 1.0f)};
    double took = 1e9;
    for (int i = 0; i < 5; ++i) {
      const auto begin = std::chrono::steady_clock::now();
      trainer.step(std::span(&batch, 1), 1e-4);
      device->wait();
      const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
      if (i) took = std::min(took, seconds.count()); // the first compiles
    }
    std::printf("a step of %d x %d, context %d, batch %d: told %.3f s, took %.3f s\n", one.layers, one.width,
                one.context, one.batch, told, took);
    // A busy machine is faster at one moment than at another.
    CHECK(told < took * 2 * test::patience());
    CHECK(told > took / 2 / test::patience());
    if (!test::measuring()) break;
  }
}

TEST_CASE("a device's speed is kept for the next start") {
  const test::Scratch home;
  const char* before = std::getenv("ATTUNE_HOME");
  const std::string old = before ? before : "";
  ::setenv("ATTUNE_HOME", home.path().c_str(), 1);
  vulkan::DeviceInfo info;
  info.name = "a device";
  CHECK_FALSE(storedSpeed(info));
  storeSpeed(info, {1e-5, 2e-9, 3e-11, 4e-11});
  const auto read = storedSpeed(info);
  REQUIRE(read);
  CHECK(read->secondsADispatch == 1e-5);
  CHECK(read->secondsAFlopWide == 4e-11);
  info.driver = "a newer driver";
  CHECK_FALSE(storedSpeed(info));
  before ? ::setenv("ATTUNE_HOME", old.c_str(), 1) : ::unsetenv("ATTUNE_HOME");
}
