// Reward over distance (Gao et al. 2022): how far a policy moved from its reference, as d = √KL, what the judge that
// trains it (the proxy) says of it there, and what a judge that trains nothing (gold) says. Best-of-n stands on the
// same axes: it moves by ln n − (n − 1)/n and needs no training. Where the proxy goes on rising while gold falls, the
// policy learns the proxy's mistakes.
#pragma once

#include "formats/json.h"

#include <optional>
#include <span>
#include <vector>

namespace attune {

// ln n − (n − 1)/n, in nats: how far the best of n moves a policy at most.
double bestOfBound(int n);

// The mean `value` of the reply that `proxy` likes best among n, over all choices of n among the samples: unbiased, and
// steadier than drawing. Samples that the proxy likes the same share their places. Throws Error: n below 1 or above the
// number of samples, lists of different lengths.
double bestOfEstimate(std::span<const double> proxy, std::span<const double> value, int n);

// R(d) = d (α − β d), best of n's form, or R(d) = d (α − β ln d), that of policies, by least squares over d > 0.
enum class DistanceForm { Linear, Logarithm };
struct DistanceFit {
  bool known = false; // false: fewer than two different distances
  double alpha = 0, beta = 0;
  double r2 = 0; // share of the variation around the mean that it explains
  double at(DistanceForm form, double d) const;
  // Where R is highest; none where it grows for ever.
  std::optional<double> peak(DistanceForm form) const;
};
DistanceFit fitDistance(DistanceForm form, std::span<const double> distances, std::span<const double> rewards);

struct ProxyGoldPoint {
  int64_t step = -1; // of a policy
  int n = 0;         // of best of n
  double kl = 0;     // nats a reply
  double proxy = 0;
  std::optional<double> gold;
};

struct ProxyGold {
  std::string proxyName, goldName; // goldName empty: there is no gold judge
  std::vector<ProxyGoldPoint> policy, bestOf;
  int prompts = 0, samples = 0; // that best of n was estimated from

  // Rewards of the fits are counted from where nothing has moved: best of 1, or else the policy's point nearest to 0.
  double startProxy() const;
  std::optional<double> startGold() const;
  DistanceFit fit(bool ofPolicy, bool ofGold) const;
};

// {"proxy", "gold", "prompts", "samples", "policy": [{step, kl, proxy, gold}], "best_of": [{n, kl, proxy, gold}],
//  "fits": {"best_of_proxy", "best_of_gold", "policy_proxy", "policy_gold"}: {alpha, beta, r2, peak_kl} or null}
Json toJson(const ProxyGold& figures);
ProxyGold parseProxyGold(const Json& json, const std::string& where);

} // namespace attune
