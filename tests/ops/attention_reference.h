// Attention as the formula reads, in double precision, for the tests: plain vectors, no padding of strides.
#pragma once

#include <cmath>
#include <cstdint>
#include <vector>

namespace attune {

struct AttentionReference {
  int batch = 1, tokens = 1, keys = 1, heads = 1, kvHeads = 1, headSize = 1;
  double scale = 1;
  bool causal = true;
  std::vector<int32_t> start, end; // empty: none
  std::vector<double> q, k, v;     // [batch, tokens or keys, heads, headSize]

  std::vector<double> o, lse, p, s; // p, s [batch, heads, tokens, keys]; s is -infinity where nothing is seen
  std::vector<double> dq, dk, dv;

  size_t qAt(int b, int t, int h) const { return ((size_t(b) * tokens + t) * heads + h) * headSize; }
  size_t kAt(int b, int j, int h) const {
    return ((size_t(b) * keys + j) * kvHeads + h / (heads / kvHeads)) * headSize;
  }
  size_t pAt(int b, int h, int t) const { return ((size_t(b) * heads + h) * tokens + t) * keys; }

  void forward() {
    o.assign(q.size(), 0);
    lse.assign(size_t(batch) * heads * tokens, 1e30);
    p.assign(size_t(batch) * heads * tokens * keys, 0);
    s.assign(p.size(), -INFINITY);
    for (int b = 0; b < batch; b++)
      for (int h = 0; h < heads; h++)
        for (int t = 0; t < tokens; t++) {
          const int from = start.empty() ? 0 : start[b];
          const int until = std::min(causal ? t + 1 : keys, end.empty() ? keys : end[b]);
          double most = -INFINITY, total = 0;
          for (int j = from; j < until; j++) {
            double score = 0;
            for (int d = 0; d < headSize; d++) score += q[qAt(b, t, h) + d] * k[kAt(b, j, h) + d];
            s[pAt(b, h, t) + j] = score * scale;
            most = std::max(most, score * scale);
          }
          for (int j = from; j < until; j++) total += std::exp(s[pAt(b, h, t) + j] - most);
          if (total == 0) continue;
          lse[(size_t(b) * heads + h) * tokens + t] = most + std::log(total);
          for (int j = from; j < until; j++) {
            const double probability = std::exp(s[pAt(b, h, t) + j] - most) / total;
            p[pAt(b, h, t) + j] = probability;
            for (int d = 0; d < headSize; d++) o[qAt(b, t, h) + d] += probability * v[kAt(b, j, h) + d];
          }
        }
  }

  void backward(const std::vector<double>& dO) {
    dq.assign(q.size(), 0);
    dk.assign(k.size(), 0);
    dv.assign(v.size(), 0);
    for (int b = 0; b < batch; b++)
      for (int h = 0; h < heads; h++)
        for (int t = 0; t < tokens; t++) {
          double delta = 0;
          for (int d = 0; d < headSize; d++) delta += dO[qAt(b, t, h) + d] * o[qAt(b, t, h) + d];
          for (int j = 0; j < keys; j++) {
            const double probability = p[pAt(b, h, t) + j];
            if (probability == 0) continue;
            double dp = 0;
            for (int d = 0; d < headSize; d++) dp += dO[qAt(b, t, h) + d] * v[kAt(b, j, h) + d];
            const double ds = probability * (dp - delta) * scale;
            for (int d = 0; d < headSize; d++) {
              dq[qAt(b, t, h) + d] += ds * k[kAt(b, j, h) + d];
              dk[kAt(b, j, h) + d] += ds * q[qAt(b, t, h) + d];
              dv[kAt(b, j, h) + d] += probability * dO[qAt(b, t, h) + d];
            }
          }
        }
  }
};

} // namespace attune
