#include "catch.h"
#include "ops/dropout.h"
#include "ops/weighted_sum.h"
#include "random.h"
#include "run_graph.h"

#include <cmath>

using namespace attune;
using namespace attune::test;

TEST_CASE("dropout follows the counter-based numbers, and its gradient the same mask") {
  const int count = 1030;
  const float p = 0.3f;
  const std::vector<int32_t> step{11, 0, 5, 2}; // seed 11, step 5, part 2
  const uint32_t layer = 3;
  const auto x = randomValues(count, 1), r = randomValues(count, 2), w = randomValues(count, 3);
  Values after;
  const auto result = runGraph(
      [&](Graph& g) {
        const Tensor xs = g.external("x", {count}), rs = g.external("r", {count}), ws = g.external("w", {count});
        const Tensor y = dropout(g, xs, p, rs, g.external("step", {4}), layer);
        const Tensor loss = weightedSum(g, y, ws);
        differentiate(g, loss, {{"x", g.external("dx", {count})}, {"r", g.external("dr", {count})}});
        return std::vector<Tensor>{y};
      },
      {{"x", x}, {"r", r}, {"w", w}, {"step", ints(step)}}, &after);
  int kept = 0;
  for (uint32_t i = 0; i < uint32_t(count); ++i) {
    const auto bits = philox({i / 4, layer | (2u << 16), 5u, 5u << 24}, {11u, 0u});
    const bool keep = float(bits[i % 4] >> 8) / 16777216.0f >= p;
    kept += keep;
    CHECK(std::abs(result[0][i] - (keep ? x[i] / (1 - p) : 0.0f) - r[i]) < 1e-5f);
    CHECK(std::abs(after.at("dx")[i] - (keep ? w[i] / (1 - p) : 0.0f)) < 1e-5f);
    CHECK(after.at("dr")[i] == w[i]);
  }
  CHECK(std::abs(kept / double(count) - 0.7) < 0.05);
}
