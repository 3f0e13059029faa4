// Incremental decoding with a key-value cache: feeds tokens of one or several sequences ("slots") and gives the logits
// of the next. One recording a bucket of row counts, replayed; prompts and single tokens go the same way.
#pragma once

#include "model/model.h"

#include <map>
#include <span>
#include <tuple>
#include <vector>

namespace attune {

class Decoder {
public:
  // Caches for `slots` sequences of up to `context` tokens (at most the model's n_ctx).
  Decoder(std::shared_ptr<Model> model, int slots, int context);

  struct Row {
    int slot = 0;
    int position = 0;
    int32_t id = 0;
  };
  // Runs all rows (a slot's positions must follow each other, and earlier ones have been run) and returns the logits
  // [wanted, V] of the rows that `wanted` indexes. Throws Error naming an id or position out of range.
  std::vector<float> run(std::span<const Row> rows, std::span<const int> wanted);

  // Plans and records what `run` will use for so many rows, of which one is wanted; nothing is computed.
  void prepare(int rows) { stepFor(rows, 1, rows == 1); }

  // Copies what slot `from` has cached of its first positions to the next `others` slots: answers share a prompt that
  // was read once.
  void shareSlot(int from, int others, int positions);

  int slots() const { return slots_; }
  int context() const { return context_; }
  const Model& model() const { return *model_; }
  uint64_t cacheBytes() const;

private:
  struct Step;
  Step& stepFor(int rows, int wanted, bool oneEach);

  std::shared_ptr<Model> model_;
  int slots_, context_;
  std::vector<std::unique_ptr<vulkan::Buffer>> caches_; // keys and values of each layer
  std::unique_ptr<vulkan::Buffer> inputs_;              // ids, positions, slots, wanted rows
  std::shared_ptr<vulkan::Buffer> arena_;
  std::map<std::tuple<int, int, bool>, std::shared_ptr<Step>> steps_;
};

} // namespace attune
