#include "decode/batch_search.h"

#include <utility>

namespace sotto {

Result<bool> BatchSearch::step() {
  first_ = next_ < lanes_end_ ? next_ : 0;
  SOTTO_TRY(collect());
  if (parts_end_ > 0) {
    SOTTO_TRY(run());
    return false;
  }
  return first_ == 0;
}

// Where there are more rows than a pass takes, it is another lane's turn next.
Status BatchSearch::collect() {
  parts_end_ = rows_end_ = 0;
  int tokens = 0;
  for (next_ = first_; next_ < lanes_end_; ++next_) {
    Asking& asking = lanes_[next_];
    const Lane& lane = asking.lane;
    SOTTO_ASSIGN(const bool done, lane.search->settle());
    if (done) continue;
    if (!asking.asked) asking.pass = lane.search->pass();
    asking.asked = true;
    const SearchPass& pass = asking.pass;
    const int count = static_cast<int>(pass.tokens.size());
    if (tokens + count > Decoder::kMaxBatch_tokens) return {};
    parts_[parts_end_++] = {pass.tokens, pass.is_prompt, lane.past, lane.audio};
    for (const int row : pass.rows) rows_[rows_end_++] = tokens + row;
    tokens += count;
  }
  return {};
}

Status BatchSearch::run() {
  SOTTO_TRY(decoder_.run(std::span(parts_).first(parts_end_)));
  SOTTO_ASSIGN(const ScoreTable scores, scores_.rows(rows_end_));
  if (scores.rows() > 0) decoder_.score(std::span(rows_).first(rows_end_), scores);
  int heard = 0;
  for (int i = first_; i < next_; ++i) {
    if (!std::exchange(lanes_[i].asked, false)) continue;
    const int count = static_cast<int>(lanes_[i].pass.rows.size());
    if (count > 0) lanes_[i].lane.search->hear(0, scores.row_range(heard, count));
    heard += count;
  }
  return {};
}

}  // namespace sotto
