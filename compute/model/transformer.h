// The decoder of GPT-2 (Radford et al. 2019) and Llama (Touvron et al. 2023), written into a graph as its formulas
// read.
#pragma once

#include "graph/graph.h"
#include "model/config.h"
#include "ops/attention.h"
#include "ops/embedding.h"

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace attune {

// External tensors of a forward pass over N tokens (int32 [N] each).
struct TokenInputs {
  RowChoice ids, positions;
};
// Names: "ids", "positions" and, with `training`, "ids.order", "positions.order".
TokenInputs tokenInputs(Graph& graph, int64_t tokens, bool training);

// Adds attention to the graph: the one of training, of a cache, or of inspection.
using Attend = std::function<Tensor(Graph&, int64_t layer, const QueryKeyValue&)>;

// Every parameter as an external tensor under its name in transformers.
std::map<std::string, Tensor> parameterTensors(Graph& graph, const ModelConfig& config);

struct Transformer {
  const ModelConfig& config;
  const std::map<std::string, Tensor>& parameters;
  bool training = false;
  float dropout =
      0; // of the embedding and of what each half of a block adds. External tensor "dropout", see ops/dropout.h

  // The hidden states [N, n_embd] after the final norm. `each`, where given, receives the embedding and then the output
  // of every block.
  Tensor hidden(Graph& graph, const TokenInputs& inputs, const Attend& attend,
                std::vector<Tensor>* each = nullptr) const;
  // The language-model head's weight [V, n_embd] (the embedding where tied), or a reward model's [1, n_embd].
  Tensor head() const;
};

// Cosines and sines of every position [positions, headDim] for ops/rotary.h, with Llama 3's scaling where configured.
// External tensor "rotary" of a Llama.
std::vector<float> rotaryTable(const ModelConfig& config, int64_t positions);

} // namespace attune
