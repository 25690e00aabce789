// The public C++ interface: an Engine holds a model, a Session turns one audio stream into text.
//
//   SOTTO_ASSIGN(auto engine, Engine::load(source, {}));
//   SOTTO_ASSIGN(auto session, engine->new_session({}));
//   SOTTO_TRY(session->push(samples, 16000));
//   SOTTO_TRY(session->finish());
//   while (!session->done()) SOTTO_TRY(session->step(50));
//   use(session->segments());
//
// Work is done in slices by step(), so that a caller on one thread can stop it, show progress or
// answer events between two slices.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/status.h"
#include "base/trace.h"
#include "decode/language_vote.h"
#include "decode/word.h"
#include "io/byte_reader.h"
#include "io/model_file.h"
#include "model/position_fold.h"
#include "quant/kquants.h"
#include "text/tokenizer.h"
#include "vad/speech_segments.h"

namespace sotto {

// How the weights of linear layers are held.
enum class Precision {
  kQ8,   // int8, one scale per output
  kF32,  // as reference, or what the file's int8 stands for: four times the memory
};

struct EngineOptions {
  // How the weights of linear layers are held in memory.
  Precision precision = Precision::kQ8;
  // How the encoder's attention is computed where linear layers are int8: int8 too, or f32, which
  // is no nearer to the reference and takes three times as long (docs/performance.md).
  Precision attention = Precision::kQ8;
  // How many threads compute, the caller of Session::step() among them; results do not depend on
  // it. Builds without threads use one, whatever is asked for.
  int threads = 1;
  // Which layers of the decoder are kept as a ggml file has them, where `precision` is kQ8: its own
  // numbers without a second rounding, in little more memory than they take there.
  KeepPacked keep_packed = KeepPacked::kKQuants;
  // Called while weights load with the fraction done in [0, 1]; returning false cancels.
  std::function<bool(double fraction)> on_progress = nullptr;
};

enum class Task { kTranscribe, kTranslate };
enum class Timestamps { kNone, kSegment, kWord };
// What of a window of 30 s the encoder computes.
enum class EncoderWindow {
  kAuto,  // the audio, and the padding behind it folded (model/position_fold.h)
  kFull,  // all of it, as openai-whisper does
};

// What is done about audio in which nobody speaks; needs Engine::load_vad().
enum class Vad {
  kAuto,  // it gives no text, and the rest gives what it gives without; kOff without load_vad()
  kOff,   // it is left to the model, which invents text where it hears music or noise
  kOn,    // it is left out, so that the model hears speech alone (`vad_filter`)
};

// Stands for the model's own list in SessionOptions::suppress_tokens.
inline constexpr int kNonSpeechTokens = -1;

// Names and defaults are faster-whisper's, and openai-whisper's where it has them, but for
// beam_size, which is 5 in faster-whisper.
struct SessionOptions {
  // Language of the audio by code or name; "auto" to detect it. Models for English know "en" only.
  std::string language = "auto";
  // Detecting: listen to one window of 30 s after another until a language is more probable than
  // this...
  float language_detection_threshold = 0.5f;
  // ... to as many at most, and then take the one that led in most of them.
  int language_detection_segments = 1;
  Task task = Task::kTranscribe;
  // kNone decodes each 30 s window as one segment (`without_timestamps`); kWord gives segments
  // their words with times (`word_timestamps`), by another pass over the text and some MB of
  // memory.
  Timestamps timestamps = Timestamps::kSegment;
  // With words: punctuation that goes to the word after it, and to the one before it.
  std::string prepend_punctuations{kPrependPunctuations};
  std::string append_punctuations{kAppendPunctuations};
  // With words: silence of more seconds than this beside a segment whose words are improbable, very
  // short or very long is skipped, and the segment with it (`hallucination_silence_threshold`).
  std::optional<float> hallucination_silence_threshold;

  // Text that came before, to set names and style.
  std::string initial_prompt;
  // What the text of the first window begins with.
  std::string prefix;
  // Words that are likely to be said, told before every window.
  std::string hotwords;
  // Tell each window the text of those before it...
  bool condition_on_previous_text = true;
  // ... unless one of them was decoded above this temperature.
  float prompt_reset_on_temperature = 0.5f;

  // Texts that are followed at temperature 0: 1 is greedy search; at most 32.
  int beam_size = 1;
  // With beams: wait for beam_size * patience texts to end.
  float patience = 1.0f;
  // Texts that are drawn above temperature 0, 1 to 32.
  int best_of = 5;
  // Texts are ranked by their log-probability divided by their length, or with a penalty from 0 to
  // 1 by ((5 + length) / 6)^penalty, as openai-whisper does.
  std::optional<float> length_penalty;
  // Tried one after another until a text is neither repetitive nor improbable.
  std::vector<float> temperatures = {0.0f, 0.2f, 0.4f, 0.6f, 0.8f, 1.0f};
  // Text is repetitive where zlib compresses it by more than this.
  float compression_ratio_threshold = 2.4f;
  // Text is improbable where its mean log-probability is below this...
  float log_prob_threshold = -1.0f;
  // ... and then taken as silence where <|nospeech|> is more probable than this.
  float no_speech_threshold = 0.6f;
  // Where the random numbers of temperatures above 0 begin.
  uint64_t seed = 0;

  // Above 1, tokens that were said in this window are less probable.
  float repetition_penalty = 1.0f;
  // As many tokens in a row are not said twice in a window; 0 for no such rule.
  int no_repeat_ngram_size = 0;
  // Tokens that are never said; kNonSpeechTokens for those of the model.
  std::vector<int> suppress_tokens = {kNonSpeechTokens};
  // Never begin a window with a blank or the end.
  bool suppress_blank = true;
  // The first timestamp of a window is at most this late, in seconds (`max_initial_timestamp`).
  float max_initial_timestamp_s = 1.0f;
  // Tokens decoded per window at most; 0 means half the text context.
  int max_new_tokens = 0;

  // Windows that are decoded together (`batch_size` of BatchedInferencePipeline), 1 to 32. Above 1
  // they are not told the text before them, whatever condition_on_previous_text says; the audio is
  // cut into them where nobody speaks, as by kOn, or without load_vad(), with kOff or with clips
  // where it is quietest; and each takes memory: some MB, more for larger models.
  int batch_size = 1;

  // Where to listen: start, end, start, end in seconds, in their order; the last end may be left
  // out. Windows do not go beyond. Everywhere, where empty; only then can silence be left out.
  std::vector<double> clip_timestamps;
  // What is done about silence, and where kOn cuts.
  Vad vad = Vad::kAuto;
  VadOptions vad_options;

  // What of a window is encoded, and how padding is folded where it is kAuto.
  EncoderWindow encoder_window = EncoderWindow::kAuto;
  FoldOptions fold;
  // Keep the spans of every stage for trace().
  bool trace = false;
};

struct Segment {
  int id = 0;
  // Where the window began in which it was heard, in frames of 10 ms without the silence that was
  // left out (`seek`).
  int64_t seek_frames = 0;
  double start_s = 0;
  double end_s = 0;
  std::string text;
  std::vector<int> tokens;      // without specials but with timestamps
  float avg_logprob = 0;        // mean over the window's tokens, as openai-whisper reports it
  float no_speech_prob = 0;     // of the window
  float temperature = 0;        // that the window's text was decoded at
  float compression_ratio = 0;  // of the window's text
  std::vector<Word> words;      // empty where their times were not asked for
};

// Milliseconds spent and work counted, by stage.
struct Timings {
  double load_ms = 0;    // reading and packing the model (the engine's)
  double mel_ms = 0;     // resampling and log-mel
  double vad_ms = 0;     // listening for speech
  double encode_ms = 0;  // convolutions and encoder layers
  double decode_ms = 0;  // cross-attention keys and values, prompt and tokens
  double total_ms = 0;   // all steps
  double audio_ms = 0;   // length of the audio consumed
  int windows = 0;       // 30 s windows encoded, but for more than one heard for its language
  int tokens = 0;        // tokens decoded, those of texts that were given up left out
  uint64_t peak_heap_bytes = 0;
};

// What the model is.
struct ModelInfo {
  Hyperparameters hp;
  bool multilingual = false;
  Precision precision = Precision::kQ8;
  uint64_t weights_bytes = 0;  // as held in memory
};

class LiveSession;
struct LiveOptions;
class Session;

// Immutable after loading. Sessions borrow the engine: it must outlive them.
class Engine {
 public:
  // Reads a model of any known format. Errors: those of open_model, and Cancelled.
  static Result<std::unique_ptr<Engine>> load(ByteSource& source, const EngineOptions& options);
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  const ModelInfo& info() const;
  const Tokenizer& tokenizer() const;
  // How many threads compute, the caller's among them.
  int threads() const;
  // Reads Silero VAD's weights (vad/silero.h), for sessions that are made afterwards. BadState
  // where there are some already.
  Status load_vad(ByteSource& source);
  // InvalidArgument names the option, what it may be and what it was.
  Result<std::unique_ptr<Session>> new_session(const SessionOptions& options);
  // Likewise, for live text (engine/live_session.h).
  Result<std::unique_ptr<LiveSession>> new_live_session(const LiveOptions& options);

 private:
  friend class LiveSession;
  friend class Session;
  struct Impl;
  Engine();
  std::unique_ptr<Impl> impl_;
};

// One stream of audio. Not thread-safe. A session that failed gives its error again; the engine
// and its other sessions are not touched by that.
class Session {
 public:
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  // Adds mono samples in [-1, 1]; non-finite ones count as silence. The rate must stay the same
  // within a session (InvalidArgument). BadState after finish().
  Status push(std::span<const float> samples, int sample_rate_hz);
  // The audio is complete.
  Status finish();

  // Works for about budget_ms, or to the end of what is there where it is 0. Pausing is possible
  // after every block of rows and every token, which are far below 100 ms each for small models.
  Status step(double budget_ms);
  // Everything pushed is transcribed and finish() was called, or the last clip is transcribed.
  bool done() const;
  // True when more audio must be pushed (or finish() called) before step() can go on. Audio that
  // was consumed is freed, so that pushing only when asked keeps memory constant.
  bool wants_audio() const;

  // Segments so far; grows at its end.
  const std::vector<Segment>& segments() const;
  // Text of the window being decoded, not final, always valid UTF-8.
  std::string partial_text() const;
  // Seconds of audio whose transcript is final, and how much of the window at hand is done [0, 1].
  double position_s() const;
  double window_progress() const;
  // Language code of the transcript; empty where it is not detected yet, or there was no audio.
  const std::string& language() const;
  // How probable it is; 1 where it was given.
  float language_probability() const;
  // Of all languages, the most probable first, in the last window that was heard to detect it;
  // empty where it was given.
  const std::vector<LanguageProbability>& language_probabilities() const;
  Timings timings() const;
  // Chrome trace JSON; empty object where options.trace was off.
  std::string trace_json() const;

 private:
  friend class Engine;
  struct Impl;
  Session();
  std::unique_ptr<Impl> impl_;
};

// Bytes of heap at its largest: the WebAssembly memory, or the process's peak resident set.
uint64_t peak_heap_bytes();

}  // namespace sotto
