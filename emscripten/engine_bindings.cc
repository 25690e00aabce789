// class Engine: load(source, options), loadVad(source), info(), newSession(options),
// createLiveSession(options), delete().
#include <emscripten/bind.h>

#include <memory>
#include <string>
#include <utility>

#include "engine.h"
#include "engine/live_session.h"
#include "js_source.h"
#include "live_options.h"
#include "result.h"
#include "session_options.h"

namespace sotto {

namespace {

using emscripten::val;

const char* precision_name(Precision precision) {
  return precision == Precision::kF32 ? "f32" : "q8";
}

val load_engine(val js_source, val js_options) {
  JsSource source(std::move(js_source));
  EngineOptions options;
  const val precision = js_options["precision"];
  if (precision.isString() && precision.as<std::string>() == "f32") {
    options.precision = Precision::kF32;
  }
  const val threads = js_options["threads"];
  if (threads.isNumber()) options.threads = threads.as<int>();
  const val on_progress = js_options["onProgress"];
  if (!on_progress.isUndefined()) {
    options.on_progress = [on_progress](double fraction) {
      return on_progress(fraction).as<bool>();
    };
  }
  Result<std::unique_ptr<Engine>> engine = Engine::load(source, options);
  if (!engine.ok()) return failure(engine.status());
  // JavaScript owns the handle from here on and frees it with delete().
  return success(val(std::move(engine.value())));
}

val engine_info(const Engine& engine) {
  const ModelInfo& info = engine.info();
  val out = val::object();
  out.set("nMels", info.hp.n_mels);
  out.set("nAudioCtx", info.hp.n_audio_ctx);
  out.set("nAudioState", info.hp.n_audio_state);
  out.set("nAudioHead", info.hp.n_audio_head);
  out.set("nAudioLayer", info.hp.n_audio_layer);
  out.set("nVocab", info.hp.n_vocab);
  out.set("nTextCtx", info.hp.n_text_ctx);
  out.set("nTextState", info.hp.n_text_state);
  out.set("nTextHead", info.hp.n_text_head);
  out.set("nTextLayer", info.hp.n_text_layer);
  out.set("multilingual", info.multilingual);
  out.set("precision", std::string(precision_name(info.precision)));
  out.set("weightsBytes", static_cast<double>(info.weights_bytes));
  return out;
}

val load_vad(Engine& engine, val js_source) {
  JsSource source(std::move(js_source));
  return from_status(engine.load_vad(source));
}

val new_session(Engine& engine, val js_options) {
  Result<std::unique_ptr<Session>> session = engine.new_session(parse_session_options(js_options));
  if (!session.ok()) return failure(session.status());
  return success(val(std::move(session.value())));
}

val create_live_session(Engine& engine, val js_options) {
  Result<std::unique_ptr<LiveSession>> session =
      engine.new_live_session(parse_live_options(js_options));
  if (!session.ok()) return failure(session.status());
  return success(val(std::move(session.value())));
}

}  // namespace

EMSCRIPTEN_BINDINGS(sotto_engine) {
  emscripten::class_<Engine>("Engine")
      .class_function("load", &load_engine)
      .function("info", &engine_info)
      .function("threads", &Engine::threads)
      .function("loadVad", &load_vad)
      .function("newSession", &new_session)
      .function("createLiveSession", &create_live_session);
}

}  // namespace sotto
