// From the times of tokens to the words of segments. Source: openai-whisper, timing.py,
// merge_punctuations and add_word_timestamps.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "decode/word.h"
#include "decode/word_align.h"
#include "text/word_split.h"

namespace sotto {

// A word and how many tokens of the text it takes; merged into another it has neither.
struct AlignedWord {
  Word word;
  int tokens = 0;
};

// How long words of this window are said.
struct WordDurations {
  double median_s = 0;
  double longest_s = 0;  // beyond which a word is taken to hold a pause
};

// Words with their times in the window. Those without times, at the end of a text that the context
// had no room for, are left out.
std::vector<AlignedWord> time_words(std::span<const WordTokens> words, const TokenTimes& times);

WordDurations measure_words(std::span<const AlignedWord> words);

// Shortens words beyond the longest where a sentence ends: its mark from behind, what follows it
// from the front.
void shorten_at_sentence_ends(std::vector<AlignedWord>& words, const WordDurations& durations);

// Joins punctuation with its words, which are those of one segment.
void merge_punctuations(std::span<AlignedWord> words, std::string_view prepended,
                        std::string_view appended);

// A segment as its timestamps tell it, and its words.
struct SpokenSegment {
  double start_s = 0;
  double end_s = 0;
  int text_tokens = 0;
  std::vector<Word> words;
};

// Gives the words of a window that begins at offset_s to its segments, in their order, in times of
// the audio; shortens words that are too long at the ends of segments; and lets segments begin and
// end with their words, but where a word reaches half a second beyond its segment. `last_speech_s`
// is where the speech before ended.
void place_words(std::span<const AlignedWord> words, const WordDurations& durations,
                 double offset_s, double last_speech_s, std::span<SpokenSegment> segments);

}  // namespace sotto
