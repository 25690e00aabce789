#include "model/kv_cache.h"

#include <algorithm>
#include <utility>

namespace sotto {

KvCache::KvCache(const Hyperparameters& hp, ArenaLayout& layout, int ready_tokens)
    : n_layer_(hp.n_text_layer),
      n_state_(hp.n_text_state),
      capacity_tokens_(hp.n_text_ctx),
      layer_floats_(static_cast<ptrdiff_t>(kPage_tokens) * hp.n_text_state) {
  const int count = pages_for(std::min(ready_tokens, capacity_tokens_));
  tables_.resize(static_cast<size_t>(kMaxHypotheses) * pages_for(capacity_tokens_));
  before_.resize(tables_.size());
  add_pages(layout.take<float>(static_cast<size_t>(count) * 2 * n_layer_ * layer_floats_), count);
}

void KvCache::clear() {
  resize(0);
  hypotheses_ = 1;
}

void KvCache::keep(int tokens) {
  constexpr int kFirst = 0;
  select(std::span(&kFirst, 1));
  resize(tokens);
}

void KvCache::resize(int tokens) {
  drop(pages_for(tokens), pages_for(size_tokens_));
  size_tokens_ = tokens;
}

Status KvCache::extend(int count) {
  if (size_tokens_ + count > capacity_tokens_) {
    return mismatch(Code::kInvalidArgument, "decoder: tokens in context", capacity_tokens_,
                    size_tokens_ + count);
  }
  const int whole = pages_for(size_tokens_), end = pages_for(size_tokens_ + count);
  const int rows = size_tokens_ % kPage_tokens;
  const auto is_shared = [&](int h) { return rows > 0 && users_[table(h)[whole - 1]] > 1; };
  int needed = hypotheses_ * (end - whole);
  for (int h = 0; h < hypotheses_; ++h) needed += is_shared(h) ? 1 : 0;
  SOTTO_TRY(have_free(needed));

  for (int h = 0; h < hypotheses_; ++h) {
    if (is_shared(h)) {
      int& page = table(h)[whole - 1];
      --users_[page];
      const int copy = take_page();
      copy_rows(page, copy, rows);
      page = copy;
    }
    for (int i = whole; i < end; ++i) table(h)[i] = take_page();
  }
  size_tokens_ += count;
  return {};
}

void KvCache::select(std::span<const int> sources) {
  const int stride = pages_for(capacity_tokens_), pages = pages_for(size_tokens_);
  std::copy_n(tables_.data(), static_cast<ptrdiff_t>(hypotheses_) * stride, before_.data());
  const int previous = hypotheses_;
  hypotheses_ = static_cast<int>(sources.size());
  for (int h = 0; h < hypotheses_; ++h) {
    std::copy_n(before_.data() + sources[h] * stride, pages, table(h));
    for (int i = 0; i < pages; ++i) ++users_[table(h)[i]];
  }
  for (int h = 0; h < previous; ++h) {
    for (int i = 0; i < pages; ++i) {
      const int page = before_[h * stride + i];
      if (--users_[page] == 0) free_.push_back(page);
    }
  }
}

void KvCache::add_pages(float* floats, int count) {
  const ptrdiff_t stride = 2 * n_layer_ * layer_floats_;
  const int first = static_cast<int>(pages_.size());
  // Without memory the layout is only being counted.
  for (int i = 0; i < count; ++i) {
    pages_.push_back(floats == nullptr ? nullptr : floats + i * stride);
  }
  users_.resize(pages_.size());
  free_.reserve(pages_.size());
  // The last one is taken first: a single hypothesis then runs through memory in order.
  for (int i = count - 1; i >= 0; --i) free_.push_back(first + i);
}

Status KvCache::have_free(int count) {
  const int missing = count - static_cast<int>(free_.size());
  if (missing <= 0) return {};
  // For all hypotheses at once, so that this is seldom.
  const int added = std::max(missing, hypotheses_);
  const size_t floats = static_cast<size_t>(added) * 2 * n_layer_ * layer_floats_;
  SOTTO_ASSIGN(Arena arena, Arena::reserve(align_up(floats * sizeof(float))));
  add_pages(arena.take<float>(floats), added);
  more_.push_back(std::move(arena));
  return {};
}

int KvCache::take_page() {
  const int page = free_.back();
  free_.pop_back();
  users_[page] = 1;
  return page;
}

void KvCache::drop(int first_page, int end_page) {
  for (int h = 0; h < hypotheses_; ++h) {
    for (int i = end_page - 1; i >= first_page; --i) {
      const int page = table(h)[i];
      if (--users_[page] == 0) free_.push_back(page);
    }
  }
}

void KvCache::copy_rows(int from, int to, int rows) {
  for (int part = 0; part < 2 * n_layer_; ++part) {
    std::copy_n(pages_[from] + part * layer_floats_, static_cast<ptrdiff_t>(rows) * n_state_,
                pages_[to] + part * layer_floats_);
  }
}

}  // namespace sotto
