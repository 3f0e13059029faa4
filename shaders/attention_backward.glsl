// Gradients of attention, from the forward pass's o and lse; probabilities are computed again. The first tiles along x
// give dq, one lane a query row; the others give dk and dv, one lane a key row, so that every sum has one owner.
// With p = exp(s - lse), dp = dO·v and delta = dO·o:  ds = p (dp - delta),  dq = scale Σ ds k,  dk = scale Σ ds q,
// dv = Σ p dO.
#define BLOCK_OF_8 0
#define BLOCK_OF_4 64
#include "attention.glsl"

SOURCE(0, q)
SOURCE(1, k)
SOURCE(2, v)
SOURCE(3, o)
SOURCE(4, dO)
layout(binding = 5) readonly buffer Lse { float lse[]; };
layout(binding = 6) readonly buffer Start { int start[]; };
layout(binding = 7) readonly buffer End { int end[]; };
TARGET(8, dq)
TARGET(9, dk)
TARGET(10, dv)
layout(push_constant) uniform Push {
  uint tokens, keys, heads, group; // group: query heads a key head
  uint qStride, qOffset, kStride, kOffset, vStride, vOffset, oStride, oOffset, dOStride, dOOffset;
  uint dqStride, dqOffset, dkStride, dkOffset, dvStride, dvOffset;
  float scale;
  uint causal, hasStart, hasEnd, queryTiles;
};

void queries(uint tile, uint head, uint sequence, uint from, uint until) {
  const uint lane = gl_LocalInvocationID.x;
  const uint row = tile * lanes + lane;
  const uint token = sequence * tokens + min(row, tokens - 1);
  const uint mine = causal != 0 ? min(until, row + 1) : until;
  if (causal != 0) until = min(until, (tile + 1) * lanes);

  vec4 query[chunks], gradient[chunks], sum[chunks];
  float delta = 0;
  [[unroll]] for (uint c = 0; c < chunks; c++) {
    query[c] = q(token * qStride + qOffset + head * headSize, c) * scale;
    gradient[c] = dO(token * dOStride + dOOffset + head * headSize, c);
    delta += dot(gradient[c], o(token * oStride + oOffset + head * headSize, c));
    sum[c] = vec4(0);
  }
  const float own = lse[(sequence * heads + head) * tokens + min(row, tokens - 1)];
  const uint kHead = kOffset + head / group * headSize, vHead = vOffset + head / group * headSize;
  for (uint first = from / block * block; first < until; first += block) {
    const uint fetched = sequence * keys + min(first + lane % block, keys - 1);
    vec4 x[fetches], y[fetches];
    [[unroll]] for (uint f = 0; f < fetches; f++) {
      const uint chunk = min(f * wide + lane / block, chunks - 1);
      x[f] = k(fetched * kStride + kHead, chunk);
      y[f] = v(fetched * vStride + vHead, chunk);
    }
    float s[block], dp[block];
    [[unroll]] for (uint j = 0; j < block; j++) s[j] = dp[j] = 0;
    [[unroll]] for (uint c = 0; c < chunks; c++) {
      [[unroll]] for (uint j = 0; j < block; j++) {
        s[j] += dot(query[c], subgroupShuffle(x[c / wide], c % wide * block + j));
        dp[j] += dot(gradient[c], subgroupShuffle(y[c / wide], c % wide * block + j));
      }
    }
    [[unroll]] for (uint j = 0; j < block; j++)
      s[j] = first + j >= from && first + j < mine ? exp(s[j] - own) * (dp[j] - delta) : 0;
    [[unroll]] for (uint c = 0; c < chunks; c++) {
      vec4 a = sum[c];
      [[unroll]] for (uint j = 0; j < block; j++) a += s[j] * subgroupShuffle(x[c / wide], c % wide * block + j);
      sum[c] = a;
    }
  }
  if (row >= tokens) return;
  [[unroll]] for (uint c = 0; c < chunks; c++) dq(token * dqStride + dqOffset + head * headSize, c, sum[c] * scale);
}

void keyRows(uint tile, uint kvHead, uint sequence, uint from, uint until) {
  const uint lane = gl_LocalInvocationID.x;
  const uint row = tile * lanes + lane;
  const uint token = sequence * keys + min(row, keys - 1);
  const bool seen = row >= from && row < until;

  vec4 key[chunks], value[chunks], keySum[chunks], valueSum[chunks];
  [[unroll]] for (uint c = 0; c < chunks; c++) {
    key[c] = k(token * kStride + kOffset + kvHead * headSize, c) * scale;
    value[c] = v(token * vStride + vOffset + kvHead * headSize, c);
    keySum[c] = valueSum[c] = vec4(0);
  }
  for (uint head = kvHead * group; head < (kvHead + 1) * group; head++) {
    for (uint first = causal != 0 ? tile * lanes / block * block : 0; first < tokens; first += block) {
      const uint fetchedRow = min(first + lane % block, tokens - 1), fetched = sequence * tokens + fetchedRow;
      const uint qRow = fetched * qStride + qOffset + head * headSize;
      const uint oRow = fetched * oStride + oOffset + head * headSize;
      const uint dORow = fetched * dOStride + dOOffset + head * headSize;
      const float fetchedLse = lse[(sequence * heads + head) * tokens + fetchedRow];
      vec4 x[fetches], y[fetches];
      float part = 0;
      [[unroll]] for (uint f = 0; f < fetches; f++) {
        const uint chunk = min(f * wide + lane / block, chunks - 1);
        x[f] = q(qRow, chunk);
        y[f] = dO(dORow, chunk);
        const float product = dot(y[f], o(oRow, chunk));
        part += f * wide + lane / block < chunks ? product : 0;
      }
      float s[block], dp[block];
      [[unroll]] for (uint j = 0; j < block; j++) s[j] = dp[j] = 0;
      [[unroll]] for (uint c = 0; c < chunks; c++) {
        [[unroll]] for (uint j = 0; j < block; j++) {
          s[j] += dot(key[c], subgroupShuffle(x[c / wide], c % wide * block + j));
          dp[j] += dot(value[c], subgroupShuffle(y[c / wide], c % wide * block + j));
        }
      }
      [[unroll]] for (uint j = 0; j < block; j++) {
        float delta = 0;
        [[unroll]] for (uint h = 0; h < wide; h++) delta += subgroupShuffle(part, h * block + j);
        const bool visible = seen && first + j < tokens && (causal == 0 || row <= first + j);
        s[j] = visible ? exp(s[j] - subgroupShuffle(fetchedLse, j)) : 0;
        dp[j] = visible ? s[j] * (dp[j] - delta) : 0;
      }
      [[unroll]] for (uint c = 0; c < chunks; c++) {
        vec4 a = keySum[c], b = valueSum[c];
        [[unroll]] for (uint j = 0; j < block; j++) {
          a += dp[j] * subgroupShuffle(x[c / wide], c % wide * block + j);
          b += s[j] * subgroupShuffle(y[c / wide], c % wide * block + j);
        }
        keySum[c] = a;
        valueSum[c] = b;
      }
    }
  }
  if (row >= keys) return;
  [[unroll]] for (uint c = 0; c < chunks; c++) {
    dk(token * dkStride + dkOffset + kvHead * headSize, c, keySum[c] * scale);
    dv(token * dvStride + dvOffset + kvHead * headSize, c, valueSum[c]);
  }
}

void main() {
  const uint head = gl_WorkGroupID.y, sequence = gl_WorkGroupID.z;
  const uint from = hasStart != 0 ? uint(max(start[sequence], 0)) : 0;
  const uint until = hasEnd != 0 ? min(keys, uint(max(end[sequence], 0))) : keys;
  if (gl_WorkGroupID.x < queryTiles)
    queries(gl_WorkGroupID.x, head, sequence, from, until);
  else if (head < heads / group)
    keyRows(gl_WorkGroupID.x - queryTiles, head, sequence, from, until);
}
