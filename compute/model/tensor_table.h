// The one table of every tensor: its name in transformers, its shape for a configuration, and how it begins.
//
// Loading, saving, initialising, decaying and counting all read this table, so a name stands in one place. Orientation
// is the file's: GPT-2's matrices ("Conv1D") are [in, out], Llama's linear layers are [out, in].
#pragma once

#include "model/config.h"

namespace attune {

enum class TensorInit {
  Normal, // mean 0, standard deviation `std`
  Zeros,
  Ones,
};

struct TensorEntry {
  std::string name;
  std::vector<int64_t> shape;
  TensorInit init = TensorInit::Normal;
  double std = 0;     // of Normal
  bool decay = false; // weight decay: matrices only (embeddings too), never biases and norms

  int64_t elements() const;
};

// Every parameter in the order of transformers' `named_parameters()`; a tied head once, as the embedding. Output
// projections of GPT-2's residual branches begin with initializerRange / √(2 n_layer), a one-label head with
// 1/√(n_embd + 1).
std::vector<TensorEntry> tensorTable(const ModelConfig& config);

int64_t parameterCount(const ModelConfig& config);

// What a tensor of a file is called in the table, where older files lack the "transformer." or "model." prefix; `skip`
// for what carries nothing (mask buffers, rotary frequencies, a tied head's second copy). Whether the table has such a
// name is the caller's to see.
struct FileTensor {
  std::string name;
  bool skip = false;
};
FileTensor tensorOfFile(const ModelConfig& config, std::string_view fileName);

} // namespace attune
