// Every operation beside a double-precision loop, and its gradients beside finite differences of that loop.
#include "catch.h"
#include "ops/add.h"
#include "ops/embedding.h"
#include "ops/gated_unit.h"
#include "ops/linear.h"
#include "ops/log_probability.h"
#include "ops/norm.h"
#include "ops/rotary.h"
#include "ops/weighted_sum.h"
#include "run_graph.h"

#include <algorithm>
#include <cmath>
#include <numeric>

using namespace attune;
using namespace attune::test;

namespace {

using Doubles = std::map<std::string, std::vector<double>>;

double dot(const std::vector<double>& a, const std::vector<double>& b) {
  return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}

double gelu(double x) { return 0.5 * x * (1 + std::tanh(std::sqrt(2 / M_PI) * (x + 0.044715 * x * x * x))); }

// y [m, n] = x [m, k] w (+ b)
std::vector<double> product(const std::vector<double>& x, const std::vector<double>& w, int m, int k, int n,
                            bool inOut) {
  std::vector<double> y(size_t(m * n), 0.0);
  for (int i = 0; i < m; ++i)
    for (int j = 0; j < n; ++j)
      for (int l = 0; l < k; ++l)
        y[size_t(i * n + j)] += x[size_t(i * k + l)] * w[size_t(inOut ? l * n + j : j * k + l)];
  return y;
}

std::vector<double> normRows(const std::vector<double>& x, const std::vector<double>& w, const std::vector<double>* b,
                             int rows, int columns, bool rms) {
  std::vector<double> y(x.size());
  for (int r = 0; r < rows; ++r) {
    double mean = 0, squares = 0;
    for (int c = 0; c < columns && !rms; ++c) mean += x[size_t(r * columns + c)] / columns;
    for (int c = 0; c < columns; ++c) squares += std::pow(x[size_t(r * columns + c)] - mean, 2) / columns;
    for (int c = 0; c < columns; ++c)
      y[size_t(r * columns + c)] =
          (x[size_t(r * columns + c)] - mean) / std::sqrt(squares + 1e-5) * w[size_t(c)] + (b ? (*b)[size_t(c)] : 0);
  }
  return y;
}

} // namespace

TEST_CASE("add, used twice") {
  const int count = GENERATE(1, 7, 33, 130);
  const Values values{{"a", randomValues(size_t(count), 1)},
                      {"b", randomValues(size_t(count), 2)},
                      {"w", randomValues(size_t(count), 3)}};
  const double error = gradientError(
      [&](Graph& g) {
        const Tensor a = g.external("a", {count}), b = g.external("b", {count}), w = g.external("w", {count});
        const Tensor s = add(g, a, b);
        return weightedSum(g, add(g, s, a), w);
      },
      values, {"a", "b"}, [](const Doubles& v) { return 2 * dot(v.at("a"), v.at("w")) + dot(v.at("b"), v.at("w")); });
  CHECK(error < 1e-5);
}

TEST_CASE("linear with bias, GELU and residual, both weight layouts") {
  const int m = GENERATE(1, 7, 33), size = GENERATE(7, 32, 33);
  const bool inOut = GENERATE(true, false);
  const int k = size, n = size + 5;
  INFO("rows " << m << ", in " << k << ", out " << n << (inOut ? " [in, out]" : " [out, in]"));
  const auto count = [](int a, int b) { return size_t(a * b); };
  Values values{{"x", randomValues(count(m, k), 1)}, {"w", randomValues(count(k, n), 2, 0.3)},
                {"b", randomValues(size_t(n), 3)},   {"w2", randomValues(count(n, k), 4, 0.3)},
                {"b2", randomValues(size_t(k), 5)},  {"s", randomValues(count(m, k), 6)}};
  const WeightLayout layout = inOut ? WeightLayout::InOut : WeightLayout::OutIn;
  std::vector<std::string> wanted{"x", "w", "w2"};
  if (inOut) wanted.insert(wanted.end(), {"b", "b2"});
  const double error = gradientError(
      [&](Graph& g) {
        const Tensor x = g.external("x", {m, k});
        const Tensor w = g.external("w", inOut ? Shape{k, n} : Shape{n, k}),
                     w2 = g.external("w2", inOut ? Shape{n, k} : Shape{k, n});
        const Tensor b = g.external("b", {n}), b2 = g.external("b2", {k});
        const Tensor h = linear(g, x, w, layout, {.bias = b, .gelu = true, .training = true});
        return weightedSum(g, linear(g, h, w2, layout, {.bias = b2, .residual = x}), g.external("s", {m, k}));
      },
      values, wanted,
      [&](const Doubles& v) {
        auto h = product(v.at("x"), v.at("w"), m, k, n, inOut);
        for (size_t i = 0; i < h.size(); ++i) h[i] = gelu(h[i] + v.at("b")[i % size_t(n)]);
        auto y = product(h, v.at("w2"), m, n, k, inOut);
        for (size_t i = 0; i < y.size(); ++i) y[i] += v.at("b2")[i % size_t(k)] + v.at("x")[i];
        return dot(y, v.at("s"));
      });
  CHECK(error < 2e-5);
}

TEST_CASE("LayerNorm and RMSNorm with a residual beside them") {
  const int rows = GENERATE(1, 7, 33, 70), columns = GENERATE(4, 7, 33, 130);
  const bool rms = GENERATE(false, true);
  INFO(rows << " x " << columns << (rms ? " RMS" : ""));
  Values values{{"x", randomValues(size_t(rows * columns), 1, 2)},
                {"w", randomValues(size_t(columns), 2)},
                {"b", randomValues(size_t(columns), 3)},
                {"s", randomValues(size_t(rows * columns), 4)}};
  std::vector<std::string> wanted{"x", "w"};
  if (!rms) wanted.push_back("b");
  const double error = gradientError(
      [&](Graph& g) {
        const Tensor x = g.external("x", {rows, columns}), w = g.external("w", {columns}),
                     b = g.external("b", {columns});
        const Tensor y = rms ? rmsNorm(g, x, w, 1e-5f) : layerNorm(g, x, w, b, 1e-5f);
        return weightedSum(g, add(g, y, x), g.external("s", {rows, columns}));
      },
      values, wanted,
      [&](const Doubles& v) {
        auto y = normRows(v.at("x"), v.at("w"), rms ? nullptr : &v.at("b"), rows, columns, rms);
        for (size_t i = 0; i < y.size(); ++i) y[i] += v.at("x")[i];
        return dot(y, v.at("s"));
      });
  CHECK(error < 5e-5);
}

TEST_CASE("SwiGLU") {
  const int count = GENERATE(1, 7, 33, 130);
  Values values{{"g", randomValues(size_t(count), 1, 3)},
                {"u", randomValues(size_t(count), 2)},
                {"s", randomValues(size_t(count), 3)}};
  const double error = gradientError(
      [&](Graph& g) {
        return weightedSum(g, gatedUnit(g, g.external("g", {count}), g.external("u", {count})),
                           g.external("s", {count}));
      },
      values, {"g", "u"},
      [&](const Doubles& v) {
        double sum = 0;
        for (size_t i = 0; i < size_t(count); ++i)
          sum += v.at("s")[i] * v.at("u")[i] * v.at("g")[i] / (1 + std::exp(-v.at("g")[i]));
        return sum;
      });
  CHECK(error < 1e-5);
}

TEST_CASE("rotary positions turn pairs by the table's angle") {
  const int rows = GENERATE(1, 7, 33), heads = 3, headDim = GENERATE(2, 6, 16);
  std::vector<float> table;
  std::vector<int32_t> positions;
  for (int p = 0; p < 40; ++p)
    for (int half : {0, 1})
      for (int d = 0; d < headDim / 2; ++d)
        table.push_back(float(half ? std::sin(p * 0.3 / (d + 1)) : std::cos(p * 0.3 / (d + 1))));
  for (int r = 0; r < rows; ++r) positions.push_back((r * 7) % 40);
  const int width = heads * headDim;
  Values values{{"x", randomValues(size_t(rows * width), 1)},
                {"p", ints(positions)},
                {"t", table},
                {"s", randomValues(size_t(rows * width), 2)}};
  const double error = gradientError(
      [&](Graph& g) {
        const Tensor y =
            rotary(g, g.external("x", {rows, width}), g.external("p", {rows}), g.external("t", {40, headDim}));
        return weightedSum(g, y, g.external("s", {rows, width}));
      },
      values, {"x"},
      [&](const Doubles& v) {
        double sum = 0;
        for (int r = 0; r < rows; ++r)
          for (int h = 0; h < heads; ++h)
            for (int d = 0; d < headDim / 2; ++d) {
              const double angle = positions[size_t(r)] * 0.3 / (d + 1);
              const size_t a = size_t(r * width + h * headDim + d), b = a + size_t(headDim / 2);
              sum += v.at("s")[a] * (v.at("x")[a] * std::cos(angle) - v.at("x")[b] * std::sin(angle));
              sum += v.at("s")[b] * (v.at("x")[b] * std::cos(angle) + v.at("x")[a] * std::sin(angle));
            }
        return sum;
      });
  CHECK(error < 1e-5);
}

namespace {
std::vector<int32_t> sortedBy(const std::vector<int32_t>& ids) {
  std::vector<int32_t> order(ids.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](int a, int b) { return ids[size_t(a)] < ids[size_t(b)]; });
  return order;
}
} // namespace

TEST_CASE("embedding of tokens and places, with repeated ids") {
  const int rows = GENERATE(1, 7, 33), columns = GENERATE(4, 7, 33);
  std::vector<int32_t> ids, positions;
  for (int r = 0; r < rows; ++r) {
    ids.push_back((r * r) % 5);
    positions.push_back(r % 3);
  }
  Values values{{"t", randomValues(size_t(6 * columns), 1)},
                {"q", randomValues(size_t(3 * columns), 2)},
                {"ids", ints(ids)},
                {"io", ints(sortedBy(ids))},
                {"p", ints(positions)},
                {"po", ints(sortedBy(positions))},
                {"s", randomValues(size_t(rows * columns), 3)}};
  const double error = gradientError(
      [&](Graph& g) {
        const Tensor y = embed(g, g.external("t", {6, columns}), {g.external("ids", {rows}), g.external("io", {rows})},
                               g.external("q", {3, columns}), {g.external("p", {rows}), g.external("po", {rows})});
        return weightedSum(g, y, g.external("s", {rows, columns}));
      },
      values, {"t", "q"},
      [&](const Doubles& v) {
        double sum = 0;
        for (int r = 0; r < rows; ++r)
          for (int c = 0; c < columns; ++c)
            sum += v.at("s")[size_t(r * columns + c)] * (v.at("t")[size_t(ids[size_t(r)] * columns + c)] +
                                                         v.at("q")[size_t(positions[size_t(r)] * columns + c)]);
        return sum;
      });
  CHECK(error < 1e-5);
}

TEST_CASE("log-probability of targets through the head") {
  const int rows = GENERATE(1, 7, 33), columns = GENERATE(4, 7, 32), vocabulary = GENERATE(3, 33, 130);
  INFO(rows << " rows, " << columns << " wide, vocabulary " << vocabulary);
  std::vector<int32_t> targets;
  for (int r = 0; r < rows; ++r) targets.push_back((r * 11) % vocabulary);
  Values values{{"x", randomValues(size_t(rows * columns), 1)},
                {"w", randomValues(size_t(vocabulary * columns), 2)},
                {"t", ints(targets)},
                {"s", randomValues(size_t(rows), 3)}};
  const double error = gradientError(
      [&](Graph& g) {
        const Tensor p = logProbability(g, g.external("x", {rows, columns}), g.external("w", {vocabulary, columns}),
                                        g.external("t", {rows}));
        return weightedSum(g, p, g.external("s", {rows}));
      },
      values, {"x", "w"},
      [&](const Doubles& v) {
        const auto logits = product(v.at("x"), v.at("w"), rows, columns, vocabulary, false);
        double sum = 0;
        for (int r = 0; r < rows; ++r) {
          double all = 0;
          for (int j = 0; j < vocabulary; ++j) all += std::exp(logits[size_t(r * vocabulary + j)]);
          sum += v.at("s")[size_t(r)] * (logits[size_t(r * vocabulary + targets[size_t(r)])] - std::log(all));
        }
        return sum;
      });
  CHECK(error < 5e-5);
}

TEST_CASE("a head too large to hold all logits is computed in pieces, with the same numbers") {
  const int rows = 70, columns = 8, vocabulary = 300001; // 64 MiB hold 32 rows
  std::vector<int32_t> targets;
  for (int r = 0; r < rows; ++r) targets.push_back((r * 4001) % vocabulary);
  const auto x = randomValues(size_t(rows * columns), 1), w = randomValues(size_t(vocabulary * columns), 2, 0.3);
  const auto s = randomValues(size_t(rows), 3);
  Values after;
  runGraph(
      [&](Graph& g) {
        const Tensor loss = weightedSum(g,
                                        logProbability(g, g.external("x", {rows, columns}),
                                                       g.external("w", {vocabulary, columns}), g.external("t", {rows})),
                                        g.external("s", {rows}));
        differentiate(g, loss,
                      {{"x", g.external("dx", {rows, columns})}, {"w", g.external("dw", {vocabulary, columns})}});
        return std::vector<Tensor>{loss};
      },
      {{"x", x}, {"w", w}, {"t", ints(targets)}, {"s", s}}, &after);
  // One row of dw in double: sum over rows of s (one-hot - softmax) x.
  std::vector<double> expected(size_t(columns), 0.0);
  const int token = targets[69];
  for (int r = 0; r < rows; ++r) {
    double all = 0, own = 0;
    for (int j = 0; j < vocabulary; ++j) {
      double logit = 0;
      for (int c = 0; c < columns; ++c)
        logit += double(x[size_t(r * columns + c)]) * w[size_t(j) * size_t(columns) + size_t(c)];
      all += std::exp(logit);
      if (j == token) own = std::exp(logit);
    }
    for (int c = 0; c < columns; ++c)
      expected[size_t(c)] += s[size_t(r)] * ((targets[size_t(r)] == token) - own / all) * x[size_t(r * columns + c)];
  }
  const float* row = after.at("dw").data() + size_t(token) * size_t(columns);
  CHECK(relativeError(std::vector<float>(row, row + columns), expected) < 1e-4);
}
