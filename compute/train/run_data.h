// The batches of a run, whichever kind it is.
#pragma once

#include "data/batch.h"
#include "text/tokenizer.h"
#include "train/run_settings.h"

#include <map>
#include <memory>

namespace attune {

class RunData {
public:
  virtual ~RunData() = default;
  // Batch `index` (step · accumulate + part): a pure function of the run's seed and the index.
  virtual Batch batch(uint64_t index) const = 0;
  virtual const std::vector<Batch>& heldOut() const = 0; // empty: nothing is held out
  virtual const std::map<std::string, std::string>& hashes() const = 0;
  // What samples begin with: none (the start of a text), or questions.
  virtual std::vector<std::vector<int32_t>> samplePrompts() const = 0;
};

// Reads the files. Throws Error naming file and line. `context` is the row's length.
std::unique_ptr<RunData> readRunData(const RunSettings& settings, const std::shared_ptr<const Tokenizer>& tokenizer,
                                     int context);

} // namespace attune
