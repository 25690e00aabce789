#include "text/special_tokens.h"

namespace sotto {
namespace {

// openai-whisper's tokenizer.get_encoding appends, in this order: end of text, start of
// transcript, the languages, six more specials, and 1501 timestamps (0.00 to 30.00 s).
constexpr int kTimestamps = 1501;
constexpr int kSpecialsAfterLanguages = 6;
constexpr int kSpecialsBeforeLanguages = 2;
// The English-only vocabulary carries the 99 language tokens of its time, unused.
constexpr int kEnglishOnlyLanguages = 99;
// ModelDimensions: multilingual vocabularies have at least this size, and one more token for
// each language beyond 99 (openai-whisper's model.num_languages).
constexpr int kSmallestMultilingual = 51865;

}  // namespace

SpecialTokens special_tokens(int n_vocab) {
  SpecialTokens t;
  t.n_vocab = n_vocab;
  t.multilingual = n_vocab >= kSmallestMultilingual;
  t.language_count = t.multilingual ? n_vocab - kSmallestMultilingual + kEnglishOnlyLanguages
                                    : kEnglishOnlyLanguages;
  t.timestamp_begin = n_vocab - kTimestamps;
  t.no_timestamps = t.timestamp_begin - 1;
  t.no_speech = t.timestamp_begin - 2;
  t.sot_prev = t.timestamp_begin - 3;
  t.sot_lm = t.timestamp_begin - 4;
  t.transcribe = t.timestamp_begin - 5;
  t.translate = t.timestamp_begin - kSpecialsAfterLanguages;
  t.first_language = t.translate - t.language_count;
  t.sot = t.first_language - 1;
  t.end_of_text = t.first_language - kSpecialsBeforeLanguages;
  return t;
}

}  // namespace sotto
