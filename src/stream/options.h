// How live text is confirmed, and when the audio is listened to again.
#pragma once

#include "base/status.h"

namespace sotto {

enum class StreamPolicy {
  kAgreement,  // LocalAgreement-2: two successive hypotheses say it (Liu et al., 2020)
  kAlignAtt,   // the decoder attends to audio that lies far enough back (Papi et al., 2023)
  kBoth,       // two hypotheses say it, and it lies a little back
};

struct StreamOptions {
  StreamPolicy policy = StreamPolicy::kBoth;
  // From the beginning of one pass to that of the next, while somebody speaks; longer by itself
  // where passes take longer.
  double step_ms = 400;
  // Of the time, how much passes may take at most while somebody speaks: the step is lengthened to
  // it. 1: as much as there is.
  double most_share = 0.8;
  // AlignAtt: how far before the newest audio a word must be heard...
  double align_ms = 500;
  // ... and where two hypotheses must say it, too.
  double align_both_ms = 400;
  // Words at the end of a hypothesis that are not confirmed while somebody speaks: the last one may
  // be half a word.
  int held_back_words = 1;
  // A word less probable than this waits for as many hypotheses that say it as `unsure_agreements`,
  // or until it lies `unsure_ms` back. With 0.7 three more of 787 words were wrong, though more of
  // the text before was told, and half of all words were confirmed a tenth of a second sooner.
  float unsure_probability = 0.85f;
  int unsure_agreements = 4;
  double unsure_ms = 1500;

  // Silence behind speech after which it is heard once more, to its end; probable words are then
  // confirmed, except those held back: within a word, too, there may be as much...
  double pause_ms = 200;
  // ... after which all words are confirmed, without another pass, the punctuation mark behind
  // them...
  double settle_ms = 350;
  double mark_ms = 400;
  // ... and after which the utterance is over.
  double utterance_end_ms = 800;
  // Audio before speech was noticed that is heard with it.
  double lead_ms = 300;
  // The audio that is heard at a time: when it is longer than `window_ms`, it is cut behind a
  // confirmed word, such that `kept_ms` are left or a little more; longer than `most_window_ms` it
  // never gets, below the 30 s of the model.
  double window_ms = 10000;
  double kept_ms = 4000;
  double most_window_ms = 24000;
  // Of the confirmed text before the window, as many tokens are told to the decoder: with 32, three
  // errors in a hundred words are gone that short utterances have by themselves.
  int context_tokens = 32;
};

// InvalidArgument with the option's name.
Status validate(const StreamOptions& options);

}  // namespace sotto
