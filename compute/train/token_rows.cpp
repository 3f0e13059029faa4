#include "train/token_rows.h"

#include "error.h"
#include "graph/differentiate.h"

#include <algorithm>
#include <numeric>

namespace attune {
namespace {

// The permutation that sorts rows by number; equal ones stay in order.
void sortRows(std::span<const int32_t> numbers, std::span<int32_t> order) {
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(),
                   [&](int32_t a, int32_t b) { return numbers[size_t(a)] < numbers[size_t(b)]; });
}

} // namespace

TokenRows padRows(std::span<const std::vector<int32_t>> sequences, int64_t context, int rows, int multiple) {
  TokenRows made;
  size_t longest = 1;
  for (const auto& sequence : sequences) longest = std::max(longest, sequence.size());
  if (longest > size_t(context))
    throw Error("a row of " + std::to_string(longest) + " tokens is longer than the model's context of " +
                std::to_string(context));
  const size_t step = size_t(multiple);
  made.length = int(std::min<size_t>((longest + step - 1) / step * step, size_t(context)));
  made.rows = std::max(rows, int(sequences.size()));
  made.ids.assign(size_t(made.tokens()), 0);
  made.lengths.assign(size_t(made.rows), 0);
  for (size_t r = 0; r < sequences.size(); ++r) {
    std::copy(sequences[r].begin(), sequences[r].end(), made.ids.begin() + long(r) * made.length);
    made.lengths[r] = int(sequences[r].size());
  }
  return made;
}

HiddenStates hiddenStates(Graph& graph, const ModelConfig& config, int64_t rows, int64_t length, bool training,
                          double dropout) {
  HiddenStates made;
  made.parameters = parameterTensors(graph, config);
  const TokenInputs inputs = tokenInputs(graph, rows * length, training);
  const HeadShape shape{rows, length, config.nHead, config.nKvHead, config.headDim};
  const Transformer transformer{config, made.parameters, training, training ? float(dropout) : 0.0f};
  made.hidden = transformer.hidden(
      graph, inputs, [&](Graph& g, int64_t, const QueryKeyValue& input) { return attention(g, input, shape); });
  made.head = transformer.head();
  return made;
}

void setTokens(Pass& pass, std::span<const int32_t> given, int length, const ModelConfig& config) {
  if (length > config.nCtx)
    throw Error("a row of " + std::to_string(length) + " tokens is longer than the model's context of " +
                std::to_string(config.nCtx));
  for (int32_t id : given)
    if (id < 0 || id >= config.vocabSize)
      throw Error("token id " + std::to_string(id) + " is out of range: the model knows 0 to " +
                  std::to_string(config.vocabSize - 1) + "; is the data encoded with this model's tokenizer?");
  const std::span<int32_t> ids = pass.integers("ids"), positions = pass.integers("positions");
  std::copy(given.begin(), given.end(), ids.begin());
  for (size_t i = 0; i < positions.size(); ++i) positions[i] = int32_t(i % size_t(length));
  if (!pass.has("ids.order")) return;
  sortRows(ids, pass.integers("ids.order"));
  sortRows(positions, pass.integers("positions.order"));
}

void differentiateParameters(Graph& graph, Tensor loss, const std::map<std::string, Tensor>& parameters,
                             const std::function<bool(const std::string&)>& learns) {
  Accumulators accumulators;
  for (const auto& [name, tensor] : parameters)
    if (!learns || learns(name)) accumulators[name] = graph.external(name + ".gradient", Shape(graph.shape(tensor)));
  differentiate(graph, loss, accumulators);
}

} // namespace attune
