// What a run is said to take, beside what a process that trains it really grows by.
// With ATTUNE_MEASURE=1 a table of shapes (the README's), else one small shape; ATTUNE_FORECAST=PART keeps the rows
// whose name holds PART; ATTUNE_STAGES=1 tells where each process grew.
#include "catch.h"
#include "formats/model_folder.h"
#include "run_growth.h"
#include "train/run.h"
#include "training_world.h"
#include "vulkan/device.h"
#include "vulkan/lavapipe.h"

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>

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

void stage(const std::string& name) {
  if (!std::getenv("ATTUNE_STAGES")) return;
  std::cerr << name << ": " << status("VmRSS") / 1024 << " MiB, most " << status("VmHWM") / 1024 << " (own "
            << status("RssAnon") / 1024 << ", files " << status("RssFile") / 1024 << ", shared "
            << status("RssShmem") / 1024 << ")\n";
}

struct Case {
  const char* name;
  Architecture architecture;
  int layers, heads, width, context, batch;
  int accumulate = 1;
  bool sft = false, evaluates = true, cold = false;
  int vocabulary = 270;
};

// A model whose vocabulary may be larger than its tokenizer's.
void makeModel(const ModelConfig& config, const std::filesystem::path& tokenizer, const std::filesystem::path& folder) {
  ModelFolderWriter writer(folder, config);
  const std::vector<TensorEntry> table = tensorTable(config);
  for (size_t i = 0; i < table.size(); ++i) writer.write(table[i].name, initialValues(table[i], i, 1));
  Tokenizer::load(tokenizer)->save(writer.path());
  writer.commit();
}

const Case cases[] = {
    {"gpt2 4 x 128", Architecture::Gpt2, 4, 4, 128, 64, 12},
    {"gpt2 1 x 64", Architecture::Gpt2, 1, 2, 64, 64, 1},
    {"gpt2 2 x 64, long", Architecture::Gpt2, 2, 2, 64, 1024, 4},
    {"gpt2 4 x 128, wide batch", Architecture::Gpt2, 4, 4, 128, 256, 16, 1, false, false},
    {"gpt2 6 x 384", Architecture::Gpt2, 6, 6, 384, 256, 8, 2},
    {"gpt2 12 x 768, small vocabulary", Architecture::Gpt2, 12, 12, 768, 128, 2},
    {"gpt2 124M", Architecture::Gpt2, 12, 12, 768, 256, 1, 1, false, true, false, 50257},
    {"gpt2 4 x 128, answers", Architecture::Gpt2, 4, 4, 128, 128, 8, 1, true},
    {"llama 4 x 144", Architecture::Llama, 4, 4, 144, 256, 8},
    {"llama 1 x 64", Architecture::Llama, 1, 2, 64, 64, 4},
    {"llama 8 x 256", Architecture::Llama, 8, 4, 256, 512, 4, 2, false, false},
    {"llama 12 x 512, answers", Architecture::Llama, 12, 8, 512, 256, 4, 1, true},
    {"gpt2 4 x 128, cold", Architecture::Gpt2, 4, 4, 128, 64, 12, 1, false, true, true},
    {"llama 4 x 144, cold", Architecture::Llama, 4, 4, 144, 256, 8, 1, false, true, true},
};

} // namespace

// Only as a child of the test below: a fresh process, so that nothing else has made it grow.
TEST_CASE("tells the memory of the run in ATTUNE_TEST_RUN", "[.]") {
  const char* run = std::getenv("ATTUNE_TEST_RUN");
  if (!run) return;
  vulkan::preferWideVectors();
  const double before = status("VmRSS");
  stage("before");
  const auto opened = Run::resume(run);
  stage("data read");
  CHECK(opened->train([](const RunProgress& p) { stage(std::to_string(p.step) + " " + p.doing); }) == RunEnd::Done);
  writeFileAtomically(std::string(run) + "/growth", std::to_string((status("VmHWM") - before) * 1024));
}

TEST_CASE("a run grows by what was forecast") {
  vulkan::preferWideVectors(); // as attune does
  const TrainingWorld world;
  const auto device = vulkan::Device::open();
  const char* only = std::getenv("ATTUNE_FORECAST");
  const bool measured = std::getenv("ATTUNE_MEASURE") || only;
  const auto set = [](const char* key, int value) { return key + ("=" + std::to_string(value)); };
  int number = 0;
  for (const Case& shape : cases) {
    if (!measured && number > 0) break;
    if (only && std::string(shape.name).find(only) == std::string::npos) continue;
    INFO(shape.name);
    const std::filesystem::path folder = world.root / std::to_string(++number);
    ModelConfig config =
        withSettings(defaultConfig(shape.architecture), {set("n_layer", shape.layers), set("n_embd", shape.width),
                                                         set("n_head", shape.heads), set("n_ctx", shape.context)});
    RunSettings settings = world.settings();
    settings.model = folder / "model";
    settings.context = shape.context;
    settings.batch = shape.batch;
    settings.accumulate = shape.accumulate;
    settings.steps = 3;
    settings.evaluateEvery = shape.evaluates ? 1 : 0;
    if (!shape.evaluates) settings.heldOut.clear();
    if (shape.sft) {
      settings.kind = RunKind::Sft;
      settings.data = {world.chat};
      settings.heldOut.clear();
    }
    std::filesystem::create_directories(folder);
    config.vocabSize = shape.vocabulary;
    makeModel(config, world.tokenizer, settings.model);
    Run::create(settings, folder / "run");
    const DataSize size{0, 0, shape.sft ? 32 : 0}; // the world's data is small
    const double grown = grownBy(folder / "run", shape.cold);
    const RunForecast told = forecast(settings, config, device->limits(), size);
    const auto mib = [](double bytes) { return bytes / 1048576; };
    std::printf("| %s, context %d, batch %d%s%s%s | %.0f | %.0f | %+.1f %% | %.0f + %.0f + %.0f + %.0f |\n", shape.name,
                shape.context, shape.batch, shape.accumulate > 1 ? ", accumulated" : "", shape.sft ? ", answers" : "",
                shape.cold ? ", cold" : "", mib(double(told.total())), mib(grown),
                100 * (double(told.total()) / grown - 1), mib(double(told.weights)), mib(double(told.training)),
                mib(double(told.activations)), mib(double(told.other)));
    std::filesystem::remove_all(folder);
    if (!device->limits().isCpu) continue; // what a GPU holds does not show in the process
    // The quick case may meet an empty shader cache, whose compiling takes more.
    CHECK(double(told.total()) == Approx(grown).epsilon(measured ? 0.1 : 0.2));
  }
}
