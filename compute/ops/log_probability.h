// The language-model head with its log-softmax: log-probabilities of given next tokens, never holding more logits than a
// bounded number of rows (50,257 columns times a long batch would not fit).
#pragma once

#include "graph/graph.h"

namespace attune {

// x [N, C] hidden states, weight [V, C], targets [N] (int32) -> log p(target) [N], in nats.
Tensor logProbability(Graph& graph, Tensor x, Tensor weight, Tensor targets);

} // namespace attune
