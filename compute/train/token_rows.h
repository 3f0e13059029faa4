// Sequences of tokens side by side, padded on the right: what comes after a row's end is never looked at by what comes
// before it, so no mask is needed. Positions begin at 0 in every row.
#pragma once

#include "model/transformer.h"
#include "train/passes.h"

namespace attune {

struct TokenRows {
  int rows = 0, length = 0;
  std::vector<int32_t> ids; // [rows, length]
  std::vector<int> lengths; // of each row, without padding; 0: the row is padding altogether
  int64_t tokens() const { return int64_t(rows) * length; }
};

// `length` is the longest row's, rounded up to a multiple (so that few shapes occur) but at most `context`, which no row
// may exceed (Error). `rows`: at least so many rows, the rest empty.
TokenRows padRows(std::span<const std::vector<int32_t>> sequences, int64_t context, int rows = 0, int multiple = 32);

// The hidden states [rows · length, n_embd] after the final norm. With `training` the graph can be differentiated.
struct HiddenStates {
  std::map<std::string, Tensor> parameters; // by name
  Tensor hidden;
  Tensor head; // of a language model [V, n_embd], or a reward model [1, n_embd]
};
HiddenStates hiddenStates(Graph& graph, const ModelConfig& config, int64_t rows, int64_t length, bool training,
                          double dropout = 0);

// Writes the ids [rows, length], positions and (for training) their orders. Throws Error for an id that the model does
// not know, and for rows longer than its context.
void setTokens(Pass& pass, std::span<const int32_t> ids, int length, const ModelConfig& config);

// Gradients of every parameter, or only of those that learn, into NAME.gradient.
void differentiateParameters(Graph& graph, Tensor loss, const std::map<std::string, Tensor>& parameters,
                             const std::function<bool(const std::string&)>& learns = {});

} // namespace attune
