// class LiveSession, made by Engine.createLiveSession(options): push, step, finish, state,
// delete().
#include <emscripten/bind.h>

#include <string>

#include "engine/live_session.h"
#include "js_values.h"
#include "result.h"

namespace sotto {

namespace {

using emscripten::val;

val push(LiveSession& session, val js_samples, int sample_rate_hz) {
  return from_status(session.push(copy_samples(js_samples), sample_rate_hz));
}

val to_js(const LiveSession& session, const Status& status) {
  if (!status.ok()) return failure(status);
  const LiveUpdate& update = session.update();
  val out = val::object();
  out.set("ran", update.ran);
  out.set("confirmed", update.confirmed);
  out.set("tentative", update.tentative);
  out.set("words", words_to_js(update.words));
  out.set("utteranceEnded", update.utterance_ended);
  out.set("speaking", update.speaking);
  out.set("behind", update.behind);
  out.set("stepMs", update.step_ms);
  out.set("lagMs", update.lag_ms);
  out.set("passMs", update.pass_ms);
  out.set("nextMs", update.next_ms);
  return success(out);
}

val step(LiveSession& session, double now_ms) { return to_js(session, session.step(now_ms)); }
val finish(LiveSession& session, double now_ms) { return to_js(session, session.finish(now_ms)); }

val state(const LiveSession& session) {
  const Timings t = session.timings();
  val out = val::object();
  out.set("audioS", session.audio_s());
  out.set("language", session.language());
  out.set("passes", t.windows);
  out.set("tokens", t.tokens);
  out.set("melMs", t.mel_ms);
  out.set("vadMs", t.vad_ms);
  out.set("encodeMs", t.encode_ms);
  out.set("decodeMs", t.decode_ms);
  out.set("totalMs", t.total_ms);
  out.set("peakHeapBytes", static_cast<double>(t.peak_heap_bytes));
  return out;
}

}  // namespace

EMSCRIPTEN_BINDINGS(sotto_live) {
  emscripten::class_<LiveSession>("LiveSession")
      .function("push", &push)
      .function("step", &step)
      .function("finish", &finish)
      .function("state", &state);
}

}  // namespace sotto
