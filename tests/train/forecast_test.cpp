// What a run is said to take, beside what a process that trains it really grows by.
// ATTUNE_FORECAST=LAYERSxWIDTHxCONTEXTxBATCH tries another shape.
#include "catch.h"
#include "train/run.h"
#include "training_world.h"
#include "vulkan/device.h"

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <unistd.h>

using namespace attune;
using namespace attune::test;

namespace {

// KiB of a line of /proc/self/status.
double status(const std::string& name) {
  std::ifstream file("/proc/self/status");
  for (std::string line; std::getline(file, line);)
    if (line.starts_with(name + ":")) return std::atof(line.c_str() + name.size() + 1);
  return 0;
}

} // namespace

// Only as a child of the test below: a fresh process, so that nothing else has made it grow.
TEST_CASE("tells the memory of the run in ATTUNE_TEST_RUN", "[.]") {
  const char* run = std::getenv("ATTUNE_TEST_RUN");
  if (!run) return;
  const double before = status("VmRSS");
  CHECK(Run::resume(run)->train() == RunEnd::Done);
  writeFileAtomically(std::string(run) + "/growth", std::to_string((status("VmHWM") - before) * 1024));
}

TEST_CASE("a run grows by what was forecast, within a tenth") {
  const TrainingWorld world;
  std::vector<int> shape{4, 128, 64, 12};
  if (const char* other = std::getenv("ATTUNE_FORECAST")) {
    shape.clear();
    std::istringstream in(other);
    for (std::string part; std::getline(in, part, 'x');) shape.push_back(std::stoi(part));
    REQUIRE(shape.size() == 4);
  }
  const auto set = [](const char* key, int value) { return key + ("=" + std::to_string(value)); };
  ModelConfig config = withSettings(defaultConfig(Architecture::Gpt2),
                                    {set("n_layer", shape[0]), set("n_embd", shape[1]),
                                     set("n_head", std::max(2, shape[1] / 64)), set("n_ctx", shape[2])});
  RunSettings settings = world.settings();
  settings.model = world.root / "measured";
  settings.context = shape[2];
  settings.batch = shape[3];
  settings.steps = 2;
  settings.evaluateEvery = 1;
  initializeModel(config, world.tokenizer, settings.model, 1);
  config.vocabSize = 270; // the tokenizer's
  const std::filesystem::path run = world.root / "run";
  Run::create(settings, run);
  std::string program(4096, 0);
  program.resize(size_t(::readlink("/proc/self/exe", program.data(), program.size())));
  REQUIRE(std::system(("ATTUNE_TEST_RUN='" + run.string() + "' ATTUNE_VALIDATION=0 '" + program +
                       "' 'tells the memory of the run in ATTUNE_TEST_RUN' >/dev/null")
                          .c_str()) == 0);
  const double grown = std::atof(readFile(run / "growth").c_str());
  const auto device = vulkan::Device::open();
  const RunForecast told = forecast(settings, config, device->limits().isCpu);
  std::printf("grown %.1f MiB, told %.1f: weights %.1f, training %.1f, activations %.1f, other %.1f\n", grown / 1048576,
              double(told.total()) / 1048576, double(told.weights) / 1048576, double(told.training) / 1048576,
              double(told.activations) / 1048576, double(told.other) / 1048576);
  if (!device->limits().isCpu) return; // what a GPU holds does not show in the process
  CHECK(double(told.total()) == Approx(grown).epsilon(0.1));
}
