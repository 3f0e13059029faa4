#include "cli/training.h"

#include "cli/interrupt.h"
#include "cli/loading.h"
#include "cli/output.h"
#include "cli/reward_report_text.h"
#include "engine/run_failure.h"
#include "error.h"
#include "formats/model_folder.h"
#include "train/run.h"

#include <climits>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <nlohmann/json.hpp>

namespace attune::cli {
namespace {

RunSettings defaultsOf(RunKind kind) {
  RunSettings settings;
  settings.kind = kind;
  if (kind != RunKind::Ppo) return settings;
  settings.steps = 100;
  settings.batch = 64;
  settings.rate = 1e-4;
  settings.optimizer.epsilon = 1e-5;
  settings.optimizer.weightDecay = 0;
  settings.checkpointEvery = settings.evaluateEvery = 20;
  return settings;
}

void readBetas(const Arguments& arguments, OptimizerSettings& optimizer) {
  if (!arguments.has("betas")) return;
  const std::string text = arguments.text("betas");
  const char* expected = "two numbers from 0 to below 1 such as 0.9,0.95";
  const size_t comma = text.find(',');
  if (comma == text.npos) arguments.refuse("betas", expected);
  for (const bool first : {true, false}) {
    const std::string word = first ? text.substr(0, comma) : text.substr(comma + 1);
    char* end = nullptr;
    const double value = std::strtod(word.c_str(), &end);
    if (word.empty() || *end || !(value >= 0 && value < 1)) arguments.refuse("betas", expected);
    (first ? optimizer.beta1 : optimizer.beta2) = value;
  }
}

// A share must lie in [0, 1); all else is a file and is looked for when the run is made.
std::string heldOutOf(const Arguments& arguments) {
  const std::string text = arguments.text("held-out");
  char* end = nullptr;
  const double share = std::strtod(text.c_str(), &end);
  const bool number = !text.empty() && *end == 0;
  if (arguments.has("held-out") && (text.empty() || (number && !(share >= 0 && share < 1))))
    arguments.refuse("held-out", "a file, or a share from 0 to below 1");
  return text;
}

// Of rankings, how many steps an epoch has is known when they are read.
bool ofRankings(RunKind kind) { return kind == RunKind::Reward || kind == RunKind::Dpo; }

std::string heldOutWords(double loss) { return loss < 0 ? "" : ", held out " + rounded(loss, 5); }

std::string progressWords(const RunProgress& now, double heldOut) {
  if (!now.doing.empty() && now.loss == 0) return now.doing; // nothing was measured yet
  std::string words = "Step " + grouped(now.step) + " of " + grouped(now.steps) + ": loss " + rounded(now.loss, 5) +
                      heldOutWords(heldOut);
  if (now.secondsAStep > 0)
    words += ", " + grouped(int64_t(double(now.tokensAStep) / now.secondsAStep)) + " tokens/s, " +
             durationText(now.secondsAStep * double(now.steps - now.step)) + " left";
  return now.doing.empty() ? words : words + "; " + now.doing;
}

// What a finished run's report says; empty for a run that has none.
std::string reportWords(const std::filesystem::path& folder) {
  const auto file = folder / "reward_report.json";
  return std::filesystem::exists(file) ? rewardReportText(readJson(file)) : std::string();
}

int finish(const Arguments& arguments, const Run& run, RunEnd end, const RunProgress& last, double heldOut) {
  const std::string folder = run.folder().string();
  const std::filesystem::path checkpoint = newestCheckpoint(run.folder());
  if (arguments.json()) {
    Json result{{"run", folder},
                {"end", end == RunEnd::Done     ? "done"
                        : end == RunEnd::Paused ? "paused"
                                                : "stopped"},
                {"step", last.step},
                {"steps", run.settings().steps},
                {"loss", Json()},
                {"held_out_loss", Json()},
                {"checkpoint", checkpoint.empty() ? Json() : Json(checkpoint.string())}};
    if (end == RunEnd::Done && std::filesystem::exists(run.folder() / "reward_report.json"))
      result["report"] = readJson(run.folder() / "reward_report.json");
    if (last.loss != 0) result["loss"] = last.loss;
    if (heldOut >= 0) result["held_out_loss"] = heldOut;
    printJson(result);
    return 0;
  }
  if (end == RunEnd::Done)
    print("Done: " + grouped(run.settings().steps) + " steps" +
          (last.loss != 0 ? ", loss " + rounded(last.loss, 5) + heldOutWords(heldOut) : "") + ". The model is " +
          checkpoint.string() + ".\n" + reportWords(folder));
  else
    print(std::string(end == RunEnd::Paused ? "Paused" : "Stopped") + " after step " + grouped(last.step) + " of " +
          grouped(run.settings().steps) + "; go on with: attune-cli resume " + folder + "\n");
  return 0;
}

int train(const Arguments& arguments, Run& run) {
  Interrupt interrupt;
  RunProgress last;
  double heldOut = -1;
  RunEnd end;
  forgetFailure(run.folder());
  try {
    Progress progress;
    end = run.train(
        [&](const RunProgress& now) {
          last = now;
          if (now.heldOutLoss >= 0) heldOut = now.heldOutLoss;
          if (!now.warning.empty()) {
            progress.clear();
            std::fprintf(stderr, "Warning, step %lld: %s\n", static_cast<long long>(now.step), now.warning.c_str());
          }
          progress.show(now.steps ? double(now.step) / double(now.steps) : -1, progressWords(now, heldOut));
        },
        interrupt.flag());
  } catch (const std::exception& error) {
    keepFailure(run.folder(), error.what()); // for the window's list of runs
    throw;
  }
  return finish(arguments, run, end, last, heldOut);
}

} // namespace

double above(const Arguments& arguments, const std::string& name, double fallback) {
  const double value = arguments.number(name, fallback);
  if (!(value > 0)) arguments.refuse(name, "a number above 0");
  return value;
}

double atLeastZero(const Arguments& arguments, const std::string& name, double fallback) {
  const double value = arguments.number(name, fallback);
  if (!(value >= 0)) arguments.refuse(name, "a number of 0 or more");
  return value;
}

std::vector<Option> trainingOptions(RunKind kind) {
  const RunSettings d = defaultsOf(kind);
  const bool rankings = ofRankings(kind), episodes = kind == RunKind::Ppo;
  std::vector<Option> options = {
      {"steps", "N", episodes ? "iterations: replies are written, scored and learned from" : "optimizer steps",
       rankings ? "one epoch" : std::to_string(d.steps)},
      {"batch", "N",
       rankings   ? "rankings a step, each with all its answers"
       : episodes ? "replies an iteration"
                  : "rows a step",
       std::to_string(d.batch)},
      {"context", "N", rankings ? "most tokens of a prompt and its answer" : "tokens a row", "the model's"},
      {"lr", "X", "the highest learning rate", rounded(d.rate, 6)},
      {"min-lr", "X", "the rate at the end of the cosine", "a tenth of --lr"},
      {"warmup", "N", "steps in which the rate rises", "100, or a tenth of --steps if that is fewer"},
      {"betas", "B1,B2", "AdamW's", "0.9,0.95"},
      {"eps", "X", "AdamW's", episodes ? "1e-5" : "1e-8"},
      {"weight-decay", "X", "of matrices only", rounded(d.optimizer.weightDecay, 6)},
      {"clip", "X", "the largest norm of the gradient; 0: no limit", rounded(d.optimizer.clip, 6)},
      {"accumulate", "N", episodes ? "parts that a minibatch is computed in, to save memory" : "batches a step",
       std::to_string(d.accumulate)},
      {"dropout", "P", "share of values dropped", "0"},
      {"held-out", "FILE|SHARE", "what is kept from training to be evaluated on", "none"},
      {"checkpoint-every", "N", "steps; 0: at the end only", std::to_string(d.checkpointEvery)},
      {"evaluate-every", "N", "steps; 0: at the end only", std::to_string(d.evaluateEvery)},
  };
  // Preference training has no dropout, and an episode has the length that it has.
  if (kind == RunKind::Pretrain || kind == RunKind::Sft) return options;
  std::erase_if(options, [&](const Option& o) { return o.name == "dropout" || (episodes && o.name == "context"); });
  return options;
}

RunSettings runSettingsOf(const Arguments& arguments, RunKind kind) {
  const RunSettings d = defaultsOf(kind);
  RunSettings s;
  s.kind = kind;
  s.model = arguments.text(kind == RunKind::Ppo ? "policy" : "model");
  const auto& data = arguments.all(kind == RunKind::Ppo ? "prompts" : "data");
  s.data.assign(data.begin(), data.end());
  s.heldOut = heldOutOf(arguments);
  s.steps = arguments.whole("steps", ofRankings(kind) ? 0 : d.steps, arguments.has("steps") ? 1 : 0, int64_t(1) << 40);
  s.batch = int(arguments.whole("batch", d.batch, 1, 1 << 20));
  s.context = int(arguments.whole("context", 0, 2, 1 << 24));
  s.rate = above(arguments, "lr", d.rate);
  s.leastRate = atLeastZero(arguments, "min-lr", s.rate / 10);
  if (s.leastRate > s.rate) arguments.refuse("min-lr", "at most --lr, " + rounded(s.rate, 6) + ",");
  const bool laterKnown = s.steps == 0 && !arguments.has("warmup");
  s.warmup = laterKnown ? -1 : arguments.whole("warmup", std::min<int64_t>(100, s.steps / 10), 0, int64_t(1) << 40);
  readBetas(arguments, s.optimizer);
  s.optimizer.epsilon = above(arguments, "eps", d.optimizer.epsilon);
  s.optimizer.weightDecay = atLeastZero(arguments, "weight-decay", d.optimizer.weightDecay);
  s.optimizer.clip = atLeastZero(arguments, "clip", d.optimizer.clip);
  s.accumulate = int(arguments.whole("accumulate", d.accumulate, 1, 1 << 20));
  s.dropout = arguments.number("dropout", d.dropout);
  if (!(s.dropout >= 0 && s.dropout < 1)) arguments.refuse("dropout", "a number from 0 to below 1");
  s.checkpointEvery = arguments.whole("checkpoint-every", d.checkpointEvery, 0);
  s.evaluateEvery = arguments.whole("evaluate-every", d.evaluateEvery, 0);
  s.seed = arguments.seed();
  s.device = arguments.text("device");
  return s;
}

int startRun(const Arguments& arguments, const RunSettings& settings) {
  const auto run = Run::create(settings, arguments.text("out"));
  return train(arguments, *run);
}

int resumeRun(const Arguments& arguments) {
  const std::filesystem::path folder = arguments.operands()[0];
  const auto run = Run::resume(folder);
  if (!run->finished()) return train(arguments, *run);
  if (arguments.json()) {
    RunProgress last;
    last.step = run->settings().steps;
    Json result{{"run", folder.string()},
                {"end", "done"},
                {"step", last.step},
                {"steps", last.step},
                {"checkpoint", newestCheckpoint(folder).string()}};
    printJson(result);
  } else
    print("The run " + folder.string() + " is finished: all " + grouped(run->settings().steps) +
          " steps were made. The model is " + newestCheckpoint(folder).string() + ".\n");
  return 0;
}

int pauseRun(const Arguments& arguments) {
  const std::string folder = arguments.operands()[0];
  requestPause(folder);
  if (arguments.json())
    printJson({{"run", folder}, {"pausing", true}});
  else
    print("The run " + folder + " pauses after its step; go on with: attune-cli resume " + folder + "\n");
  return 0;
}

} // namespace attune::cli
