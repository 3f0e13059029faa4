// Sums and maxima over the lanes of a subgroup, in a fixed order. Shuffles by a constant are cheap on lavapipe, where
// subgroups are small; larger ones take a tree.

float maximumOfLanes(float x) {
  float y = x;
  if (lanes <= 16) {
    [[unroll]] for (uint l = 0; l < lanes; l++) y = max(y, subgroupShuffle(x, l));
  } else {
    [[unroll]] for (uint d = 1; d < lanes; d *= 2) y = max(y, subgroupShuffleXor(y, d));
  }
  return y;
}

vec4 sumOfLanes(vec4 x) {
  vec4 y = x;
  if (lanes <= 16) {
    y = subgroupShuffle(x, 0);
    [[unroll]] for (uint l = 1; l < lanes; l++) y += subgroupShuffle(x, l);
  } else {
    [[unroll]] for (uint d = 1; d < lanes; d *= 2) y += subgroupShuffleXor(y, d);
  }
  return y;
}
