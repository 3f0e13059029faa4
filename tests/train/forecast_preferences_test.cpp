// What runs on rankings and rewards are said to take, beside what a process that trains them really grows by: two to
// four models at once, and rollouts. With ATTUNE_MEASURE=1 a table of shapes (the README's), else one PPO run with four
// models; ATTUNE_FORECAST=PART keeps the rows whose name holds PART.
#include "errors.h"
#include "formats/model_folder.h"
#include "run_growth.h"
#include "text/chat_template.h"
#include "training_world.h"
#include "vulkan/device.h"
#include "vulkan/lavapipe.h"

#include <cstdio>
#include <optional>

using namespace attune;
using namespace attune::test;

namespace fs = std::filesystem;

namespace {

struct Case {
  const char* name;
  RunKind kind;
  Architecture architecture;
  int layers, heads, width, context, batch;
  int minibatches = 1, maxTokens = 24;
  bool rule = false, pretrains = false;
  int rewardLayers = 0; // 0: the policy's
  int vocabulary = 0;
};

const Case cases[] = {
    {"PPO, gpt2 4 x 128, four models", RunKind::Ppo, Architecture::Gpt2, 4, 4, 128, 128, 32},
    {"PPO, gpt2 4 x 128, a rule", RunKind::Ppo, Architecture::Gpt2, 4, 4, 128, 64, 64, 1, 24, true},
    {"PPO, gpt2 2 x 64, minibatches", RunKind::Ppo, Architecture::Gpt2, 2, 2, 64, 128, 32, 4, 64},
    {"PPO, llama 4 x 144, pre-training mix", RunKind::Ppo, Architecture::Llama, 4, 4, 144, 256, 64, 4, 64, false, true},
    {"PPO, llama 6 x 256, small reward model", RunKind::Ppo, Architecture::Llama, 6, 4, 256, 256, 16, 1, 128, false,
     false, 2},
    {"PPO, gpt2 12 x 384, vocabulary 8,000", RunKind::Ppo, Architecture::Gpt2, 12, 6, 384, 128, 8, 1, 32, false, false,
     0, 8000},
    {"PPO, gpt2 12 x 768, four models", RunKind::Ppo, Architecture::Gpt2, 12, 12, 768, 128, 8, 1, 32},
    {"reward, gpt2 4 x 128", RunKind::Reward, Architecture::Gpt2, 4, 4, 128, 256, 8},
    {"reward, llama 6 x 384", RunKind::Reward, Architecture::Llama, 6, 6, 384, 256, 4},
    {"DPO, gpt2 4 x 128", RunKind::Dpo, Architecture::Gpt2, 4, 4, 128, 256, 8},
    {"DPO, llama 6 x 384", RunKind::Dpo, Architecture::Llama, 6, 6, 384, 256, 4},
};

void makeModel(const Case& shape, const fs::path& tokenizer, int layers, bool classifier, const fs::path& folder) {
  const auto set = [](const char* key, int value) { return key + ("=" + std::to_string(value)); };
  ModelConfig config =
      withSettings(defaultConfig(shape.architecture), {set("n_layer", layers), set("n_embd", shape.width),
                                                       set("n_head", shape.heads), set("n_ctx", shape.context)});
  const auto learned = Tokenizer::load(tokenizer);
  config.vocabSize = shape.vocabulary ? shape.vocabulary : learned->size();
  config.eos = {*learned->eos()};
  config.classifier = classifier;
  ModelFolderWriter writer(folder, config);
  const std::vector<TensorEntry> table = tensorTable(config);
  for (size_t i = 0; i < table.size(); ++i) writer.write(table[i].name, initialValues(table[i], i, 1));
  learned->save(writer.path());
  writer.commit();
}

// Prompts and rankings of many lengths.
void writeData(const fs::path& prompts, const fs::path& rankings) {
  std::string asked, ranked;
  for (int i = 0; i < 96; ++i) {
    std::string words;
    for (int word = 0; word <= i % 7; ++word) words += " the bell " + std::to_string(i * 31 % 97);
    asked += "Say" + words + "\n";
    std::vector<std::string> answers{"calm" + words, "harbour" + words + words, "wind"};
    ranked += Json{{"prompt", "Say" + words}, {"completions", answers}, {"ranks", {1, 2, 3}}}.dump() + "\n";
  }
  writeFileAtomically(prompts, asked);
  writeFileAtomically(rankings, ranked);
}

} // namespace

TEST_CASE("a run with up to four models grows by what was forecast") {
  vulkan::preferWideVectors(); // as attune does
  const TrainingWorld world;
  const fs::path tokenizer = world.root / "chat-tokenizer", prompts = world.root / "prompts.txt",
                 rankings = world.root / "rankings.jsonl", rule = world.root / "rule.json";
  fs::create_directories(tokenizer);
  withAttuneTemplate(Tokenizer::load(world.tokenizer))->save(tokenizer);
  writeData(prompts, rankings);
  writeFileAtomically(rule, R"({"rules": [{"pattern": "e", "score": 1}]})");
  const auto device = vulkan::Device::open();
  const char* only = std::getenv("ATTUNE_FORECAST");
  const bool measured = std::getenv("ATTUNE_MEASURE") || only;
  for (const Case& shape : cases) {
    if (!measured && &shape != cases) break;
    if (only && std::string(shape.name).find(only) == std::string::npos) continue;
    INFO(shape.name);
    const fs::path folder = world.root / "case";
    fs::create_directories(folder);
    makeModel(shape, tokenizer, shape.layers, false, folder / "model");
    RunSettings s;
    s.kind = shape.kind;
    s.model = folder / "model";
    s.data = {shape.kind == RunKind::Ppo ? prompts : rankings};
    s.heldOut = "0.2";
    s.batch = shape.batch;
    s.steps = 2;
    s.evaluateEvery = 1;
    s.checkpointEvery = 1;
    if (shape.kind == RunKind::Ppo) {
      s.ppo.reward = rule;
      if (!shape.rule) {
        s.ppo.reward = folder / "reward";
        makeModel(shape, tokenizer, shape.rewardLayers ? shape.rewardLayers : shape.layers, true, s.ppo.reward);
      }
      s.ppo.maxTokens = shape.maxTokens;
      s.ppo.epochs = 1; // more take longer, and no more memory
      s.ppo.minibatches = shape.minibatches;
      if (shape.pretrains) {
        s.ppo.pretrainCoef = 0.1;
        s.ppo.pretrainData = {world.text};
      }
    }
    Run::create(s, folder / "run");
    const double grown = grownBy(folder / "run");
    const RunForecast told = forecast(s, device->limits());
    const auto mib = [](double bytes) { return bytes / 1048576; };
    std::printf("| %s, context %d, batch %d | %.0f | %.0f | %+.1f %% | %.0f + %.0f + %.0f + %.0f |\n", shape.name,
                shape.context, shape.batch, mib(double(told.total())), mib(grown),
                100 * (double(told.total()) / grown - 1), mib(double(told.weights)), mib(double(told.training)),
                mib(double(told.activations)), mib(double(told.other)));
    std::fflush(stdout);
    fs::remove_all(folder);
    if (!device->limits().isCpu) continue; // what a GPU holds does not show in the process
    // The quick case may meet an empty shader cache, whose compiling takes more.
    CHECK(double(told.total()) == Approx(grown).epsilon(measured ? 0.1 : 0.25));
  }
}

TEST_CASE("a forecast tells the memory of each model") {
  const TrainingWorld world;
  const fs::path tokenizer = world.root / "chat-tokenizer", prompts = world.root / "prompts.txt",
                 rankings = world.root / "rankings.jsonl";
  fs::create_directories(tokenizer);
  withAttuneTemplate(Tokenizer::load(world.tokenizer))->save(tokenizer);
  writeData(prompts, rankings);
  const Case shape{"PPO", RunKind::Ppo, Architecture::Llama, 4, 2, 64, 64, 8};
  makeModel(shape, tokenizer, 4, false, world.root / "model");
  makeModel(shape, tokenizer, 2, true, world.root / "reward");
  RunSettings s;
  s.kind = RunKind::Ppo;
  s.model = world.root / "model";
  s.data = {prompts};
  s.batch = 8;
  s.steps = 2;
  s.ppo.reward = world.root / "reward";
  s.ppo.maxTokens = 8;
  const vulkan::Limits limits = vulkan::Device::open()->limits();
  const RunForecast told = forecast(s, limits);
  std::map<std::string, double> bytes;
  uint64_t sum = 0;
  for (const auto& [role, size] : told.models) bytes[role] = double(size), sum += size;
  REQUIRE(bytes.size() == 4);
  const double policy = 4.0 * double(told.parameters);
  CHECK(bytes["reference"] == Approx(policy).epsilon(0.05));
  CHECK(bytes["policy"] == Approx(4 * policy).epsilon(0.05)); // weights, gradients, two moments
  CHECK(bytes["reward model"] < bytes["reference"]);
  CHECK(bytes["value model"] == Approx(4 * bytes["reward model"]).epsilon(0.05));
  CHECK(sum >= told.weights + told.training);
  CHECK(sum + told.activations <= told.total());
  // A rule takes nothing, and values come from the policy's body.
  writeFileAtomically(world.root / "rule.json", R"({"rules": [{"pattern": "e", "score": 1}]})");
  s.ppo.reward = world.root / "rule.json";
  CHECK(forecast(s, limits).models.size() == 3);
  s.kind = RunKind::Dpo;
  s.data = {rankings};
  CHECK(forecast(s, limits).models.size() == 2);
  s.kind = RunKind::Reward;
  CHECK(forecast(s, limits).models.empty());
}

TEST_CASE("a forecast says what is wrong with the data of a run") {
  const TrainingWorld world;
  const auto device = vulkan::Device::open();
  RunSettings s;
  s.kind = RunKind::Reward;
  s.model = world.model(Architecture::Gpt2);
  s.data = {world.root / "absent.jsonl"};
  CHECK(contains(errorOf([&] { forecast(s, device->limits()); }), "absent.jsonl"));
}
