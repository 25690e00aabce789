// Times of words in a session, window by window.
#include <algorithm>
#include <cmath>
#include <iterator>
#include <utility>

#include "decode/word_cut.h"
#include "decode/word_times.h"
#include "engine/session_impl.h"
#include "engine/stopwatch.h"
#include "text/word_split.h"

namespace sotto {

namespace {

constexpr double kFramesPerSecond = 100;

}  // namespace

Status Session::Impl::begin_alignment() {
  const Stopwatch watch(timings.decode_ms);
  // The prompt's <|startoftranscript|>, language and task; the aligner forgoes timestamps.
  const std::vector<int>& start = prompt.start;
  std::vector<int> text;
  for (const SegmentCut& part : cut.segments) {
    for (int i = part.first; i < part.end; ++i) {
      if (rules.special.is_text(window.tokens[i])) text.push_back(window.tokens[i]);
    }
  }
  phase = Phase::kAlign;
  return aligner->begin({start, text, window_frames / kFramesPerPosition}, cross_at_hand());
}

Result<bool> Session::Impl::align(const Deadline& deadline) {
  SOTTO_ASSIGN(const bool finished, aligner->run(deadline, options.trace ? &trace : nullptr));
  if (!finished) return true;
  std::vector<Segment> said = cut_segments();
  if (add_words(said)) {
    finish_window(std::move(said));
  } else {
    leave_window(cut.advance_frames);
  }
  return true;
}

bool Session::Impl::add_words(std::vector<Segment>& said) {
  // Words do not go beyond their segment, so that they spell its text.
  std::vector<WordTokens> split;
  std::vector<size_t> ends;
  std::vector<SpokenSegment> spoken;
  for (const Segment& segment : said) {
    std::vector<int> text = segment.tokens;
    std::erase_if(text, [&](int token) { return !rules.special.is_text(token); });
    std::ranges::move(split_words(engine.tokenizer, text, is_spaceless(language_code)),
                      std::back_inserter(split));
    ends.push_back(split.size());
    spoken.push_back({segment.start_s, segment.end_s, static_cast<int>(text.size()), {}});
  }
  std::vector<AlignedWord> words = time_words(split, aligner->result());
  const WordDurations durations = measure_words(words);
  shorten_at_sentence_ends(words, durations);
  size_t first = 0;
  for (size_t end : ends) {
    end = std::min(end, words.size());
    merge_punctuations(std::span(words).subspan(first, end - first), options.prepend_punctuations,
                       options.append_punctuations);
    first = end;
  }
  const double begin_s = static_cast<double>(seek_frames) / kFramesPerSecond;
  place_words(words, durations, begin_s, last_speech_s, spoken);

  SpokenWindow heard;
  heard.begin_s = begin_s;
  heard.audio_end_s = begin_s + window_frames / kFramesPerSecond;
  heard.total_s =
      audio.finished() ? static_cast<double>(audio_frames()) / kFramesPerSecond : INFINITY;
  heard.last_speech_s = last_speech_s;
  heard.next_s = begin_s + cut.advance_frames / kFramesPerSecond;
  heard.lone_ending = cut.lone_ending;
  const WordCut kept = batch ? WordCut{said.size(), heard.next_s}
                             : cut_by_words(spoken, heard, options.hallucination_silence_threshold);
  const int64_t next_frames = std::llround(kept.next_s * kFramesPerSecond);
  // Every window goes on by something.
  cut.advance_frames = static_cast<int>(std::max<int64_t>(next_frames - seek_frames, 1));
  if (kept.again) return false;
  said.resize(kept.kept);
  for (size_t i = 0; i < said.size(); ++i) {
    said[i].start_s = spoken[i].start_s;
    said[i].end_s = spoken[i].end_s;
    said[i].words = spoken[i].words;
  }
  if (!said.empty()) last_speech_s = spoken_end_s(std::span(spoken).first(said.size()));
  return true;
}

}  // namespace sotto
