#include "decode/word_align.h"

#include <algorithm>
#include <cmath>

#include "decode/probability.h"
#include "decode/time_warp.h"
#include "kernels/median_filter.h"
#include "kernels/normalize_columns.h"

namespace sotto {

namespace {

// Rows of the vocabulary's scores at a time: they share a reading of its matrix, and take little
// memory (1.6 MB).
constexpr int kScoreRows = 8;
// Tokens and positions of an item of work, some milliseconds each.
constexpr int kBlock_tokens = 16;
constexpr int kBlock_positions = 128;

int blocks(int count, int block) { return (count + block - 1) / block; }

}  // namespace

Status WordAligner::begin(const Input& input, const CrossCache& audio) {
  const auto& [start, text, positions] = input;
  audio_ = &audio;
  const int room = parts_.past.capacity_tokens() - static_cast<int>(start.size()) - 2;
  n_text_ = std::clamp(room, 0, static_cast<int>(text.size()));
  tokens_.assign(start.begin(), start.end());
  tokens_.push_back(special_.no_timestamps);
  text_begin_ = static_cast<int>(tokens_.size());
  tokens_.insert(tokens_.end(), text.begin(), text.begin() + n_text_);
  tokens_.push_back(special_.end_of_text);
  positions_ = std::clamp(positions, 1, audio_->positions());
  pass_begin_ = pass_end_ = scored_ = 0;
  result_.first_position.assign(n_text_ + 1, 0);
  result_.probability.assign(n_text_, 0.0f);
  work_.clear();
  if (n_text_ == 0) return {};
  SOTTO_TRY(reserve());
  parts_.past.clear();
  add_work();
  return {};
}

Status WordAligner::reserve() {
  const int n = static_cast<int>(tokens_.size());
  const int head_size = audio_->head_size();
  const auto take = [&](ArenaLayout& layout) {
    const auto matrix = [&](int rows, int cols) {
      return MatrixF32(layout.take<float>(static_cast<size_t>(rows) * cols), rows, cols);
    };
    tap_ =
        QueryTap(heads_, matrix(static_cast<int>(heads_.size()) * n, head_size).data, n, head_size);
    weights_ = matrix(n, positions_);
    gain_ = matrix(n_text_ + 1, positions_);
    const size_t cells = static_cast<size_t>(n_text_ + 1) * positions_;
    moves_ = {layout.take<uint8_t>(cells), cells};
    const size_t costs = 2 * (static_cast<size_t>(n_text_) + 2);
    costs_ = {layout.take<float>(costs), costs};
  };
  ArenaLayout sizes;
  take(sizes);
  // Zeroed anew for each window, which the sums in gain_ begin with.
  arena_ = Arena();
  SOTTO_ASSIGN(arena_, Arena::reserve(sizes.total_bytes()));
  ArenaLayout places(arena_);
  take(places);
  return {};
}

Result<bool> WordAligner::run(const Deadline& deadline, Trace* trace) {
  if (n_text_ == 0) return true;
  const int scores_end = std::min(pass_end_ + 1 - text_begin_, n_text_);
  if (scored_ < scores_end) {
    const TraceScope span(trace, "words: scores");
    SOTTO_TRY(score());
    return false;
  }
  if (pass_end_ < static_cast<int>(tokens_.size())) {
    const TraceScope span(trace, "words: pass");
    SOTTO_TRY(feed());
    return false;
  }
  return work_.run(deadline, trace, &parts_.pool);
}

Status WordAligner::feed() {
  pass_begin_ = pass_end_;
  const int count =
      std::min(Decoder::kMaxBatch_tokens, static_cast<int>(tokens_.size()) - pass_begin_);
  parts_.decoder.set_tap(&tap_);
  const Status status =
      parts_.decoder.forward(std::span(tokens_).subspan(pass_begin_, count), parts_.past, *audio_);
  parts_.decoder.set_tap(nullptr);
  pass_end_ += count;
  return status;
}

// A token is scored by the row of the one before it.
Status WordAligner::score() {
  const int first = scored_ + text_begin_ - 1;
  const int count = std::min({kScoreRows, pass_end_ - first, n_text_ - scored_});
  SOTTO_ASSIGN(const ScoreTable scores, parts_.scores.rows(count));
  parts_.decoder.score(first - pass_begin_, scores);
  for (int r = 0; r < count; ++r, ++scored_) {
    const TokenScores row = scores.row(r);
    const float total = row.log_sum_exp(0, special_.end_of_text);
    const float p = std::exp(row[tokens_[text_begin_ + scored_]] - total);
    result_.probability[scored_] = std::isfinite(p) ? p : 0.0f;
  }
  return {};
}

void WordAligner::add_work() {
  const int n = static_cast<int>(tokens_.size());
  for (int head = 0; head < static_cast<int>(heads_.size()); ++head) {
    work_.add("words: attention", blocks(n, kBlock_tokens), 3.0,
              [this, head](int block, int) { listen(head, block); });
    work_.add("words: normalise", blocks(positions_, kBlock_positions), 1.0,
              [this](int block, int) {
                const int first = block * kBlock_positions;
                normalize_columns_f32(
                    weights_.col_range(first, std::min(kBlock_positions, positions_ - first)));
              });
    // The text's rows and the one before it, which tells where the first token begins. Heads are
    // added up, as openai-whisper takes their mean: it is the same path.
    work_.add("words: median", gain_.rows, 0.2, [this](int row, int) {
      add_median7_f32(weights_.row(text_begin_ - 1 + row), positions_, gain_.row(row));
    });
  }
  work_.add("words: time warp", 1, 10.0,
            [this](int, int) { warp_time(gain_, moves_, costs_, result_.first_position); });
  work_.begin();
}

// What of the audio each token of the block attends to; the padding behind it is left out, so that
// it does not matter how that was folded.
void WordAligner::listen(int head, int block) {
  const ConstMatrixF32 queries = tap_.queries(head);
  const auto [layer, index] = heads_[head];
  const int end = std::min((block + 1) * kBlock_tokens, weights_.rows);
  for (int r = block * kBlock_tokens; r < end; ++r) {
    audio_->weigh(layer, index, queries.row(r), {weights_.row(r), static_cast<size_t>(positions_)});
  }
}

}  // namespace sotto
