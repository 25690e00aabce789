// A word of a hypothesis: what the model makes of the audio so far.
#pragma once

#include <string>
#include <vector>

namespace sotto {

struct HeardWord {
  std::string text;         // begins with a space where the model wrote one
  std::vector<int> tokens;  // that spell it, at least one
  double start_s = 0;       // from the beginning of the stream
  double end_s = 0;
  float probability = 0;  // mean of its tokens', in [0, 1]
  // How far before the newest audio the attention for its last token peaks, in positions of 20 ms.
  int lag_positions = 0;
};

// Whether two words are the same but for letter case and ASCII punctuation, which the model settles
// only when it has heard more.
bool is_same_word(const std::string& a, const std::string& b);

// Whether there is anything but ASCII punctuation in it.
bool is_spoken(const HeardWord& word);

// How many of `words`, from `first` on, are left when what repeats itself is said once: a run of
// one word four times or of up to eight words three times is the loop into which Whisper falls, not
// speech. Words before `first` count as said and stay. Punctuation takes no part, but for marks
// that stand behind marks: the same one twice, or more than three, is a loop of its own.
size_t length_without_loop(const std::vector<HeardWord>& words, size_t first);

// How many of `words` are left without those for which the audio has no time: where three follow
// each other faster than anybody speaks, the decoder says what it said before, or what may come.
size_t length_with_time(const std::vector<HeardWord>& words);

}  // namespace sotto
