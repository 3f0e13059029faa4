// Models beside what transformers computes from the same weights: logits, hidden states, attention, every gradient, and
// greedy text.
#include "agreement.h"
#include "catch.h"
#include "formats/json.h"
#include "formats/model_folder.h"
#include "generate/generator.h"
#include "golden.h"
#include "run_graph.h"
#include "train/inspect.h"
#include "train/trainer.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

using namespace attune;
using namespace attune::test;

TEST_CASE("forward, backward and greedy text agree with transformers") {
  const std::string name =
      GENERATE(as<std::string>(), "gpt2-tiny", "gpt2-odd", "gpt2-half", "llama-tiny", "llama-scaled");
  const auto folder = golden(name);
  if (folder.empty()) return;
  INFO(name);
  const Json ids = readJson(folder / "ids.json");
  const auto model = Model::load(device(), folder);
  const auto text = ids.at("ids").get<std::vector<int32_t>>();
  const auto got = inspect(model, text, true);
  const SafetensorsFile expected(folder / "expected.safetensors");
  for (const char* kind : {"logits", "hidden.", "attention.", "loss"}) checkAgreement(got, expected, kind, 1e-5);
  checkAgreement(got, expected, "grad.", 1e-4);
  CHECK(got.size() == expected.tensors().size());

  const Json& greedy = ids.at("greedy");
  const auto prompt = greedy.at("prompt").get<std::vector<int32_t>>();
  const auto whole = greedy.at("ids").get<std::vector<int32_t>>();
  GenerateRequest request;
  request.prompt = prompt;
  request.sampler.greedy = true;
  request.maxTokens = int(whole.size() - prompt.size());
  CHECK(Generator(model).generate(request)[0].ids ==
        std::vector<int32_t>(whole.begin() + long(prompt.size()), whole.end()));
}

TEST_CASE("the older configuration of the same model gives the same numbers") {
  const auto folder = golden("llama-scaled");
  if (folder.empty()) return;
  CHECK(readConfig(folder / "config.json") == readConfig(folder / "config-4x.json"));
}

TEST_CASE("token by token through the cache gives the logits of the whole sequence") {
  const std::string name = GENERATE(as<std::string>(), "gpt2-tiny", "gpt2-odd", "llama-scaled");
  const auto folder = golden(name);
  if (folder.empty()) return;
  INFO(name);
  const auto text = readJson(folder / "ids.json").at("ids").get<std::vector<int32_t>>();
  const auto model = Model::load(device(), folder);
  const auto whole = inspect(model, text, false).at("logits").data;
  const size_t vocabulary = size_t(model->config().vocabSize);
  Decoder decoder(model, 3, int(text.size()));
  const auto check = [&](const std::vector<float>& logits, size_t position) {
    CHECK(relativeError(logits, std::vector<float>(whole.begin() + long(position * vocabulary),
                                                   whole.begin() + long((position + 1) * vocabulary))) < 1e-5);
  };
  // Slot 1 reads token by token; slot 2 reads a prompt at once and goes on; they do not disturb each other.
  const int zero = 0;
  std::vector<Decoder::Row> prompt;
  for (size_t i = 0; i < 7; ++i) prompt.push_back({2, int(i), text[i]});
  const int last = 6;
  check(decoder.run(prompt, std::span(&last, 1)), 6);
  for (size_t i = 0; i < text.size(); ++i) {
    const Decoder::Row row{1, int(i), text[i]};
    check(decoder.run(std::span(&row, 1), std::span(&zero, 1)), i);
  }
  const Decoder::Row next{2, 7, text[7]};
  check(decoder.run(std::span(&next, 1), std::span(&zero, 1)), 7);
}

TEST_CASE("fifty AdamW steps follow PyTorch's") {
  const auto folder = golden("adamw-50");
  if (folder.empty()) return;
  const Json file = readJson(folder / "steps.json");
  const auto model = Model::load(device(), folder);
  Trainer trainer(model, {.beta1 = 0.9, .beta2 = 0.95, .epsilon = 1e-8, .weightDecay = 0.1, .clip = 1.0});
  Batch batch;
  for (const Json& row : file.at("batch")) {
    const auto ids = row.get<std::vector<int32_t>>();
    ++batch.rows;
    batch.length = int(ids.size()) - 1;
    batch.ids.insert(batch.ids.end(), ids.begin(), ids.end() - 1);
    batch.targets.insert(batch.targets.end(), ids.begin() + 1, ids.end());
  }
  batch.weights.assign(batch.ids.size(), 1.0f);
  for (const Json& step : file.at("steps")) {
    const StepResult result = trainer.step(std::span(&batch, 1), step.at("lr"));
    INFO(step.dump());
    CHECK(std::abs(result.loss / double(step.at("loss")) - 1) < 1e-4);
    CHECK(std::abs(result.gradientNorm / double(step.at("grad_norm")) - 1) < 1e-3);
  }
  const SafetensorsFile after(folder / "after.safetensors");
  for (const auto& tensor : after.tensors()) {
    INFO(tensor.name);
    CHECK(relativeError(model->weights().download(tensor.name), after.read(tensor.name).data) < 1e-3);
  }
}

TEST_CASE("accumulated batches give the gradients of one large batch") {
  const auto folder = golden("gpt2-tiny");
  if (folder.empty()) return;
  const auto model = Model::load(device(), folder);
  Trainer trainer(model, {});
  const auto batchOf = [](int first, int rows) {
    Batch batch{rows, 8, {}, {}, {}};
    for (int i = first * 8; i < (first + rows) * 8; ++i) {
      batch.ids.push_back((i * 7) % 96);
      batch.targets.push_back((i * 5) % 96);
      batch.weights.push_back(i % 3 ? 1.0f : 0.0f);
    }
    return batch;
  };
  const Batch all = batchOf(0, 5);
  const std::vector<Batch> parts{batchOf(0, 2), batchOf(2, 3)};
  const double loss = trainer.gradients(std::span(&all, 1));
  const auto whole = trainer.optimizer().gradients().download("transformer.h.1.attn.c_attn.weight");
  CHECK(std::abs(trainer.gradients(parts) - loss) < 1e-5);
  CHECK(relativeError(trainer.optimizer().gradients().download("transformer.h.1.attn.c_attn.weight"), whole) < 1e-5);
}

TEST_CASE("ids and lengths out of range are named") {
  const auto folder = golden("gpt2-tiny");
  if (folder.empty()) return;
  const auto model = Model::load(device(), folder);
  CHECK_THROWS_WITH(inspect(model, std::vector<int32_t>{1, 96}, false), Contains("96") && Contains("0 to 95"));
  CHECK_THROWS_WITH(inspect(model, std::vector<int32_t>(65, 1), false), Contains("65") && Contains("64"));
  CHECK_THROWS_WITH(inspect(model, {}, false), Contains("no tokens"));
  GenerateRequest request;
  request.prompt = std::vector<int32_t>(64, 1);
  CHECK_THROWS_WITH(Generator(model).generate(request), Contains("64"));
}
