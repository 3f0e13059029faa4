// A checkpoint of a run: a whole model folder with the optimizer's state beside it.
#pragma once

#include "formats/lineage.h"
#include "text/tokenizer.h"
#include "train/trainer.h"

#include <filesystem>
#include <memory>
#include <optional>

namespace attune {

// A step that was made but not yet written down: its evaluation or its sample was interrupted. A resumed run goes on
// with the evaluation where it was and then writes what it would have written.
struct OpenStep {
  double loss = 0, rate = 0, gradientNorm = 0, seconds = 0;
  int64_t tokens = 0;
  int64_t batches = 0; // held-out batches that were evaluated, and their sums
  double heldOutLoss = 0, heldOutCount = 0;
};

// What a run goes on from, beside weights and moments. Random numbers are counter-based and batches a function of the
// step, so seed and step are the random state and the data cursor.
struct RunPosition {
  int64_t step = 0; // steps made
  uint64_t seed = 0;
  int64_t metricsLines = 0, samplesLines = 0; // of the logs, at this step
  std::optional<OpenStep> open;
};

// Writes RUN/checkpoints/step-N, whole or not at all; one that is there already is replaced.
void writeCheckpoint(const std::filesystem::path& run, Trainer& trainer, const Tokenizer& tokenizer,
                     const Lineage& lineage, const RunPosition& state);

// Reads what writeCheckpoint wrote beside the model into the trainer (whose model holds the weights already).
RunPosition readCheckpoint(const std::filesystem::path& checkpoint, Trainer& trainer);
RunPosition readCheckpointState(const std::filesystem::path& checkpoint);

} // namespace attune
