// The language-model head with its log-softmax: log-probabilities of given next tokens, never holding more logits than a
// bounded number of rows (50,257 columns times a long batch would not fit).
#pragma once

#include "graph/graph.h"

namespace attune {

// x [N, C] hidden states, weight [V, C], targets [N] (int32) -> log p(target) [N], in nats.
Tensor logProbability(Graph& graph, Tensor x, Tensor weight, Tensor targets);

// The same, and the entropy [N] of each row's whole distribution, in nats, which is no subject of differentiation.
struct WithEntropy {
  Tensor logProbability, entropy;
};
WithEntropy logProbabilityAndEntropy(Graph& graph, Tensor x, Tensor weight, Tensor targets);

} // namespace attune
