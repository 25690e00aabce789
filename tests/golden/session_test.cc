// The engine from samples to segments against openai-whisper's transcribe() on the JFK clip.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <ctime>
#include <sstream>

#include "engine.h"
#include "golden/reference_model.h"
#include "io/file_io.h"
#include "io/sotto_writer.h"

using namespace sotto;

namespace {

// segments.txt, a line each.
std::vector<Segment> golden_segments() {
  auto lines = test::read_lines(test::golden_path("segments.txt"));
  REQUIRE_MESSAGE(lines.ok(), lines.status().message());
  std::vector<Segment> segments;
  for (const std::string& line : lines.value()) {
    Segment& s = segments.emplace_back();
    std::istringstream fields(line);
    std::string tokens;
    fields >> s.start_s >> s.end_s >> s.avg_logprob >> s.no_speech_prob;
    fields.ignore(1);
    std::getline(fields, s.text, '\t');
    for (int token; fields >> token;) s.tokens.push_back(token);
  }
  REQUIRE(segments.size() == 2);
  return segments;
}

class MemorySink : public ByteSink {
 public:
  Status write_at(uint64_t offset, const void* from, size_t size) override {
    if (bytes.size() < offset + size) bytes.resize(offset + size);
    std::copy_n(static_cast<const uint8_t*>(from), size, bytes.data() + offset);
    return {};
  }
  std::vector<uint8_t> bytes;
};

// The weights as they were published, with the vocabulary that their file lacks.
std::vector<uint8_t> f16_model() {
  auto named = FileSource::open(test::q8_model_path());
  auto source = FileSource::open(test::f32_model_path());
  REQUIRE(named.ok());
  REQUIRE(source.ok());
  auto header = open_model(named.value());
  auto model = open_model(source.value());
  REQUIRE(header.ok());
  REQUIRE(model.ok());
  model->header.vocabulary = std::move(header->header.vocabulary);
  SottoOptions options;
  options.linear = DType::kF16;
  MemorySink sink;
  const Status written = write_sotto(source.value(), model.value(), options, sink);
  REQUIRE_MESSAGE(written.ok(), written.message());
  return std::move(sink.bytes);
}

std::vector<Segment> transcribe(ByteSource& source, Precision precision, int beam_size = 1) {
  EngineOptions options;
  options.precision = precision;
  auto engine = Engine::load(source, options);
  REQUIRE_MESSAGE(engine.ok(), engine.status().message());
  // The reference encodes all of its window.
  SessionOptions whole;
  whole.encoder_window = EncoderWindow::kFull;
  whole.beam_size = beam_size;
  auto session = engine.value()->new_session(whole);
  REQUIRE_MESSAGE(session.ok(), session.status().message());
  int rate_hz = 0;
  auto samples = test::read_wav(test::clip_path(), rate_hz);
  REQUIRE_MESSAGE(samples.ok(), samples.status().message());
  REQUIRE(session.value()->push(samples.value(), rate_hz).ok());
  REQUIRE(session.value()->finish().ok());
  const Status status = session.value()->step(0);
  REQUIRE_MESSAGE(status.ok(), status.message());
  REQUIRE(session.value()->done());
  return session.value()->segments();
}

// Without timestamps, which are compared as times.
std::vector<int> text_tokens(const Segment& segment, int end_of_text) {
  std::vector<int> tokens = segment.tokens;
  std::erase_if(tokens, [end_of_text](int token) { return token >= end_of_text; });
  return tokens;
}

// For the end of the first segment the reference gives 7.74 s a log-probability of -3.457 and
// 7.54 s one of -3.462: int8 cross keys and values decide such ties the other way.
constexpr double kTimeTolerance_s = 0.21;

void check_segments(const std::vector<Segment>& actual, double tolerance) {
  const std::vector<Segment> expected = golden_segments();
  REQUIRE(actual.size() == expected.size());
  const int end_of_text = 50256;
  for (size_t i = 0; i < expected.size(); ++i) {
    MESSAGE("segment " << i << ": " << actual[i].start_s << " to " << actual[i].end_s
                       << " s, log-probability " << actual[i].avg_logprob << " for "
                       << expected[i].avg_logprob << ", no speech " << actual[i].no_speech_prob
                       << " for " << expected[i].no_speech_prob);
    CHECK(actual[i].text == expected[i].text);
    CHECK(text_tokens(actual[i], end_of_text) == text_tokens(expected[i], end_of_text));
    CHECK(std::fabs(actual[i].start_s - expected[i].start_s) <= kTimeTolerance_s);
    CHECK(std::fabs(actual[i].end_s - expected[i].end_s) <= kTimeTolerance_s);
    CHECK(std::fabs(actual[i].avg_logprob - expected[i].avg_logprob) <= tolerance);
    CHECK(std::fabs(actual[i].no_speech_prob - expected[i].no_speech_prob) <= tolerance);
    CHECK(actual[i].temperature == 0.0f);
  }
}

}  // namespace

TEST_CASE("golden f32: from samples to segments, times and probabilities") {
  const std::vector<uint8_t> bytes = f16_model();
  MemorySource source(bytes);
  // After the tie above the timestamps that follow are others, too: 0.007 in the mean.
  check_segments(transcribe(source, Precision::kF32), 0.01);
}

// openai-whisper's transcribe(beam_size=5, temperature=0) on the clip, in f32.
TEST_CASE("golden f32: beams find the text, times and probabilities of the reference's beams") {
  const std::vector<uint8_t> bytes = f16_model();
  MemorySource source(bytes);
  const std::vector<Segment> segments = transcribe(source, Precision::kF32, 5);
  REQUIRE(segments.size() == 2);
  CHECK(segments[0].tokens == std::vector<int>{50363, 843, 523, 11, 616, 5891, 3399, 1265, 407, 644,
                                               534, 1499, 460, 466, 329, 345, 50763});
  CHECK(segments[1].tokens ==
        std::vector<int>{50763, 1265, 644, 345, 460, 466, 329, 534, 1499, 13, 50913});
  // int8 cross keys and values, as in the scores of single steps.
  CHECK(std::fabs(segments[0].avg_logprob + 0.28996) <= 0.005);
  CHECK(std::fabs(segments[0].compression_ratio - 106.0 / 79.0) <= 1e-6);
}

TEST_CASE("golden int8: from samples to the same segments") {
  auto source = FileSource::open(test::q8_model_path());
  REQUIRE_MESSAGE(source.ok(), source.status().message());
  // int8 moves scores by some tenths, and a mean over 26 tokens by less.
  check_segments(transcribe(source.value(), Precision::kQ8), 0.05);
}

TEST_CASE("golden int8: no slice of the work is long, whatever it is in") {
  auto source = FileSource::open(test::q8_model_path());
  REQUIRE_MESSAGE(source.ok(), source.status().message());
  auto engine = Engine::load(source.value(), {});
  REQUIRE_MESSAGE(engine.ok(), engine.status().message());
  auto session = engine.value()->new_session({});
  REQUIRE(session.ok());
  int rate_hz = 0;
  auto samples = test::read_wav(test::clip_path(), rate_hz);
  REQUIRE(samples.ok());
  REQUIRE(session.value()->push(samples.value(), rate_hz).ok());
  REQUIRE(session.value()->finish().ok());
  // Processor time, as others may be at work on this machine.
  std::clock_t longest = 0, total = 0;
  int slices = 0;
  while (!session.value()->done()) {
    const std::clock_t begin = std::clock();
    REQUIRE(session.value()->step(1e-6).ok());
    const std::clock_t took = std::clock() - begin;
    longest = std::max(longest, took);
    total += took;
    REQUIRE(++slices < 10'000);
  }
  const double per_ms = CLOCKS_PER_SEC / 1e3;
  MESSAGE(slices << " slices, the longest " << static_cast<double>(longest) / per_ms << " of "
                 << static_cast<double>(total) / per_ms << " ms");
  // An answer to whoever waits: some hundred slices, and none that is much of the whole (1 % was
  // measured; where the clock is that on the wall, others add to it).
  CHECK(slices > 300);
  CHECK(longest * 10 < total);
}
