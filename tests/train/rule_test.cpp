// Rules: what they count, what they refuse, and that broken files give one sentence.
#include "catch.h"
#include "errors.h"
#include "interval.h"
#include "train/ppo_control.h"
#include "train/rule.h"

#include <cmath>
#include <nlohmann/json.hpp>
#include <random>

using namespace attune;
using namespace attune::test;

namespace {

double score(const std::string& rules, const std::string& reply) {
  return Rule::parse(parseJson(rules, "rule.json"), "rule.json")->score(reply);
}

} // namespace

TEST_CASE("words, patterns and lengths are scored and added up") {
  const std::string words = R"({"rules": [{"words": ["Sun", "full moon"], "score": 2}]})";
  CHECK(score(words, "the sun, the SUN") == 2); // once
  CHECK(score(words, "sunny moon full") == 0);  // whole words, in their order
  CHECK(score(words, "A Full Moon!") == 2);
  CHECK(score(R"({"rules": [{"words": ["sun"], "score": 0.5, "each": true}]})", "sun Sun s SUN") == 1.5);
  CHECK(score(R"({"rules": [{"pattern": "^[A-Z].*\\.$"}]})", "A hen.") == 1);
  CHECK(score(R"({"rules": [{"pattern": "^[A-Z].*\\.$"}]})", "a hen.") == 0);
  const std::string length = R"({"rules": [{"least": 2, "most": 3, "unit": "words", "score": 1}]})";
  CHECK(score(length, "one") == 0);
  CHECK(score(length, "one two three") == 1);
  CHECK(score(length, "one two three four") == 0);
  CHECK(score(R"({"rules": [{"unit": "characters", "score": -0.5}]})", "häh") == -1.5);
  CHECK(score(R"({"rules": [{"unit": "bytes"}, {"words": ["h"], "score": 10}]})", "h h") == 13);
  CHECK(score(words, "") == 0);
  CHECK(score(words, "\xff\xfe sun") == 2); // bytes that are no text
}

TEST_CASE("a pattern that explodes is stopped, and malformed rules are named") {
  CHECK(contains(errorOf([] { score(R"({"rules": [{"pattern": "(a+)+$"}]})", std::string(60, 'a') + "b"); }),
                 "too long"));
  const auto refused = [](const std::string& rules, const std::string& part) {
    INFO(rules);
    CHECK(contains(errorOf([&] { score(rules, ""); }), part));
  };
  refused(R"({})", "rules");
  refused(R"({"rules": []})", "at least one");
  refused(R"({"rules": [{"score": 1}]})", "none of words");
  refused(R"({"rules": [{"words": []}]})", "at least one word");
  refused(R"({"rules": [{"words": ["!"]}]})", "no letter");
  refused(R"({"rules": [{"pattern": "("}]})", "regular expression");
  refused(R"({"rules": [{"least": 3, "most": 2}]})", "most");
  refused(R"({"rules": [{"unit": "miles"}]})", "unit");
  refused(R"({"rules": [{"words": ["a"], "score": "much"}]})", "score");
}

TEST_CASE("broken rule files give an error or a rule, never anything else") {
  const std::string whole =
      R"({"rules": [{"words": ["sun", "moon"], "score": 1, "each": true}, {"pattern": "^[A-Z]+", "score": 0.5}, {"least": 2, "most": 9, "unit": "words"}]})";
  std::mt19937 random(7);
  int read = 0;
  for (int i = 0; i < 2000; ++i) {
    std::string text = whole;
    for (unsigned change = 0; change < 1 + random() % 3; ++change) {
      const size_t place = random() % text.size();
      if (random() % 3 == 0)
        text.erase(place, 1 + random() % 6);
      else
        text[place] = char(random() % 256);
      if (text.empty()) text = "x";
    }
    try {
      if (std::isfinite(score(text, "A Sun and 3 moons"))) ++read;
    } catch (const Error&) {
    }
  }
  CHECK(read > 0);
}

TEST_CASE("the KL controller draws its coefficient towards the target by at most 2 % an iteration") {
  KlController fixed(0.1, 0), adaptive(0.1, 6);
  fixed.observe(100);
  CHECK(fixed.coefficient() == 0.1);
  adaptive.observe(60); // clipped
  CHECK(adaptive.coefficient() == Approx(0.102));
  adaptive.observe(6);
  CHECK(adaptive.coefficient() == Approx(0.102));
  adaptive.observe(5.4);
  CHECK(adaptive.coefficient() == Approx(0.102 * 0.99));
}

TEST_CASE("the running scale, and Wilson's interval by hand") {
  RunningScale scale;
  CHECK(scale.deviation() == 1);
  for (double value : {1.0, 2.0, 3.0, 6.0}) scale.add(value);
  CHECK(scale.mean == Approx(3));
  CHECK(scale.deviation() == Approx(std::sqrt(3.5)).epsilon(1e-6));
  const ShareInterval share = wilsonInterval(0.8, 10); // 8 of 10: 0.4902 to 0.9433, as textbooks have it
  CHECK(std::abs(share.low - 0.4902) < 1e-3);
  CHECK(std::abs(share.high - 0.9433) < 1e-3);
  CHECK(wilsonInterval(0, 0).high == 1);
}
