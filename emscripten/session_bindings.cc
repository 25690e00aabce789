// class Session: push, finish, step, state, segments, language, languageProbability, languages,
// timings, trace, delete().
#include <emscripten/bind.h>

#include <string>
#include <vector>

#include "engine.h"
#include "js_values.h"
#include "result.h"

namespace sotto {

namespace {

using emscripten::val;

val push(Session& session, val js_samples, int sample_rate_hz) {
  return from_status(session.push(copy_samples(js_samples), sample_rate_hz));
}

val finish(Session& session) { return from_status(session.finish()); }
val step(Session& session, double budget_ms) { return from_status(session.step(budget_ms)); }

val state(const Session& session) {
  val out = val::object();
  out.set("done", session.done());
  out.set("wantsAudio", session.wants_audio());
  out.set("positionS", session.position_s());
  out.set("windowProgress", session.window_progress());
  out.set("segmentCount", static_cast<double>(session.segments().size()));
  out.set("partialText", session.partial_text());
  return out;
}

val to_js(const Segment& segment) {
  val tokens = val::array();
  for (size_t i = 0; i < segment.tokens.size(); ++i) tokens.set(i, segment.tokens[i]);
  val out = val::object();
  out.set("id", segment.id);
  out.set("seek", static_cast<double>(segment.seek_frames));
  out.set("start", segment.start_s);
  out.set("end", segment.end_s);
  out.set("text", segment.text);
  out.set("tokens", tokens);
  out.set("avgLogProb", segment.avg_logprob);
  out.set("noSpeechProb", segment.no_speech_prob);
  out.set("temperature", segment.temperature);
  out.set("compressionRatio", segment.compression_ratio);
  out.set("words", words_to_js(segment.words));
  return out;
}

val segments(const Session& session, size_t from) {
  val out = val::array();
  const std::vector<Segment>& all = session.segments();
  for (size_t i = from; i < all.size(); ++i) out.set(i - from, to_js(all[i]));
  return out;
}

// Codes and probabilities, the most probable first.
val languages(const Session& session) {
  val out = val::array();
  for (const LanguageProbability& one : session.language_probabilities()) {
    val pair = val::array();
    pair.set(0, std::string(one.code));
    pair.set(1, one.probability);
    out.call<void>("push", pair);
  }
  return out;
}

val timings(const Session& session) {
  const Timings t = session.timings();
  val out = val::object();
  out.set("load_ms", t.load_ms);
  out.set("mel_ms", t.mel_ms);
  out.set("vad_ms", t.vad_ms);
  out.set("encode_ms", t.encode_ms);
  out.set("decode_ms", t.decode_ms);
  out.set("total_ms", t.total_ms);
  out.set("audio_ms", t.audio_ms);
  out.set("windows", t.windows);
  out.set("tokens", t.tokens);
  out.set("peak_heap_bytes", static_cast<double>(t.peak_heap_bytes));
  return out;
}

}  // namespace

EMSCRIPTEN_BINDINGS(sotto_session) {
  emscripten::class_<Session>("Session")
      .function("push", &push)
      .function("finish", &finish)
      .function("step", &step)
      .function("state", &state)
      .function("segments", &segments)
      .function("language", &Session::language)
      .function("languageProbability", &Session::language_probability)
      .function("languages", &languages)
      .function("timings", &timings)
      .function("trace", &Session::trace_json);
}

}  // namespace sotto
