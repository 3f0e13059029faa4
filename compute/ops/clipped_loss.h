// The two clipped losses of proximal policy optimization (Schulman et al. 2017), over tokens. What does not count has
// weight 0. Both are losses: their own gradient is 1, and only the first argument is differentiated for.
#pragma once

#include "graph/graph.h"

namespace attune {

// now, old [N] log-probabilities, advantages [N], weights [N] -> Σ w max(−A r, −A clamp(r, 1 − range, 1 + range)) with
// r = exp(now − old).
Tensor clippedPolicyLoss(Graph& graph, Tensor now, Tensor old, Tensor advantages, Tensor weights, float range);

// values, old [N], returns [N], weights [N] -> Σ w ½ max((v − R)², (v held within `range` of old − R)²).
Tensor clippedValueLoss(Graph& graph, Tensor values, Tensor old, Tensor returns, Tensor weights, float range);

} // namespace attune
