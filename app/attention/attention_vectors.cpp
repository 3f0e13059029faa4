// Built with loop vectorization (app/CMakeLists.txt): this is the one inner loop of the window.
#include "attention/attention_vectors.h"

#include "error.h"

#include <algorithm>
#include <cmath>

namespace attune {

AttentionVectors::AttentionVectors(Shape shape, std::vector<float> q, std::vector<float> k, std::vector<float> v)
    : shape(shape)
    , q(std::move(q))
    , k(std::move(k))
    , v(std::move(v)) {
  const std::size_t rows = std::size_t(shape.nLayer) * shape.places * shape.headSize;
  if (shape.nKvHead < 1 || shape.nHead % shape.nKvHead != 0)
    throw Error("attention vectors: n_head " + std::to_string(shape.nHead) + " is no multiple of n_kv_head " +
                std::to_string(shape.nKvHead) + ".");
  if (this->q.size() != rows * shape.nHead || this->k.size() != rows * shape.nKvHead ||
      this->v.size() != this->k.size())
    throw Error("attention vectors: q, k and v have " + std::to_string(this->q.size()) + ", " +
                std::to_string(this->k.size()) + " and " + std::to_string(this->v.size()) +
                " numbers, which is not [n_layer, T, heads, d_k] of the given shape.");
}

const float* AttentionVectors::at(const std::vector<float>& from, int layer, int place, int heads, int head) const {
  return from.data() + ((std::size_t(layer) * shape.places + place) * heads + head) * shape.headSize;
}

std::vector<float> AttentionVectors::weights(int layer, int head) const {
  const int T = shape.places, d = shape.headSize;
  const int kvHead = head / (shape.nHead / shape.nKvHead);
  const float scale = 1 / std::sqrt(float(d));
  // Keys turned to [d_k, T]: a query's scores are then sums of whole rows.
  std::vector<float> turned(std::size_t(d) * T);
  for (int j = 0; j < T; j++) {
    const float* key = at(k, layer, j, shape.nKvHead, kvHead);
    for (int c = 0; c < d; c++) turned[std::size_t(c) * T + j] = key[c];
  }
  std::vector<float> result(std::size_t(T) * T, 0.0f);
  for (int i = 0; i < T; i++) {
    const int reach = shape.causal ? i + 1 : T;
    const float* query = at(q, layer, i, shape.nHead, head);
    float* __restrict row = &result[std::size_t(i) * T];
    int c = 0;
    for (; c + 4 <= d; c += 4) {
      const float a = query[c] * scale, b = query[c + 1] * scale, e = query[c + 2] * scale, f = query[c + 3] * scale;
      const float* __restrict k0 = &turned[std::size_t(c) * T];
      const float* __restrict k1 = k0 + T;
      const float* __restrict k2 = k1 + T;
      const float* __restrict k3 = k2 + T;
      for (int j = 0; j < reach; j++) row[j] += a * k0[j] + b * k1[j] + e * k2[j] + f * k3[j];
    }
    for (; c < d; c++)
      for (int j = 0; j < reach; j++) row[j] += query[c] * scale * turned[std::size_t(c) * T + j];
    float largest = row[0];
    for (int j = 1; j < reach; j++) largest = std::max(largest, row[j]);
    double sum = 0;
    for (int j = 0; j < reach; j++) sum += row[j] = std::exp(row[j] - largest);
    const float inverse = float(1 / sum);
    for (int j = 0; j < reach; j++) row[j] *= inverse;
  }
  return result;
}

std::vector<float> AttentionVectors::query(int layer, int head, int place) const {
  const float* from = at(q, layer, place, shape.nHead, head);
  return {from, from + shape.headSize};
}

std::vector<float> AttentionVectors::key(int layer, int head, int place) const {
  const float* from = at(k, layer, place, shape.nKvHead, head / (shape.nHead / shape.nKvHead));
  return {from, from + shape.headSize};
}

std::vector<float> AttentionVectors::value(int layer, int head, int place) const {
  const float* from = at(v, layer, place, shape.nKvHead, head / (shape.nHead / shape.nKvHead));
  return {from, from + shape.headSize};
}

} // namespace attune
