// The queries, keys and values of a forward pass, from which any head's attention is computed when it is asked for.
#pragma once

#include "attention/attention_data.h"

namespace attune {

// Shapes: q [n_layer, T, n_head, d_k], k and v [n_layer, T, n_kv_head, d_k]. Heads share keys and values in groups of
// n_head / n_kv_head. A head of 1,024 places and d_k 64 takes about 10 ms on one core.
class AttentionVectors : public AttentionNumbers {
public:
  struct Shape {
    int nLayer, nHead, nKvHead, places, headSize;
    bool causal = true;
  };
  // Throws attune::Error when a vector does not have the shape's size.
  AttentionVectors(Shape shape, std::vector<float> q, std::vector<float> k, std::vector<float> v);

  std::vector<float> weights(int layer, int head) const override;
  std::vector<float> query(int layer, int head, int place) const override;
  std::vector<float> key(int layer, int head, int place) const override;
  std::vector<float> value(int layer, int head, int place) const override;

private:
  const float* at(const std::vector<float>& from, int layer, int place, int heads, int head) const;

  Shape shape;
  std::vector<float> q, k, v;
};

} // namespace attune
