// Byte pair encoding proper: a row of symbols in which the pair of the lowest rank is merged until none is left.
//
// Symbols are token ids from the start, so the inner loop compares integers only. Short rows look for the best pair by
// scanning; long ones (a megabyte of one letter is one word) keep their pairs in a heap, which makes them n log n.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace attune {

class BytePairs {
public:
  struct Merge {
    int32_t rank, result;
  };

  // Merges in the order of their ranks are added 0, 1, …; a pair that is there already keeps its first rank.
  void add(int32_t left, int32_t right, int32_t result);

  // Merges `symbols` in place. Among pairs of one rank the leftmost goes first.
  void apply(std::vector<int32_t>& symbols) const;

  const Merge* find(int32_t left, int32_t right) const;
  int32_t size() const { return count; }

  // All merges (left, right, result) in the order of their ranks.
  struct Rule {
    int32_t left, right, result;
  };
  const std::vector<Rule>& list() const { return rules; }

private:
  struct Slot {
    uint64_t pair = emptySlot;
    Merge merge{};
  };
  static constexpr uint64_t emptySlot = ~uint64_t(0);
  static uint64_t key(int32_t left, int32_t right) { return uint64_t(uint32_t(left)) << 32 | uint32_t(right); }
  size_t slotOf(uint64_t pair) const;
  void grow();
  void applyScanning(std::vector<int32_t>& symbols) const;
  void applyWithHeap(std::vector<int32_t>& symbols) const;

  std::vector<Slot> table; // open addressing, a power of two, at most half full
  std::vector<Rule> rules;
  int32_t count = 0;
};

} // namespace attune
