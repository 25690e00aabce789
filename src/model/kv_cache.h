// Keys and values of the tokens decoded so far, in pages that hypotheses share until they part.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/arena.h"
#include "base/status.h"
#include "io/model_file.h"
#include "kernels/attend_pages.h"

namespace sotto {

// Begins with one hypothesis without tokens; all hypotheses have the same number of them. There is
// memory for one that fills the context; more is reserved, several pages at a time, when several
// hypotheses need it, and kept.
class KvCache {
 public:
  // When hypotheses part within a page it is copied, so that pages are small; 16 rows of a layer
  // are some 25 KB in a row, enough to be read at full speed.
  static constexpr int kPage_tokens = 16;
  static constexpr int kMaxHypotheses = 32;

  // Takes memory for `ready_tokens` of one hypothesis, at most the context.
  KvCache(const Hyperparameters& hp, ArenaLayout& layout, int ready_tokens);
  KvCache(const Hyperparameters& hp, ArenaLayout& layout) : KvCache(hp, layout, hp.n_text_ctx) {}
  KvCache(const KvCache&) = delete;
  KvCache& operator=(const KvCache&) = delete;

  int hypotheses() const { return hypotheses_; }
  // Tokens of each hypothesis whose keys and values are valid.
  int size_tokens() const { return size_tokens_; }
  int capacity_tokens() const { return capacity_tokens_; }

  // Memory for so many hypotheses of `tokens` tokens each that no two share, before it is needed:
  // without, it comes when it is. OutOfMemory.
  Status reserve(int hypotheses, int tokens) { return have_free(hypotheses * pages_for(tokens)); }
  // Pages there are, used or not.
  int pages() const { return static_cast<int>(pages_.size()); }

  // One hypothesis, the first, without tokens.
  void clear();
  // One hypothesis, the first, with its first `tokens`, at most size_tokens().
  void keep(int tokens);
  // Forgets the last tokens of all hypotheses; `tokens` is at most size_tokens().
  void resize(int tokens);
  // Makes room for `count` more tokens of each hypothesis, whose rows are to be written.
  // OutOfMemory or InvalidArgument (the context is full) change nothing.
  Status extend(int count);
  // Hypothesis i goes on from what sources[i] was; as many as there are sources, at most
  // kMaxHypotheses. Copies page numbers and no tokens.
  void select(std::span<const int> sources);

  // Rows [size_tokens(), n_text_state] of a hypothesis in a layer.
  PagedRows keys(int layer, int hypothesis) const { return rows(2 * layer, hypothesis); }
  PagedRows values(int layer, int hypothesis) const { return rows(2 * layer + 1, hypothesis); }

 private:
  static int pages_for(int tokens) { return (tokens + kPage_tokens - 1) / kPage_tokens; }

  int* table(int hypothesis) { return tables_.data() + hypothesis * pages_for(capacity_tokens_); }
  const int* table(int hypothesis) const {
    return tables_.data() + hypothesis * pages_for(capacity_tokens_);
  }
  PagedRows rows(int part, int hypothesis) const {
    return {pages_.data(),        table(hypothesis), kPage_tokens, n_state_,
            part * layer_floats_, size_tokens_,      n_state_};
  }
  void add_pages(float* floats, int count);
  Status have_free(int count);
  int take_page();
  void drop(int first_page, int end_page);
  void copy_rows(int from, int to, int rows);

  int n_layer_;
  int n_state_;
  int capacity_tokens_;
  ptrdiff_t layer_floats_;  // keys or values of a layer in a page
  int size_tokens_ = 0;
  int hypotheses_ = 1;
  std::vector<float*> pages_;
  std::vector<int> users_;   // of each page: hypotheses that have it
  std::vector<int> free_;    // pages without users
  std::vector<int> tables_;  // [kMaxHypotheses, pages of the context]
  std::vector<int> before_;  // the same, while hypotheses are selected
  std::vector<Arena> more_;
};

}  // namespace sotto
