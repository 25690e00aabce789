#include "text/special_tokens.h"

#include <doctest/doctest.h>

#include "text/languages.h"

using sotto::special_tokens;
using sotto::SpecialTokens;

// The figures are openai-whisper's (tokenizer.get_tokenizer).
TEST_CASE("special tokens of the English-only vocabulary") {
  const SpecialTokens t = special_tokens(51864);
  CHECK(!t.multilingual);
  CHECK(t.language_count == 99);
  CHECK(t.end_of_text == 50256);
  CHECK(t.sot == 50257);
  CHECK(t.first_language == 50258);
  CHECK(t.translate == 50357);
  CHECK(t.transcribe == 50358);
  CHECK(t.sot_lm == 50359);
  CHECK(t.sot_prev == 50360);
  CHECK(t.no_speech == 50361);
  CHECK(t.no_timestamps == 50362);
  CHECK(t.timestamp_begin == 50363);
  CHECK(t.n_vocab == 51864);
}

TEST_CASE("special tokens of the multilingual vocabulary") {
  const SpecialTokens t = special_tokens(51865);
  CHECK(t.multilingual);
  CHECK(t.language_count == 99);
  CHECK(t.end_of_text == 50257);
  CHECK(t.sot == 50258);
  CHECK(t.first_language == 50259);
  CHECK(t.translate == 50358);
  CHECK(t.transcribe == 50359);
  CHECK(t.sot_lm == 50360);
  CHECK(t.sot_prev == 50361);
  CHECK(t.no_speech == 50362);
  CHECK(t.no_timestamps == 50363);
  CHECK(t.timestamp_begin == 50364);
}

TEST_CASE("special tokens of large-v3: one more language moves what follows it") {
  const SpecialTokens t = special_tokens(51866);
  CHECK(t.multilingual);
  CHECK(t.language_count == 100);
  CHECK(t.end_of_text == 50257);
  CHECK(t.sot == 50258);
  CHECK(t.first_language + sotto::find_language("cantonese") == 50358);
  CHECK(t.translate == 50359);
  CHECK(t.transcribe == 50360);
  CHECK(t.sot_lm == 50361);
  CHECK(t.sot_prev == 50362);
  CHECK(t.no_speech == 50363);
  CHECK(t.no_timestamps == 50364);
  CHECK(t.timestamp_begin == 50365);
}

TEST_CASE("timestamps are 0.02 s apart and end with the vocabulary at 30 s") {
  for (const int n_vocab : {51864, 51865, 51866}) {
    const SpecialTokens t = special_tokens(n_vocab);
    CHECK(t.timestamp_s(t.timestamp_begin) == 0.0f);
    CHECK(t.timestamp_s(t.timestamp_begin + 54) == doctest::Approx(1.08));
    CHECK(t.timestamp_s(n_vocab - 1) == doctest::Approx(30.0));
    CHECK(t.is_timestamp(t.timestamp_begin));
    CHECK(!t.is_timestamp(t.no_timestamps));
    CHECK(t.is_text(t.end_of_text - 1));
    CHECK(!t.is_text(t.end_of_text));
  }
}
