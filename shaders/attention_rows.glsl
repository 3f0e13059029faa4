// The online softmax of one query row a lane. A block of keys is fetched by all lanes together, each lane a part, and
// every value is then handed to all with a shuffle. k, v and their strides are the including shader's.

vec4 query[chunks], sum[chunks]; // of this lane's row; query is scaled
float most = -nothing, total = 0; // the largest score so far, and the sum of exp(score - most)

void zeroSums() {
  [[unroll]] for (uint c = 0; c < chunks; c++) sum[c] = vec4(0);
}

// Takes in the keys from `from` up to but not including `mine`. All lanes walk to the same `until`; `origin` is the row of
// key 0 and `keys` how many rows there are.
void takeKeys(uint origin, uint keys, uint kHead, uint vHead, uint from, uint mine, uint until) {
  const uint lane = gl_LocalInvocationID.x;
  for (uint first = from / block * block; first < until; first += block) {
    const uint fetched = origin + min(first + lane % block, keys - 1);
    vec4 x[fetches];
    [[unroll]] for (uint f = 0; f < fetches; f++)
      x[f] = k(fetched * kStride + kHead, min(f * wide + lane / block, chunks - 1));
    float s[block];
    [[unroll]] for (uint j = 0; j < block; j++) s[j] = 0;
    [[unroll]] for (uint c = 0; c < chunks; c++) {
      [[unroll]] for (uint j = 0; j < block; j++)
        s[j] += dot(query[c], subgroupShuffle(x[c / wide], c % wide * block + j));
    }
    float now = most;
    [[unroll]] for (uint j = 0; j < block; j++) {
      if (first + j >= from && first + j < mine) now = max(now, s[j]);
    }
    const float keep = exp(most - now);
    most = now;
    total *= keep;
    [[unroll]] for (uint j = 0; j < block; j++) {
      s[j] = first + j >= from && first + j < mine ? exp(s[j] - now) : 0;
      total += s[j];
    }
    [[unroll]] for (uint f = 0; f < fetches; f++)
      x[f] = v(fetched * vStride + vHead, min(f * wide + lane / block, chunks - 1));
    [[unroll]] for (uint c = 0; c < chunks; c++) {
      vec4 a = sum[c] * keep;
      [[unroll]] for (uint j = 0; j < block; j++) a += s[j] * subgroupShuffle(x[c / wide], c % wide * block + j);
      sum[c] = a;
    }
  }
}

// What the sums are to be multiplied with in the end.
float share() { return total == 0 ? 0 : 1 / total; }
