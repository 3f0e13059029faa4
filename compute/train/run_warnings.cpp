#include "train/run_warnings.h"

#include "error.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <numeric>

namespace attune {
namespace {

constexpr size_t rows = 3;     // that are looked at together: one alone is noise
constexpr size_t earlier = 10; // how far back a jump is looked for
constexpr int calm = 10;

constexpr const char* watched[] = {"kl",         "kl_deviation", "length", "ended",      "entropy",
                                   "repetition", "distinct",     "loss",   "value_loss", "surprise"};

std::string words(double value, int digits = 3) {
  char text[32];
  std::snprintf(text, sizeof text, "%.*g", digits, value);
  std::string made = text;
  if (const size_t sign = made.find('-'); sign == 0) made = "\u2212" + made.substr(1);
  return made;
}

std::string percent(double share) { return words(std::round(100 * share)) + " %"; }

double meanOf(const std::vector<double>& all, size_t begin, size_t end) {
  return std::accumulate(all.begin() + long(begin), all.begin() + long(end), 0.0) / double(end - begin);
}

} // namespace

Json toJson(const RunWarning& w) {
  Json json{{"kind", w.kind}, {"step", w.step}, {"what", w.what}, {"why", w.why}, {"remedy", w.remedy}};
  if (!w.suggest.empty()) json["suggest"] = w.suggest;
  if (w.good >= 0) json["good_step"] = w.good;
  return json;
}

RunWarning parseRunWarning(const Json& json, const std::string& where) {
  const JsonFields fields(json, where);
  RunWarning w{fields.text("kind"),
               fields.integerIn("step", 0, int64_t(1) << 53),
               fields.text("what"),
               fields.text("why"),
               fields.text("remedy"),
               {},
               fields.integer("good_step", -1)};
  if (!fields.has("suggest")) return w;
  const JsonFields suggest = fields.object("suggest");
  for (const auto& [option, value] : suggest.json().items()) w.suggest[option] = suggest.number(option.c_str());
  return w;
}

RunWatch::RunWatch(const RunSettings& settings)
    : settings_(settings) {}

bool RunWatch::has(const char* key) const {
  const auto found = past_.find(key);
  return found != past_.end() && found->second.size() > rows;
}

double RunWatch::now(const char* key) const { return before(key, 0); }

double RunWatch::before(const char* key, size_t ago) const {
  const std::vector<double>& all = past_.at(key);
  const size_t end = std::max(std::min(rows, all.size()), all.size() - std::min(ago, all.size()));
  return meanOf(all, end - std::min(rows, end), end);
}

double RunWatch::first(const char* key) const {
  const std::vector<double>& all = past_.at(key);
  return meanOf(all, 0, std::min(rows, all.size()));
}

void RunWatch::tell(bool wrong, RunWarning warning, std::vector<RunWarning>& told) {
  const auto known = wellFor_.find(warning.kind);
  if (!wrong) {
    if (known != wellFor_.end() && ++known->second >= calm) wellFor_.erase(known);
    return;
  }
  if (known == wellFor_.end()) told.push_back(warning);
  wellFor_[warning.kind] = 0;
}

double RunWatch::moreKl() const { return settings_.ppo.klCoef > 0 ? 2 * settings_.ppo.klCoef : 0.05; }

std::string RunWatch::raiseKl() const {
  if (settings_.ppo.klCoef == 0)
    return "The KL coefficient is 0, so that nothing holds the replies near the reference: begin anew with 0.05.";
  return "Begin anew with a KL coefficient of " + words(moreKl()) + " (it was " + words(settings_.ppo.klCoef) +
         "), or with a lower learning rate.";
}

std::vector<RunWarning> RunWatch::see(const Json& row) {
  std::vector<RunWarning> told;
  if (!row.is_object() || !row.contains("step") || !row["step"].is_number()) return told;
  const auto step = row["step"].get<int64_t>();
  for (const char* key : watched)
    if (row.contains(key) && row[key].is_number()) past_[key].push_back(row[key].get<double>());
  if (settings_.kind == RunKind::Ppo) {
    watchKl(step, told);
    watchReplies(step, told);
    watchGold(row, step, told);
  } else {
    watchHeldOut(row, step, told);
  }
  return told;
}

void RunWatch::watchKl(int64_t step, std::vector<RunWarning>& told) {
  if (!has("kl") || !has("length")) return;
  const double kl = now("kl"), each = kl / std::max(1.0, now("length"));
  if (has("kl_deviation")) {
    const double error = now("kl_deviation") / std::sqrt(double(rows) * settings_.batch);
    tell(kl < -0.02 - 4 * error,
         {"kl-negative", step, "The KL is negative.",
          "It is " + words(kl) +
              " nats over three steps, more than chance allows: the replies are not drawn from the probabilities that "
              "they are compared by, and the rewards are wrong.",
          "Stop the run and check the device: attune-cli selftest."},
         told);
  }
  const double was = past_["kl"].size() > earlier + rows ? before("kl", earlier) : INFINITY;
  const double target = settings_.ppo.klTarget;
  // Every run begins at 0, and its first good steps multiply next to nothing: below this a KL is no measure of a jump.
  // Longer replies say more, but what they are paid for does not grow as they do; hence the root.
  const double little = 0.75 * std::sqrt(std::max(1.0, now("length")));
  const bool far = kl > 15 && each > 0.75, jumped = kl > 10 && was < INFINITY && kl > 4 * std::max(was, little),
             missed = target > 0 && past_["kl"].size() > earlier && kl > 4 * target && kl > 5;
  std::string why = "The replies are " + words(kl) + " nats away from the reference, " + words(each) + " a token";
  if (jumped) why += "; ten steps before it was " + words(was);
  if (missed) why += "; the target is " + words(target);
  tell(far || jumped || missed,
       {"kl-explodes", step, "The KL explodes.", why + ".", raiseKl(), {{"kl-coef", moreKl()}}}, told);
}

void RunWatch::watchReplies(int64_t step, std::vector<RunWarning>& told) {
  if (has("entropy")) {
    const double was = first("entropy"), is = now("entropy");
    tell(was > 0.05 && is < 0.2 * was,
         {"entropy-collapse",
          step,
          "The entropy collapses.",
          "A token had " + words(was) + " nats at first and has " + words(is) +
              " now: the policy hardly tries anything else any more, and what it does not try it cannot learn.",
          raiseKl(),
          {{"kl-coef", moreKl()}}},
         told);
  }
  if (has("length") && has("ended")) {
    const double was = first("length"), is = now("length");
    const bool longer = is > 1.6 * was && is > was + 4, shorter = was >= 8 && is < 0.4 * was;
    const double fewer = first("ended") - now("ended");
    std::string why = "They had " + words(was) + " tokens at first and have " + words(is) + " now";
    if (longer && fewer > 0.2) why += ", and only " + percent(now("ended")) + " come to an end";
    tell(longer || shorter,
         {"length", step, longer ? "The replies grow without end." : "The replies shrink to nothing.", why + ".",
          longer && fewer > 0.2
              ? "They may be paid for length: take something for a reply that does not end (--end-penalty 1), or raise "
                "the KL coefficient to " +
                    words(moreKl()) + "."
              : "They may be paid for length alone: look at the rollouts, and raise the KL coefficient to " +
                    words(moreKl()) + ".",
          longer && fewer > 0.2 ? std::map<std::string, double>{{"end-penalty", 1}}
                                : std::map<std::string, double>{{"kl-coef", moreKl()}}},
         told);
  }
  if (!has("repetition") || !has("distinct") || !has("surprise")) return;
  const auto perToken = [&](double surprise, double kl, double length) {
    return (surprise + kl) / std::max(1.0, length); // −log of the reference's probability
  };
  const double was = perToken(first("surprise"), first("kl"), first("length")),
               is = perToken(now("surprise"), now("kl"), now("length"));
  const bool repeats = now("repetition") > 0.4 && now("repetition") > first("repetition") + 0.25,
             same = now("distinct") < 0.3 && now("distinct")<first("distinct") - 0.4, strange = is> was + 1.5;
  std::string why;
  if (repeats)
    why = percent(now("repetition")) + " of the replies' three-token pieces stood in the same reply before (" +
          percent(first("repetition")) + " at first).";
  else if (same)
    why = "Only " + percent(now("distinct")) + " of the replies of a step differ from each other (" +
          percent(first("distinct")) + " at first).";
  else
    why = "The reference finds the replies' tokens " + words(std::exp(is - was)) + " times less likely than at first.";
  tell(repeats || same || strange,
       {"degenerate", step, "The text degenerates.", why, raiseKl(), {{"kl-coef", moreKl()}}}, told);
}

// Reward up while a judge that trains nothing goes down: what is learned is the reward model's mistakes.
void RunWatch::watchGold(const Json& row, int64_t step, std::vector<RunWarning>& told) {
  for (const char* key : {"held_out_score", "held_out_score_error", "gold_score", "gold_score_error"})
    if (!row.contains(key) || !row[key].is_number()) return;
  const Evaluation here{step, row["held_out_score"], row["held_out_score_error"], row["gold_score"],
                        row["gold_score_error"]};
  judged_.push_back(here);
  const Evaluation& best = *std::max_element(judged_.begin(), judged_.end(),
                                             [](const Evaluation& a, const Evaluation& b) { return a.gold < b.gold; });
  const bool fell =
      here.gold<best.gold - 2 * std::hypot(here.goldError, best.goldError) - 1e-9, rose = here.score> best.score +
      0.5 * std::hypot(here.scoreError, best.scoreError) + 1e-9;
  tell(fell && rose,
       {"over-optimized",
        step,
        "The reward goes up, the judge goes down.",
        "Since step " + std::to_string(best.step) + " the reward rose from " + words(best.score) + " to " +
            words(here.score) + " on held-out prompts, while the judge fell from " + words(best.gold) + " to " +
            words(here.gold) + ": the policy learns the reward's mistakes.",
        "Take the checkpoint of step " + std::to_string(best.step) + " or the one before it, or begin anew with a KL " +
            "coefficient of " + words(moreKl()) + ".",
        {{"kl-coef", moreKl()}},
        best.step},
       told);
}

void RunWatch::watchHeldOut(const Json& row, int64_t step, std::vector<RunWarning>& told) {
  if (!row.contains("held_out_loss") || !row["held_out_loss"].is_number() || past_["loss"].empty()) return;
  const double heldOut = row["held_out_loss"], loss = now("loss");
  if (!leastHeldOut_ || heldOut < leastHeldOut_->second) {
    leastHeldOut_ = {step, heldOut};
    lossThen_ = loss;
    worse_ = 0;
  } else if (heldOut > 1.05 * leastHeldOut_->second && loss < lossThen_) {
    ++worse_;
  }
  tell(worse_ >= 2,
       {"over-fitted",
        step,
        "It learns the training data by heart.",
        "The held-out loss was least at step " + std::to_string(leastHeldOut_->first) + ", " +
            words(leastHeldOut_->second) + ", and is " + words(heldOut) +
            " now, while the loss in training went on falling.",
        "Take the checkpoint nearest to step " + std::to_string(leastHeldOut_->first) +
            ", or begin anew with fewer steps or a lower learning rate.",
        {{"steps", double(leastHeldOut_->first)}},
        leastHeldOut_->first},
       told);
}

std::optional<RunWatch::Explosion> RunWatch::explosion(const Json& row) const {
  for (const char* key : {"loss", "value_loss"}) {
    const auto known = past_.find(key);
    if (known == past_.end() || known->second.size() < rows || !row.contains(key) || !row[key].is_number()) continue;
    double most = 0;
    for (size_t i = 0; i < std::min<size_t>(5, known->second.size()); ++i)
      most = std::max(most, std::abs(known->second[i]));
    const double here = row[key];
    if (std::abs(here) > 1e4 * (most + 1)) return Explosion{key, most, here};
  }
  return std::nullopt;
}

} // namespace attune
