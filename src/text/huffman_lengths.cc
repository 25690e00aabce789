#include "text/huffman_lengths.h"

#include <algorithm>
#include <array>

namespace sotto {

namespace {

constexpr int kMostSymbols = 300;

// Symbols, then the nodes that join two of them or of such nodes.
struct Node {
  int count = 0;
  int depth = 0;
  int parent = -1;
};

class Forest {
 public:
  explicit Forest(std::span<const int> counts) : first_join_(static_cast<int>(counts.size())) {
    for (int i = 0; i < first_join_; ++i) {
      nodes_[i].count = counts[i];
      if (counts[i] > 0) heap_[size_++] = i;
    }
    used_ = size_ > 0 ? heap_[size_ - 1] + 1 : 0;
    // deflate wants two codes; zlib takes the next symbol of the first three.
    while (size_ < 2) {
      const int symbol = used_ < 3 ? used_++ : 0;
      nodes_[symbol].count = 1;
      heap_[size_++] = symbol;
    }
    for (int i = size_ / 2 - 1; i >= 0; --i) sift_down(i);
  }

  // Joins the two rarest until one is left.
  void join_all() {
    joins_end_ = first_join_;
    while (size_ > 1) {
      const int rarest = heap_[0];
      heap_[0] = heap_[--size_];
      sift_down(0);
      const int next = heap_[0];
      nodes_[joins_end_] = {nodes_[rarest].count + nodes_[next].count,
                            std::max(nodes_[rarest].depth, nodes_[next].depth) + 1, -1};
      nodes_[rarest].parent = nodes_[next].parent = joins_end_;
      heap_[0] = joins_end_++;
      sift_down(0);
    }
  }

  int used() const { return used_; }
  int length(int symbol) const {
    int length = 0;
    for (int i = nodes_[symbol].parent; i >= 0; i = nodes_[i].parent) ++length;
    return length;
  }

 private:
  // Of equally frequent ones the shallower, which keeps the longest code short.
  bool before(int a, int b) const {
    const Node &x = nodes_[a], &y = nodes_[b];
    return x.count < y.count || (x.count == y.count && x.depth <= y.depth);
  }
  void sift_down(int at) {
    const int node = heap_[at];
    for (int child = 2 * at + 1; child < size_; child = 2 * at + 1) {
      if (child + 1 < size_ && before(heap_[child + 1], heap_[child])) ++child;
      if (before(node, heap_[child])) break;
      heap_[at] = heap_[child];
      at = child;
    }
    heap_[at] = node;
  }

  std::array<Node, 2 * kMostSymbols> nodes_ = {};
  std::array<int, kMostSymbols> heap_ = {};
  int size_ = 0;
  int used_ = 0;
  int first_join_;
  int joins_end_ = 0;
};

}  // namespace

HuffmanSize huffman_lengths(std::span<const int> counts, std::span<uint8_t> lengths) {
  Forest forest(counts);
  forest.join_all();
  HuffmanSize size;
  size.used = forest.used();
  for (size_t i = 0; i < counts.size(); ++i) {
    lengths[i] = static_cast<uint8_t>(forest.length(static_cast<int>(i)));
    size.bits += static_cast<size_t>(counts[i]) * lengths[i];
  }
  return size;
}

}  // namespace sotto
