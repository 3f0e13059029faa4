// Stores that lavapipe makes straight. It stores a vector in a loop over the lanes that keeps the whole vector in memory
// for every lane; but at an address that all lanes share, outside of loops and branches, it stores one lane's value at
// once. So here every lane's value is handed to all and stored at an address of its own. Lavapipe knows an address as
// shared when it comes out of push constants: they hold the numbers 0 to 7 (`digits`), and an address is looked up there
// three bits at a time. Half as many stores of 64 bits take half the time, to compile too.
//
// The shader declares `uint digits[8]` in its push constants, and `lanes`.
#extension GL_EXT_shader_explicit_arithmetic_types_int64 : require
#extension GL_KHR_shader_subgroup_shuffle : require

// x, which is the same in all lanes and below 2^24.
uint sameForAll(uint x) {
  return digits[x & 7] | digits[x >> 3 & 7] << 3 | digits[x >> 6 & 7] << 6 | digits[x >> 9 & 7] << 9 |
         digits[x >> 12 & 7] << 12 | digits[x >> 15 & 7] << 15 | digits[x >> 18 & 7] << 18 | digits[x >> 21 & 7] << 21;
}

u64vec4 pairOf(vec4 a, vec4 b) {
  return u64vec4(packUint2x32(floatBitsToUint(a.xy)), packUint2x32(floatBitsToUint(a.zw)),
                 packUint2x32(floatBitsToUint(b.xy)), packUint2x32(floatBitsToUint(b.zw)));
}

// Defines name(at8, value): lane l's vec4 goes to the floats 8 * at8 + 4 * l of a buffer of u64vec4.
#define STRAIGHT_PAIR(array, l) array[at8 + l] = pairOf(subgroupShuffle(value, 2 * l), subgroupShuffle(value, 2 * l + 1));
#define STRAIGHT_STORE(name, array) \
  void name(uint at8, vec4 value) { \
    STRAIGHT_PAIR(array, 0) STRAIGHT_PAIR(array, 1) \
    if (lanes >= 8) { \
      STRAIGHT_PAIR(array, 2) STRAIGHT_PAIR(array, 3) \
    } \
    if (lanes >= 16) { \
      STRAIGHT_PAIR(array, 4) STRAIGHT_PAIR(array, 5) STRAIGHT_PAIR(array, 6) STRAIGHT_PAIR(array, 7) \
    } \
  }
