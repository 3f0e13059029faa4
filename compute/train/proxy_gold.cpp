#include "train/proxy_gold.h"

#include "error.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <numeric>

namespace attune {
namespace {

double basis(DistanceForm form, double d) { return form == DistanceForm::Linear ? -d * d : -d * std::log(d); }

const ProxyGoldPoint* nearestToStart(const ProxyGold& figures) {
  for (const ProxyGoldPoint& point : figures.bestOf)
    if (point.n == 1) return &point;
  const auto found = std::min_element(figures.policy.begin(), figures.policy.end(),
                                      [](const auto& a, const auto& b) { return std::abs(a.kl) < std::abs(b.kl); });
  return found == figures.policy.end() ? nullptr : &*found;
}

Json fitJson(const DistanceFit& fit, DistanceForm form) {
  if (!fit.known) return {};
  Json made{{"alpha", fit.alpha}, {"beta", fit.beta}, {"r2", fit.r2}, {"peak_kl", Json()}};
  if (const auto peak = fit.peak(form)) made["peak_kl"] = *peak * *peak;
  return made;
}

Json pointJson(const ProxyGoldPoint& point) {
  Json made{{"kl", point.kl}, {"proxy", point.proxy}, {"gold", point.gold ? Json(*point.gold) : Json()}};
  if (point.n > 0) made["n"] = point.n;
  if (point.step >= 0) made["step"] = point.step;
  return made;
}

ProxyGoldPoint parsePoint(const Json& json, const std::string& where) {
  const JsonFields fields(json, where);
  ProxyGoldPoint point;
  point.step = fields.integer("step", -1);
  point.n = int(fields.integer("n", 0));
  point.kl = fields.number("kl");
  point.proxy = fields.number("proxy");
  if (fields.has("gold")) point.gold = fields.number("gold");
  return point;
}

} // namespace

double bestOfBound(int n) {
  if (n < 1) throw Error("the best of " + std::to_string(n) + " replies cannot be taken; n must be at least 1");
  return std::log(double(n)) - (double(n) - 1) / double(n);
}

double bestOfEstimate(std::span<const double> proxy, std::span<const double> value, int n) {
  const size_t all = proxy.size();
  if (value.size() != all) throw Error("best of n needs a value for every sample");
  if (n < 1 || size_t(n) > all)
    throw Error("the best of " + std::to_string(n) + " cannot be estimated from " + std::to_string(all) +
                " samples; n must be from 1 to their number");
  std::vector<size_t> order(all);
  std::iota(order.begin(), order.end(), size_t(0));
  std::sort(order.begin(), order.end(), [&](size_t a, size_t b) { return proxy[a] < proxy[b]; });
  // The sample in place i is the best of n with probability C(i, n − 1) / C(all, n); from the last place down.
  std::vector<double> chance(all, 0.0);
  double p = double(n) / double(all);
  for (size_t i = all; i-- > 0 && i + 1 >= size_t(n);) {
    chance[i] = p;
    if (i > 0) p *= (double(i) - double(n) + 1) / double(i);
  }
  double sum = 0;
  for (size_t first = 0; first < all;) {
    size_t end = first + 1;
    while (end < all && proxy[order[end]] == proxy[order[first]]) ++end;
    double values = 0, chances = 0;
    for (size_t i = first; i < end; ++i) values += value[order[i]], chances += chance[i];
    sum += chances * values / double(end - first);
    first = end;
  }
  return sum;
}

double DistanceFit::at(DistanceForm form, double d) const { return d > 0 ? alpha * d + beta * basis(form, d) : 0; }

std::optional<double> DistanceFit::peak(DistanceForm form) const {
  if (!known || beta <= 0) return std::nullopt;
  if (form == DistanceForm::Linear) return alpha > 0 ? std::optional(alpha / (2 * beta)) : std::nullopt;
  return std::exp(alpha / beta - 1);
}

DistanceFit fitDistance(DistanceForm form, std::span<const double> distances, std::span<const double> rewards) {
  double aa = 0, ab = 0, bb = 0, ar = 0, br = 0, mean = 0;
  int count = 0;
  for (size_t i = 0; i < distances.size(); ++i) {
    const double d = distances[i];
    if (!(d > 0) || !std::isfinite(rewards[i])) continue;
    const double b = basis(form, d);
    aa += d * d, ab += d * b, bb += b * b, ar += d * rewards[i], br += b * rewards[i];
    mean += rewards[i];
    ++count;
  }
  DistanceFit fit;
  const double determinant = aa * bb - ab * ab;
  if (count < 2 || determinant <= 1e-12 * aa * bb) return fit;
  fit.known = true;
  fit.alpha = (ar * bb - br * ab) / determinant;
  fit.beta = (br * aa - ar * ab) / determinant;
  mean /= count;
  double left = 0, whole = 0;
  for (size_t i = 0; i < distances.size(); ++i) {
    if (!(distances[i] > 0) || !std::isfinite(rewards[i])) continue;
    left += std::pow(rewards[i] - fit.at(form, distances[i]), 2);
    whole += std::pow(rewards[i] - mean, 2);
  }
  fit.r2 = whole > 0 ? 1 - left / whole : left == 0 ? 1 : 0;
  return fit;
}

double ProxyGold::startProxy() const {
  const ProxyGoldPoint* start = nearestToStart(*this);
  return start ? start->proxy : 0;
}

std::optional<double> ProxyGold::startGold() const {
  const ProxyGoldPoint* start = nearestToStart(*this);
  return start ? start->gold : std::nullopt;
}

DistanceFit ProxyGold::fit(bool ofPolicy, bool ofGold) const {
  std::vector<double> distances, rewards;
  const std::optional<double> start = ofGold ? startGold() : std::optional(startProxy());
  if (!start) return {};
  for (const ProxyGoldPoint& point : ofPolicy ? policy : bestOf) {
    if (point.kl <= 0 || (ofGold && !point.gold)) continue;
    distances.push_back(std::sqrt(point.kl));
    rewards.push_back((ofGold ? *point.gold : point.proxy) - *start);
  }
  return fitDistance(ofPolicy ? DistanceForm::Logarithm : DistanceForm::Linear, distances, rewards);
}

Json toJson(const ProxyGold& figures) {
  Json policy = Json::array(), bestOf = Json::array();
  for (const ProxyGoldPoint& point : figures.policy) policy.push_back(pointJson(point));
  for (const ProxyGoldPoint& point : figures.bestOf) bestOf.push_back(pointJson(point));
  return {{"proxy", figures.proxyName},
          {"gold", figures.goldName},
          {"prompts", figures.prompts},
          {"samples", figures.samples},
          {"policy", policy},
          {"best_of", bestOf},
          {"fits",
           {{"best_of_proxy", fitJson(figures.fit(false, false), DistanceForm::Linear)},
            {"best_of_gold", fitJson(figures.fit(false, true), DistanceForm::Linear)},
            {"policy_proxy", fitJson(figures.fit(true, false), DistanceForm::Logarithm)},
            {"policy_gold", fitJson(figures.fit(true, true), DistanceForm::Logarithm)}}}};
}

ProxyGold parseProxyGold(const Json& json, const std::string& where) {
  const JsonFields fields(json, where);
  ProxyGold figures;
  figures.proxyName = fields.text("proxy", "");
  figures.goldName = fields.text("gold", "");
  figures.prompts = int(fields.integer("prompts", 0));
  figures.samples = int(fields.integer("samples", 0));
  for (const Json& point : fields.array("policy")) figures.policy.push_back(parsePoint(point, where + ": policy"));
  for (const Json& point : fields.array("best_of")) figures.bestOf.push_back(parsePoint(point, where + ": best_of"));
  return figures;
}

} // namespace attune
