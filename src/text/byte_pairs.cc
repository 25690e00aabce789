#include "text/byte_pairs.h"

#include <functional>
#include <queue>
#include <tuple>

namespace sotto {
namespace {

// Two neighbouring parts that together are a token: bytes [begin, end) of the piece.
struct Pair {
  int rank;
  size_t begin;
  size_t end;
  bool operator>(const Pair& other) const {
    return std::tie(rank, begin) > std::tie(other.rank, other.begin);
  }
};

// Parts are named by the byte they begin at and linked both ways.
class Merger {
 public:
  Merger(const TokenTable& table, std::string_view piece)
      : table_(table), piece_(piece), next_(piece.size()), previous_(piece.size() + 1) {
    for (size_t i = 0; i < piece.size(); ++i) {
      next_[i] = i + 1;
      previous_[i + 1] = i;
    }
    for (size_t i = 0; i + 1 < piece.size(); ++i) consider(i);
  }

  void run() {
    while (!pairs_.empty()) {
      const Pair pair = pairs_.top();
      pairs_.pop();
      if (is_current(pair)) merge(pair);
    }
  }

  void append_tokens(std::vector<int>& out) const {
    for (size_t begin = 0; begin < piece_.size(); begin = next_[begin]) {
      out.push_back(table_.find(piece_.substr(begin, next_[begin] - begin)));
    }
  }

 private:
  // A part that was merged into its left neighbour has no next one.
  static constexpr size_t kGone = 0;

  // Queues the part that begins here with the one after it, if they make a token.
  void consider(size_t begin) {
    const size_t middle = next_[begin];
    if (middle >= piece_.size()) return;
    const size_t end = next_[middle];
    const int rank = table_.find(piece_.substr(begin, end - begin));
    if (rank >= 0) pairs_.push({rank, begin, end});
  }

  // False for pairs of which a part has changed since they were queued.
  bool is_current(const Pair& pair) const {
    const size_t middle = next_[pair.begin];
    return middle != kGone && middle < piece_.size() && next_[middle] == pair.end;
  }

  void merge(const Pair& pair) {
    next_[next_[pair.begin]] = kGone;
    next_[pair.begin] = pair.end;
    previous_[pair.end] = pair.begin;
    if (pair.begin > 0) consider(previous_[pair.begin]);
    consider(pair.begin);
  }

  const TokenTable& table_;
  std::string_view piece_;
  std::vector<size_t> next_;
  std::vector<size_t> previous_;
  std::priority_queue<Pair, std::vector<Pair>, std::greater<>> pairs_;
};

}  // namespace

void append_byte_pairs(const TokenTable& table, std::string_view piece, std::vector<int>& out) {
  const int whole = table.find(piece);
  if (whole >= 0) {
    out.push_back(whole);
    return;
  }
  Merger merger(table, piece);
  merger.run();
  merger.append_tokens(out);
}

}  // namespace sotto
