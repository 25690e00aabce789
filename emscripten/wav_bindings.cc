// class WavStream: open(source), info(), read(maxSamples), delete().
#include <emscripten/bind.h>

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "io/wav.h"
#include "js_source.h"
#include "result.h"

namespace sotto {

namespace {

using emscripten::val;

// A reader together with the source that it borrows.
struct WavStream {
  std::unique_ptr<JsSource> source;
  WavReader reader;
};

val open_wav(val js_source) {
  auto source = std::make_unique<JsSource>(std::move(js_source));
  Result<WavReader> reader = WavReader::open(*source);
  if (!reader.ok()) return failure(reader.status());
  return success(
      val(std::unique_ptr<WavStream>(new WavStream{std::move(source), std::move(reader.value())})));
}

val wav_info(const WavStream& stream) {
  const WavInfo& info = stream.reader.info();
  val out = val::object();
  out.set("sampleRateHz", info.sample_rate_hz);
  out.set("channels", info.channels);
  out.set("bitsPerSample", info.bits_per_sample);
  out.set("isFloat", info.is_float);
  out.set("frames", static_cast<double>(info.frames));
  return out;
}

val read_wav(WavStream& stream, size_t max_samples) {
  // A minute at 48 kHz: what a caller asks for is not what is allocated without bound.
  constexpr size_t kMostSamples = 60 * 48000;
  std::vector<float> samples(std::min(max_samples, kMostSamples));
  Result<size_t> count = stream.reader.read(samples);
  if (!count.ok()) return failure(count.status());
  const val view(emscripten::typed_memory_view(count.value(), samples.data()));
  return success(view.call<val>("slice"));
}

}  // namespace

EMSCRIPTEN_BINDINGS(sotto_wav) {
  emscripten::class_<WavStream>("WavStream")
      .class_function("open", &open_wav)
      .function("info", &wav_info)
      .function("read", &read_wav);
}

}  // namespace sotto
