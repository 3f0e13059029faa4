// A training run: a folder that holds its description, its metrics, its samples and its checkpoints, and the loop that
// fills it. Killed at any moment and resumed, it ends with the same bytes as one that was never killed.
//
//   run.json           the whole description, written before the first kernel is compiled
//   metrics.jsonl      an object a step; wall-clock times only in fields that begin with time_
//   samples.jsonl      what the model writes at every evaluation
//   warnings.jsonl     of preference training: what began to go wrong, with its remedy (run_warnings.h)
//   rollouts/          of PPO: the newest steps' replies, token by token (rollout_file.h)
//   events.out.…       the same figures for TensorBoard, under TRL's tag names
//   checkpoints/step-N a model folder with the optimizer's state beside it; N steps were made
#pragma once

#include "train/run_settings.h"

#include <atomic>
#include <functional>
#include <memory>

namespace attune {

struct RunProgress {
  int64_t step = 0, steps = 0;
  double loss = 0, rate = 0, gradientNorm = 0;
  double heldOutLoss = -1; // below 0: not evaluated at this step
  double secondsAStep = 0; // a running mean
  int64_t tokensAStep = 0;
  std::string doing;   // in words while something else than a step goes on ("Evaluating", "Saving step 500")
  std::string warning; // what begins to go wrong, in sentences; told once
};

enum class RunEnd { Done, Paused, Stopped };

class Run {
public:
  using Path = std::filesystem::path;
  using OnProgress = std::function<void(const RunProgress&)>;

  // Checks model, data and settings, then writes run.json. `folder` must not exist or be empty. Throws Error; nothing
  // remains then.
  static std::unique_ptr<Run> create(const RunSettings& settings, const Path& folder);
  // Goes on from the newest checkpoint, or from the beginning where there is none.
  static std::unique_ptr<Run> resume(const Path& folder);
  virtual ~Run() = default;

  virtual const RunSettings& settings() const = 0;
  virtual const Path& folder() const = 0;
  virtual bool finished() const = 0; // all steps were made before

  // Trains until the end, or until `stop` is set or the run is asked to pause (requestPause); both within one step,
  // or one batch of an evaluation, with a checkpoint. Throws Error when training cannot go on; the last checkpoint is
  // safe.
  virtual RunEnd train(const OnProgress& onProgress = {}, const std::atomic<bool>* stop = nullptr) = 0;
};

// Asks the process that trains `folder` to pause after its step. Error when no process does.
void requestPause(const std::filesystem::path& folder);

// What a run of these settings will take, before it starts.
struct RunForecast {
  uint64_t weights = 0;     // bytes
  uint64_t training = 0;    // gradients and the optimizer's moments
  uint64_t activations = 0; // of the larger of training and evaluation, and inputs
  uint64_t other = 0;       // driver and kernels, tokens, what samples and checkpoints need
  uint64_t total() const { return weights + training + activations + other; }
  int64_t parameters = 0, tokensAStep = 0;
  double flops = 0, dispatches = 0; // a step: operations of arithmetic in products, programs started
  int64_t width = 0;                // of the model: narrow ones compute less a second
  // Where a run has several models: each one's weights, gradients and moments. Together weights + training, but for
  // some bytes of `other`.
  std::vector<std::pair<std::string, uint64_t>> models;
};
// What is known of the data. Zeros: nothing; then rows are as long as the context, and tokens take no room.
struct DataSize {
  double training = 0, heldOut = 0; // tokens
  int longestRow = 0;               // of demonstrations
};
// Prepares the run on paper (vulkan/paper_device.h) for a device of these limits.
RunForecast forecast(const RunSettings& settings, const ModelConfig& config, const vulkan::Limits& limits,
                     const DataSize& data = {});

// The same of a reward model's, a DPO or a PPO run: reads its data and models, and throws Error for what is wrong with
// them.
RunForecast forecast(const RunSettings& settings, const vulkan::Limits& limits);

// Mean negative log-likelihood of a file (CONTRACT: evaluate), by windows of `context` (0: the model's).
struct Evaluation {
  double loss = 0; // nats a token
  int64_t tokens = 0;
};
Evaluation evaluateFile(const std::shared_ptr<Model>& model, const std::filesystem::path& modelPath,
                        const std::filesystem::path& file, int context, int batch = 8);

} // namespace attune
