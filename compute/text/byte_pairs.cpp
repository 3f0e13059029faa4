#include "text/byte_pairs.h"

#include <limits>
#include <queue>

namespace attune {

size_t BytePairs::slotOf(uint64_t pair) const {
  uint64_t hash = pair * 0x9E3779B97F4A7C15u;
  size_t slot = size_t((hash ^ hash >> 32) & (table.size() - 1));
  while (table[slot].pair != emptySlot && table[slot].pair != pair) slot = (slot + 1) & (table.size() - 1);
  return slot;
}

void BytePairs::grow() {
  table.assign(table.empty() ? 1024 : table.size() * 2, {});
  for (int32_t rank = 0; rank < count; ++rank) {
    const Rule& rule = rules[rank];
    table[slotOf(key(rule.left, rule.right))] = {key(rule.left, rule.right), {rank, rule.result}};
  }
}

void BytePairs::add(int32_t left, int32_t right, int32_t result) {
  if (size_t(count) * 2 >= table.size()) grow();
  Slot& slot = table[slotOf(key(left, right))];
  if (slot.pair != emptySlot) return;
  slot = {key(left, right), {count, result}};
  rules.push_back({left, right, result});
  ++count;
}

const BytePairs::Merge* BytePairs::find(int32_t left, int32_t right) const {
  if (table.empty()) return nullptr;
  const Slot& slot = table[slotOf(key(left, right))];
  return slot.pair == emptySlot ? nullptr : &slot.merge;
}

void BytePairs::apply(std::vector<int32_t>& symbols) const {
  if (count == 0 || symbols.size() < 2) return;
  if (symbols.size() <= 48)
    applyScanning(symbols);
  else
    applyWithHeap(symbols);
}

void BytePairs::applyScanning(std::vector<int32_t>& symbols) const {
  constexpr int32_t none = std::numeric_limits<int32_t>::max();
  Merge merges[48]; // of symbols i and i + 1; rank `none` where they do not merge
  const auto look = [&](size_t i) {
    const Merge* merge = i + 1 < symbols.size() ? find(symbols[i], symbols[i + 1]) : nullptr;
    return merge ? *merge : Merge{none, 0};
  };
  for (size_t i = 0; i < symbols.size(); ++i) merges[i] = look(i);
  while (true) {
    size_t best = 0;
    for (size_t i = 1; i + 1 < symbols.size(); ++i)
      if (merges[i].rank < merges[best].rank) best = i;
    if (merges[best].rank == none) return;
    symbols[best] = merges[best].result;
    symbols.erase(symbols.begin() + best + 1);
    for (size_t i = best + 1; i < symbols.size(); ++i) merges[i] = merges[i + 1];
    merges[best] = look(best);
    if (best > 0) merges[best - 1] = look(best - 1);
  }
}

void BytePairs::applyWithHeap(std::vector<int32_t>& symbols) const {
  struct Node {
    int32_t symbol, previous, next; // −1 ends the row; symbol −1: merged into its left neighbour
  };
  struct Candidate {
    int32_t rank, position, left, right;
    bool operator<(const Candidate& other) const { // the heap's top is the lowest rank, then the leftmost
      return rank != other.rank ? rank > other.rank : position > other.position;
    }
  };
  const int32_t length = int32_t(symbols.size());
  std::vector<Node> nodes(symbols.size());
  std::vector<Candidate> storage;
  storage.reserve(symbols.size());
  for (int32_t i = 0; i < length; ++i) nodes[i] = {symbols[i], i - 1, i + 1 < length ? i + 1 : -1};
  const auto candidate = [&](int32_t i, auto&& use) {
    if (i < 0 || nodes[i].next < 0) return;
    const int32_t left = nodes[i].symbol, right = nodes[nodes[i].next].symbol;
    if (const Merge* merge = find(left, right)) use(Candidate{merge->rank, i, left, right});
  };
  for (int32_t i = 0; i < length; ++i) candidate(i, [&](const Candidate& found) { storage.push_back(found); });
  std::priority_queue<Candidate> heap(std::less<Candidate>(), std::move(storage));
  while (!heap.empty()) {
    const Candidate top = heap.top();
    heap.pop();
    Node& node = nodes[top.position];
    if (node.symbol != top.left || node.next < 0 || nodes[node.next].symbol != top.right) continue; // merged since
    node.symbol = find(top.left, top.right)->result;
    Node& gone = nodes[node.next];
    gone.symbol = -1;
    node.next = gone.next;
    if (node.next >= 0) nodes[node.next].previous = top.position;
    candidate(top.position, [&](const Candidate& found) { heap.push(found); });
    candidate(node.previous, [&](const Candidate& found) { heap.push(found); });
  }
  size_t kept = 0;
  for (int32_t i = 0; i >= 0; i = nodes[i].next) symbols[kept++] = nodes[i].symbol;
  symbols.resize(kept);
}

} // namespace attune
