#include "vad/time_map.h"

#include <algorithm>
#include <string>

namespace sotto {
namespace {

constexpr double kSampleRate_hz = 16000;

}  // namespace

Status TimeMap::add(SpeechSegment piece) {
  const int64_t least = pieces_.empty() ? 0 : pieces_.back().end_samples;
  if (piece.start_samples < least || piece.end_samples <= piece.start_samples) {
    return mismatch(
        Code::kInvalidArgument, "piece of audio",
        "one that begins at " + std::to_string(least) + " or later and is not empty",
        std::to_string(piece.start_samples) + " to " + std::to_string(piece.end_samples));
  }
  if (!pieces_.empty() && piece.start_samples == least) {
    pieces_.back().end_samples = piece.end_samples;
  } else {
    pieces_.push_back(piece);
    joined_start_.push_back(joined_);
  }
  joined_ += piece.end_samples - piece.start_samples;
  return {};
}

// The last piece that begins at this moment or before it; at a joint, the one that `side` says.
size_t TimeMap::piece_at(double joined_samples, Side side) const {
  const auto begin = joined_start_.begin(), end = joined_start_.end();
  const auto after = side == Side::kBehind ? std::upper_bound(begin, end, joined_samples)
                                           : std::lower_bound(begin, end, joined_samples);
  return after == begin ? 0 : static_cast<size_t>(after - begin) - 1;
}

int64_t TimeMap::to_original(int64_t joined_samples, Side side) const {
  if (pieces_.empty()) return joined_samples;
  return joined_samples + shift(piece_at(static_cast<double>(joined_samples), side));
}

int64_t TimeMap::to_joined(int64_t original_samples) const {
  if (pieces_.empty()) return original_samples;
  const auto after =
      std::upper_bound(pieces_.begin(), pieces_.end(), original_samples,
                       [](int64_t at, const SpeechSegment& p) { return at < p.start_samples; });
  if (after == pieces_.begin()) return original_samples - shift(0);
  const auto piece = static_cast<size_t>(after - pieces_.begin()) - 1;
  const bool is_last = piece + 1 == pieces_.size();
  const int64_t end = pieces_[piece].end_samples;
  return (is_last ? original_samples : std::min(original_samples, end)) - shift(piece);
}

SpeechSegment TimeMap::piece_of(int64_t original_samples) const {
  const auto piece =
      std::upper_bound(pieces_.begin(), pieces_.end(), original_samples,
                       [](int64_t at, const SpeechSegment& p) { return at < p.end_samples; });
  return piece == pieces_.end() ? pieces_.back() : *piece;
}

double TimeMap::to_original_s(double joined_s, Side side) const {
  if (pieces_.empty()) return joined_s;
  const size_t piece = piece_at(joined_s * kSampleRate_hz, side);
  return joined_s + static_cast<double>(shift(piece)) / kSampleRate_hz;
}

TimeMap::Interval TimeMap::to_original_s(Interval joined) const {
  if (pieces_.empty()) return joined;
  const double middle = (joined.start_s + joined.end_s) / 2 * kSampleRate_hz;
  const double shift_s =
      static_cast<double>(shift(piece_at(middle, Side::kBehind))) / kSampleRate_hz;
  return {joined.start_s + shift_s, joined.end_s + shift_s};
}

}  // namespace sotto
