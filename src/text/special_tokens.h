// Whisper's special tokens, which follow from the size of the vocabulary alone (openai-whisper's
// tokenizer.py: end of text, start of transcript, languages, tasks, prompts, timestamps).
#pragma once

namespace sotto {

struct SpecialTokens {
  bool multilingual = false;
  int language_count = 0;  // 99, or 100 since large-v3
  int end_of_text = 0;     // <|endoftext|>, also the number of ordinary tokens
  int sot = 0;             // <|startoftranscript|>
  int first_language = 0;  // <|en|>; languages follow in the order of text/languages.h
  int translate = 0;
  int transcribe = 0;
  int sot_lm = 0;           // <|startoflm|>
  int sot_prev = 0;         // <|startofprev|>, opens the prompt
  int no_speech = 0;        // <|nospeech|>
  int no_timestamps = 0;    // <|notimestamps|>
  int timestamp_begin = 0;  // <|0.00|>; the next 1500 are 0.02 s apart
  int n_vocab = 0;

  bool is_timestamp(int token) const { return token >= timestamp_begin; }
  bool is_text(int token) const { return token < end_of_text; }
  // Seconds that a timestamp token stands for.
  float timestamp_s(int token) const { return 0.02f * static_cast<float>(token - timestamp_begin); }
};

// From n_vocab: below 51865 English-only, then multilingual with n_vocab - 51766 languages.
SpecialTokens special_tokens(int n_vocab);

}  // namespace sotto
