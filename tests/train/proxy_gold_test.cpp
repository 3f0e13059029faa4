// Best-of-n's bound and unbiased estimate, and the fits of reward over distance, on values known beforehand.
#include "train/proxy_gold.h"

#include "catch.h"
#include "errors.h"

#include <cmath>
#include <nlohmann/json.hpp>
#include <numeric>

using namespace attune;
using namespace attune::test;

TEST_CASE("the bound of best of n, as published") {
  CHECK(bestOfBound(1) == 0);
  CHECK(bestOfBound(2) == Approx(0.193147).margin(1e-6));
  CHECK(bestOfBound(4) == Approx(0.636294).margin(1e-6));
  CHECK(bestOfBound(16) == Approx(1.835089).margin(1e-6));
  CHECK(bestOfBound(64) == Approx(3.174508).margin(1e-6));
  CHECK(contains(errorOf([] { bestOfBound(0); }), "at least 1"));
}

TEST_CASE("the estimate of best of n is the mean over every choice of n samples") {
  const std::vector<double> proxy{0.3, -1, 2, 0.3, 1.5, 2, -0.2}, gold{5, 1, -2, 7, 3, 4, 0};
  for (const int n : {1, 2, 3, 5, 7}) {
    // All subsets by brute force; equal proxies share.
    double sum = 0, goldSum = 0, count = 0;
    for (unsigned set = 0; set < 128; ++set) {
      if (__builtin_popcount(set) != n) continue;
      double best = -INFINITY;
      for (int i = 0; i < 7; ++i)
        if (set >> i & 1) best = std::max(best, proxy[size_t(i)]);
      double g = 0, same = 0;
      for (int i = 0; i < 7; ++i)
        if ((set >> i & 1) && proxy[size_t(i)] == best) g += gold[size_t(i)], ++same;
      sum += best;
      goldSum += g / same;
      ++count;
    }
    CHECK(bestOfEstimate(proxy, proxy, n) == Approx(sum / count).margin(1e-12));
    CHECK(bestOfEstimate(proxy, gold, n) == Approx(goldSum / count).margin(1e-12));
  }
  CHECK(contains(errorOf([&] { bestOfEstimate(proxy, gold, 8); }), "from 7 samples"));
  CHECK(contains(errorOf([&] { bestOfEstimate(proxy, {}, 1); }), "every sample"));
}

TEST_CASE("the best of n of many even numbers is n / (n + 1) of the way") {
  std::vector<double> even(64);
  for (size_t i = 0; i < 64; ++i) even[i] = (double(i) + 1) / 65;
  for (const int n : {1, 4, 16, 64})
    CHECK(bestOfEstimate(even, even, n) == Approx(n / (n + 1.0)).margin(1e-9));
}

TEST_CASE("known curves are recovered, with noise nearly") {
  for (const DistanceForm form : {DistanceForm::Linear, DistanceForm::Logarithm}) {
    DistanceFit truth{true, 1.4, 0.35, 1};
    std::vector<double> d, r, noisy;
    for (int i = 0; i <= 30; ++i) {
      d.push_back(0.12 * i);
      r.push_back(truth.at(form, d.back()));
      noisy.push_back(r.back() + 0.01 * std::sin(91.0 * i));
    }
    const DistanceFit fit = fitDistance(form, d, r);
    REQUIRE(fit.known);
    CHECK(fit.alpha == Approx(1.4).margin(1e-9));
    CHECK(fit.beta == Approx(0.35).margin(1e-9));
    CHECK(fit.r2 == Approx(1).margin(1e-9));
    const DistanceFit near = fitDistance(form, d, noisy);
    CHECK(near.alpha == Approx(1.4).margin(0.03));
    CHECK(near.beta == Approx(0.35).margin(0.03));
    CHECK(near.r2 > 0.99);
    // The peak is where it says: lower on both sides.
    const double peak = fit.peak(form).value();
    CHECK(peak == Approx(form == DistanceForm::Linear ? 2.0 : std::exp(3.0)).margin(1e-9));
    CHECK(fit.at(form, peak) > fit.at(form, 0.9 * peak));
    CHECK(fit.at(form, peak) > fit.at(form, 1.1 * peak));
  }
  CHECK_FALSE(fitDistance(DistanceForm::Linear, std::vector{1.0}, std::vector{2.0}).known);
  CHECK_FALSE(fitDistance(DistanceForm::Linear, std::vector{1.0, 1.0}, std::vector{2.0, 3.0}).known);
  CHECK_FALSE(fitDistance(DistanceForm::Linear, std::vector{0.0, 0.0}, std::vector{2.0, 3.0}).known);
  CHECK_FALSE(DistanceFit{true, 1, -0.1, 1}.peak(DistanceForm::Linear).has_value());
}

TEST_CASE("fits count from where nothing has moved, and go through JSON and back") {
  ProxyGold figures;
  figures.proxyName = "rm";
  figures.goldName = "judge";
  figures.prompts = 8;
  figures.samples = 64;
  for (const int n : {1, 4, 16, 64}) {
    const double d = std::sqrt(bestOfBound(n));
    figures.bestOf.push_back({-1, n, d * d, 0.5 + d * (0.9 - 0.1 * d), 0.2 + d * (0.8 - 0.3 * d)});
  }
  for (int step = 0; step < 6; ++step) {
    const double d = 0.4 * step;
    figures.policy.push_back({step, 0, d * d, 0.5 + (d > 0 ? d * (1 - 0.2 * std::log(d)) : 0), std::nullopt});
  }
  CHECK(figures.fit(false, false).alpha == Approx(0.9).margin(1e-9));
  CHECK(figures.fit(false, true).beta == Approx(0.3).margin(1e-9));
  CHECK(figures.fit(true, false).beta == Approx(0.2).margin(1e-9));
  CHECK_FALSE(figures.fit(true, true).known);
  const Json json = toJson(figures);
  CHECK(json["fits"]["policy_gold"].is_null());
  CHECK(json["fits"]["best_of_gold"]["peak_kl"].get<double>() == Approx(std::pow(0.8 / 0.6, 2)));
  const ProxyGold back = parseProxyGold(json, "proxy_gold.json");
  CHECK(toJson(back) == json);
  CHECK(contains(errorOf([&] { parseProxyGold(Json{{"policy", 3}}, "proxy_gold.json"); }), "proxy_gold.json"));
}
