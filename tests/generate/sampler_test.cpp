#include "catch.h"
#include "formats/json.h"
#include "generate/sampler.h"
#include "golden.h"

#include <cmath>
#include <nlohmann/json.hpp>
#include <numeric>

using namespace attune;

TEST_CASE("samplers agree with transformers' logits processors") {
  const Json file = readJson(test::golden("samplers") / "samplers.json");
  const auto logits = file.at("logits").get<std::vector<float>>();
  const auto past = file.at("past").get<std::vector<int32_t>>();
  for (const Json& row : file.at("cases")) {
    const Json& s = row.at("settings");
    SamplerSettings settings;
    settings.temperature = s.value("temperature", 1.0f);
    settings.topK = s.value("top_k", 0);
    settings.topP = s.value("top_p", 1.0f);
    settings.minP = s.value("min_p", 0.0f);
    settings.repetitionPenalty = s.value("repetition_penalty", 1.0f);
    const auto expected = row.at("probabilities").get<std::vector<double>>();
    const auto got = nextTokenProbabilities(logits, past, settings);
    INFO(s.dump());
    for (size_t i = 0; i < expected.size(); ++i) CHECK(std::abs(got[i] - expected[i]) <= 1e-6);
  }
}

TEST_CASE("greedy takes the likeliest, after the repetition penalty") {
  const std::vector<float> logits{1, 3, 2.9f};
  CHECK(nextTokenProbabilities(logits, {}, {.greedy = true})[1] == 1);
  CHECK(nextTokenProbabilities(logits, std::vector<int32_t>{1}, {.greedy = true, .repetitionPenalty = 1.5f})[2] == 1);
}

TEST_CASE("picking follows the probabilities") {
  const std::vector<float> p{0.25f, 0, 0.5f, 0.25f};
  CHECK(pick(p, 0.0) == 0);
  CHECK(pick(p, 0.2499) == 0);
  CHECK(pick(p, 0.25) == 2);
  CHECK(pick(p, 0.7499) == 2);
  CHECK(pick(p, 0.9999999) == 3);
}

TEST_CASE("what the model thinks of a token") {
  const std::vector<float> logits{std::log(0.5f), std::log(0.3f), std::log(0.2f)};
  const TokenView view = viewToken(logits, 1);
  CHECK(std::abs(view.probability - 0.3) < 1e-6);
  CHECK(view.rank == 2);
  CHECK(std::abs(view.entropy - 1.0296530) < 1e-5);
  REQUIRE(view.likeliest.size() == 3);
  CHECK(view.likeliest[0].first == 0);
}

TEST_CASE("settings out of range and logits that are no numbers are refused") {
  CHECK_THROWS_WITH(check({.temperature = 0}), Contains("temperature"));
  CHECK_THROWS_WITH(check({.topK = -1}), Contains("top-k"));
  CHECK_THROWS_WITH(check({.topP = 1.5f}), Contains("top-p"));
  CHECK_THROWS_WITH(check({.minP = -0.1f}), Contains("min-p"));
  CHECK_THROWS_WITH(check({.repetitionPenalty = 0}), Contains("repetition penalty"));
  CHECK_THROWS_WITH(nextTokenProbabilities(std::vector<float>{1, NAN}, {}, {}), Contains("NaN"));
}
