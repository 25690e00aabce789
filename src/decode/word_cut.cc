#include "decode/word_cut.h"

#include <algorithm>
#include <string_view>

namespace sotto {

namespace {

// The figures of word_anomaly_score and is_segment_anomaly.
constexpr float kImprobable = 0.15f;
constexpr double kShort_s = 0.133, kShortWeight = 15;
constexpr double kLong_s = 2;
constexpr int kWords = 8;
constexpr double kAnomalous = 3;
// Every word of a segment is anomalous but for this much.
constexpr double kSlack = 0.01;
// A segment this near to an end of its window counts as beside silence.
constexpr double kNearEnd_s = 2;
constexpr double kWindow_s = 30;
// What the next window skips at least.
constexpr double kStep_s = 1;
constexpr std::string_view kPunctuation = "\"'“¿([{-\"'.。,，!！?？:：”)]}、";

double anomaly(const Word& word) {
  const double duration_s = word.end_s - word.start_s;
  double score = word.probability < kImprobable ? 1 : 0;
  if (duration_s < kShort_s) score += (kShort_s - duration_s) * kShortWeight;
  if (duration_s > kLong_s) score += duration_s - kLong_s;
  return score;
}

// The first segment with words; nullptr where there is none.
const SpokenSegment* first_spoken(std::span<const SpokenSegment> segments) {
  for (const SpokenSegment& segment : segments) {
    if (!segment.words.empty()) return &segment;
  }
  return nullptr;
}

bool is_in_silence(const SpokenSegment& segment, const SpokenSegment* next,
                   const SpokenWindow& window, double last_end_s, double threshold_s) {
  const double next_start_s = next != nullptr ? next->words[0].start_s : window.audio_end_s;
  const bool before = segment.start_s - last_end_s > threshold_s || segment.start_s < threshold_s ||
                      segment.start_s - window.begin_s < kNearEnd_s;
  const bool behind = next_start_s - segment.end_s > threshold_s ||
                      (next != nullptr && is_anomalous(*next)) ||
                      window.begin_s + kWindow_s - segment.end_s < kNearEnd_s;
  return before && behind;
}

}  // namespace

bool is_anomalous(const SpokenSegment& segment) {
  if (segment.words.empty()) return false;
  double score = 0;
  int words = 0;
  for (const Word& word : segment.words) {
    if (kPunctuation.find(word.word) != std::string_view::npos) continue;
    score += anomaly(word);
    if (++words == kWords) break;
  }
  return score >= kAnomalous || score + kSlack >= words;
}

double spoken_end_s(std::span<const SpokenSegment> segments) {
  for (size_t i = segments.size(); i-- > 0;) {
    if (!segments[i].words.empty()) return segments[i].words.back().end_s;
  }
  return segments.back().end_s;
}

WordCut cut_by_words(std::span<const SpokenSegment> segments, const SpokenWindow& window,
                     std::optional<float> silence_threshold_s) {
  WordCut cut{segments.size(), window.next_s, false};
  if (segments.empty()) return cut;
  const double window_end_s = window.begin_s + kWindow_s;
  const double end_s = spoken_end_s(segments);
  if (!window.lone_ending && end_s > window.begin_s) {
    // What is left of the window is heard again, unless it is too short for that.
    const bool worth_it = !silence_threshold_s || window_end_s - end_s > *silence_threshold_s;
    cut.next_s = worth_it ? end_s : window.audio_end_s;
  }
  if (!silence_threshold_s) return cut;
  const double threshold_s = *silence_threshold_s;
  const SpokenSegment* first = first_spoken(segments);
  if (first != nullptr && is_anomalous(*first) && first->start_s - window.begin_s > threshold_s) {
    return {0, first->start_s, true};
  }
  double last_end_s = window.last_speech_s;
  for (size_t i = 0; i < segments.size(); ++i) {
    const SpokenSegment& segment = segments[i];
    if (segment.words.empty()) continue;
    const SpokenSegment* next = first_spoken(segments.subspan(i + 1));
    if (is_anomalous(segment) && is_in_silence(segment, next, window, last_end_s, threshold_s)) {
      const bool at_end = window.total_s - segment.end_s < threshold_s;
      const double from_s = std::max(window.begin_s + kStep_s, segment.start_s);
      return {i, at_end ? window.total_s : from_s, false};
    }
    last_end_s = segment.end_s;
  }
  return cut;
}

}  // namespace sotto
