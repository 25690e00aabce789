// When to listen, to what, and which words are certain: live text as a pure state machine. It knows
// neither audio nor model; all times come from its caller.
//
//   policy.hear_audio(...); policy.hear_voice(...);
//   const StreamAction action = policy.next(now_ms);
//   if (action.kind == StreamAction::Kind::kDecode) {
//     policy.take(action, hypothesis, now_ms, pass_ms);
//   }
//   for (HeardWord& word : policy.take_confirmed()) ...
//
// Confirmed words are never taken back. Sources: Liu et al., Low-Latency Sequence-to-Sequence
// Speech Recognition and Translation by Partial Hypothesis Selection (2020), for LocalAgreement-2;
// Papi et al., AlignAtt (2023); Macháček et al., Turning Whisper into Real-Time Transcription
// System (2023), for the window that is cut behind confirmed text.
#pragma once

#include <span>
#include <utility>
#include <vector>

#include "stream/heard_word.h"
#include "stream/options.h"

namespace sotto {

// What to do now.
struct StreamAction {
  enum class Kind {
    kWait,    // nothing before until_ms, unless audio or voice changes that
    kDecode,  // hear [from_s, to_s), the text of which begins with prefix()
  };
  Kind kind = Kind::kWait;
  double until_ms = 0;  // of the caller's clock
  double from_s = 0;    // from the beginning of the stream
  double to_s = 0;
  // The speaker pauses or has ended: probable words are confirmed.
  bool pause = false;
  // The window is full: all that was said is confirmed.
  bool full = false;
};

class LivePolicy {
 public:
  // `options` must be valid.
  explicit LivePolicy(const StreamOptions& options)
      : options_(options), step_ms_(options.step_ms) {}

  // Audio is there up to this time of the stream; never falls.
  void hear_audio(double until_s) { audio_s_ = until_s; }
  // Somebody spoke in [from_s, to_s) of the newest audio.
  void hear_voice(double from_s, double to_s);
  // There is no more audio.
  void finish() { finished_ = true; }

  // What is due at this time of the caller's clock. Confirms marks and ends the utterance where
  // that is due.
  StreamAction next(double now_ms);
  // The hypothesis of the pass that `action` asked for, behind prefix(). The pass began at
  // `began_ms` and took `pass_ms`.
  void take(const StreamAction& action, std::vector<HeardWord> hypothesis, double began_ms,
            double pass_ms);

  // Words that became certain since the last call. Punctuation is a word by itself.
  std::vector<HeardWord> take_confirmed() { return std::exchange(confirmed_, {}); }
  // True once for each utterance that has ended, when all of it is confirmed.
  bool take_utterance_end() { return std::exchange(ended_, false); }

  // Tokens of the window that are certain: the text that the decoder is to begin with.
  std::span<const int> prefix() const { return prefix_; }
  // Confirmed text before the window, for the decoder to go on from: its last context_tokens.
  std::span<const int> context() const { return context_; }
  // What the last hypothesis says behind the confirmed words.
  const std::vector<HeardWord>& tentative() const { return tentative_; }
  // Where the last confirmed word ends, in seconds of the stream.
  double confirmed_s() const { return confirmed_s_; }
  // When the next pass is due while somebody speaks, by the caller's clock.
  double due_ms() const { return due_ms_; }
  // Up to where what was said is confirmed, silence included, in seconds of the stream.
  double covered_s() const;
  // Audio before this time is not asked for again.
  double needed_from_s() const;
  bool speaking() const { return open_ && !in_pause(); }
  // Passes take so long that the step is longer than was asked for.
  bool behind() const { return step_ms_ > options_.step_ms; }
  double step_ms() const { return step_ms_; }

 private:
  // A confirmed word that is still in the window.
  struct Kept {
    double start_s = 0;
    double end_s = 0;
    int tokens = 0;
    bool is_spoken = false;
    bool ends_sentence = false;
  };

  double silence_s() const { return audio_s_ - voice_end_s_; }
  bool in_pause() const { return is_silent_for(options_.pause_ms); }
  // True at the end of the stream, too.
  bool is_silent_for(double ms) const { return finished_ || silence_s() * 1e3 >= ms; }
  // The pass of this pause has been.
  bool is_heard() const { return paused_s_ >= voice_end_s_; }
  void compare(const std::vector<HeardWord>& words);
  size_t count_certain(const StreamAction& action) const;
  bool is_certain(size_t word, const StreamAction& action) const;
  size_t count_spoken() const;
  void confirm(size_t count);
  void cut_window(double to_s);
  void forget(size_t count);
  void forget_context();
  void set_pace(double began_ms, double pass_ms);
  void close();

  StreamOptions options_;
  double audio_s_ = 0;
  bool finished_ = false;

  bool open_ = false;         // an utterance goes on
  bool said_ = false;         // a word of it is confirmed
  double voice_begin_s_ = 0;  // where its voice began
  bool ended_ = false;        // one has ended, and nobody was told
  double from_s_ = 0;         // where the window begins
  double voice_end_s_ = 0;    // where the last voice ended
  double paused_s_ = -1;      // up to where all of the voice was heard in a pause
  double heard_s_ = 0;        // up to where the last pass listened

  std::vector<HeardWord> confirmed_;  // and not yet taken
  std::vector<HeardWord> tentative_;
  std::vector<int> agreements_;    // hypotheses in a row that said each of them
  std::vector<HeardWord> recent_;  // confirmed last in this utterance, to notice loops
  std::vector<Kept> kept_;
  std::vector<int> prefix_;   // the tokens of kept_
  std::vector<int> context_;  // confirmed tokens before them
  double confirmed_s_ = 0;    // where the last confirmed word ends
  double said_until_s_ = 0;   // likewise, without the pause that belongs to a mark

  double step_ms_;
  double due_ms_ = 0;
  double mean_pass_ms_ = 0;
};

}  // namespace sotto
