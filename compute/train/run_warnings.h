// What is known to go wrong in preference training, seen in a run's own figures and said in words with a remedy. A
// function of the rows of metrics.jsonl alone: a resumed run, which reads them again, comes to the same warnings.
//
//   warnings.jsonl     an object a warning: step, kind, what, why, remedy; suggest: settings that the remedy changes;
//                      good_step: the step that was best, where the remedy goes back to it
#pragma once

#include "formats/json.h"
#include "train/run_settings.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace attune {

struct RunWarning {
  std::string kind; // "kl-negative", "kl-explodes", "entropy-collapse", "length", "degenerate", "over-optimized",
                    // "over-fitted"
  int64_t step = 0;
  std::string what, why, remedy;           // sentences
  std::map<std::string, double> suggest{}; // options of the command, such as kl-coef
  int64_t good = -1;                       // the step whose evaluation was the best, where the remedy names it

  std::string words() const { return what + " " + why + " " + remedy; }
};
Json toJson(const RunWarning& warning);
RunWarning parseRunWarning(const Json& json, const std::string& where); // throws Error

class RunWatch {
public:
  explicit RunWatch(const RunSettings& settings);

  // The next row of metrics.jsonl; returns what begins to go wrong with it. A kind is told again only after it has been
  // well for ten rows.
  std::vector<RunWarning> see(const Json& row);

  // A loss of this row that is thousands of times what the first steps had: the run is to be stopped. To be asked
  // before `see`.
  struct Explosion {
    std::string loss; // "loss" or "value_loss"
    double from = 0, to = 0;
  };
  std::optional<Explosion> explosion(const Json& row) const;

private:
  struct Evaluation {
    int64_t step = 0;
    double score = 0, scoreError = 0, gold = 0, goldError = 0;
  };
  bool has(const char* key) const;
  double now(const char* key) const;                // the mean of the last rows
  double before(const char* key, size_t ago) const; // the same, `ago` rows earlier
  double first(const char* key) const;              // the mean of the first rows
  void tell(bool wrong, RunWarning warning, std::vector<RunWarning>& told);
  void watchReplies(int64_t step, std::vector<RunWarning>& told);
  void watchKl(int64_t step, std::vector<RunWarning>& told);
  void watchGold(const Json& row, int64_t step, std::vector<RunWarning>& told);
  void watchHeldOut(const Json& row, int64_t step, std::vector<RunWarning>& told);
  double moreKl() const; // a coefficient that holds the policy nearer
  std::string raiseKl() const;

  RunSettings settings_;
  std::map<std::string, std::vector<double>> past_;
  std::map<std::string, int> wellFor_; // rows, of kinds that were told
  std::vector<Evaluation> judged_;
  std::optional<std::pair<int64_t, double>> leastHeldOut_;
  double lossThen_ = 0; // in training, at the least held-out loss
  int worse_ = 0;       // evaluations since then
};

} // namespace attune
