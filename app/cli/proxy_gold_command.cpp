#include "cli/commands.h"
#include "cli/interrupt.h"
#include "cli/loading.h"
#include "cli/output.h"
#include "train/measure_proxy_gold.h"

#include <climits>
#include <cmath>
#include <nlohmann/json.hpp>

namespace attune::cli {
namespace {

std::string fitWords(const char* name, const Json& fit, bool logarithm) {
  if (fit.is_null()) return "";
  std::string words = std::string("  ") + name + ": R = d (" + rounded(fit["alpha"].get<double>(), 3) + " - " +
                      rounded(fit["beta"].get<double>(), 3) + (logarithm ? " ln d)" : " d)") + ", explains " +
                      rounded(100 * fit["r2"].get<double>(), 3) + " %";
  if (!fit["peak_kl"].is_null()) words += ", highest at KL " + rounded(fit["peak_kl"].get<double>(), 3);
  return words + "\n";
}

int proxyGold(const Arguments& arguments) {
  ProxyGoldRequest request;
  request.run = arguments.operands()[0];
  request.gold = arguments.text("gold");
  request.samples = int(arguments.whole("samples", request.samples, 1, 4096));
  request.most = int(arguments.whole("most", request.most, 1, INT_MAX));
  request.seed = arguments.seed();
  Interrupt interrupt;
  const ProxyGold figures = [&] {
    Progress progress;
    return measureProxyGold(openDevice(arguments), request, [&](const std::string& doing, double share) {
      progress.show(share, doing);
      return !interrupt.raised();
    });
  }();
  const Json json = toJson(figures);
  if (arguments.json()) {
    printJson(json);
    return 0;
  }
  print("Best of n of the reference, " + grouped(figures.prompts) + " prompts, " + grouped(figures.samples) +
        " replies each:\n");
  const auto gold = [](const ProxyGoldPoint& point) {
    return point.gold ? ", gold " + rounded(*point.gold, 4) : std::string();
  };
  for (const ProxyGoldPoint& point : figures.bestOf)
    print("  n " + grouped(point.n) + ": KL at most " + rounded(point.kl, 3) + ", proxy " + rounded(point.proxy, 4) +
          gold(point) + "\n");
  print("The policy:\n");
  for (const ProxyGoldPoint& point : figures.policy)
    print("  step " + grouped(point.step) + ": KL " + rounded(point.kl, 3) + ", proxy " + rounded(point.proxy, 4) +
          gold(point) + "\n");
  const Json& fits = json["fits"];
  const std::string words = fitWords("best of n, proxy", fits["best_of_proxy"], false) +
                            fitWords("best of n, gold", fits["best_of_gold"], false) +
                            fitWords("policy, proxy", fits["policy_proxy"], true) +
                            fitWords("policy, gold", fits["policy_gold"], true);
  if (!words.empty()) print("Fits, with d the root of KL:\n" + words);
  return 0;
}

} // namespace

std::vector<Command> proxyGoldCommands() {
  return {{"proxy-gold",
           "Reward over distance of a PPO run, beside best of n on the same prompts. --json gives all points and fits; "
           "they are kept in RUN/proxy_gold.json for the window.",
           "RUN",
           1,
           1,
           {{"gold", "DIR|RULE", "a judge that trained nothing: a reward model or a rule", "the run's own, or none"},
            {"samples", "N", "replies to each prompt that best of n is estimated from", "64"},
            {"most", "N", "only the first N prompts", "16"}},
           proxyGold}};
}

} // namespace attune::cli
