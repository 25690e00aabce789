// Times of words against openai-whisper's, on the JFK clip.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <ctime>
#include <sstream>

#include "decode/word_times.h"
#include "engine.h"
#include "engine/alignment_heads.h"
#include "golden/reference_model.h"
#include "io/file_io.h"

using namespace sotto;

namespace {

// A boundary is to be at most two positions of 20 ms from the reference's, half
// of them at most one. Times are in hundredths.
constexpr double kFarthest_s = 0.04 + 1e-6;
constexpr double kMedian_s = 0.02 + 1e-6;
// int8 moves probabilities by some hundredths.
constexpr float kProbability = 0.06f;
constexpr int kClip_frames = 1100;

std::vector<Word> golden_words() {
  auto lines = test::read_lines(test::golden_path("words.txt"));
  REQUIRE_MESSAGE(lines.ok(), lines.status().message());
  std::vector<Word> words;
  for (const std::string& line : lines.value()) {
    Word& word = words.emplace_back();
    std::istringstream fields(line);
    int segment = 0;
    fields >> segment >> word.start_s >> word.end_s >> word.probability;
    fields.ignore(1);
    std::getline(fields, word.word);
  }
  REQUIRE(words.size() == 22);
  return words;
}

void check_words(const std::vector<Word>& actual) {
  const std::vector<Word> expected = golden_words();
  REQUIRE(actual.size() == expected.size());
  std::vector<double> distances_s;
  for (size_t i = 0; i < expected.size(); ++i) {
    CAPTURE(expected[i].word);
    CHECK(actual[i].word == expected[i].word);
    CHECK(std::fabs(actual[i].start_s - expected[i].start_s) <= kFarthest_s);
    CHECK(std::fabs(actual[i].end_s - expected[i].end_s) <= kFarthest_s);
    CHECK(std::fabs(actual[i].probability - expected[i].probability) <= kProbability);
    distances_s.push_back(std::fabs(actual[i].start_s - expected[i].start_s));
    distances_s.push_back(std::fabs(actual[i].end_s - expected[i].end_s));
  }
  std::sort(distances_s.begin(), distances_s.end());
  MESSAGE("word boundaries: farthest " << distances_s.back() << " s, median "
                                       << distances_s[distances_s.size() / 2] << " s");
  CHECK(distances_s[distances_s.size() / 2] <= kMedian_s);
}

// By the product's default settings, padding folded.
void check_session(Precision precision) {
  auto source = FileSource::open(test::q8_model_path());
  REQUIRE_MESSAGE(source.ok(), source.status().message());
  EngineOptions engine_options;
  engine_options.precision = precision;
  auto engine = Engine::load(source.value(), engine_options);
  REQUIRE_MESSAGE(engine.ok(), engine.status().message());
  SessionOptions options;
  options.timestamps = Timestamps::kWord;
  auto session = engine.value()->new_session(options);
  REQUIRE_MESSAGE(session.ok(), session.status().message());
  int rate_hz = 0;
  auto samples = test::read_wav(test::clip_path(), rate_hz);
  REQUIRE(samples.ok());
  REQUIRE(session.value()->push(samples.value(), rate_hz).ok());
  REQUIRE(session.value()->finish().ok());
  REQUIRE(session.value()->step(0).ok());
  std::vector<Word> words;
  for (const Segment& segment : session.value()->segments()) {
    words.insert(words.end(), segment.words.begin(), segment.words.end());
    REQUIRE(!segment.words.empty());
    CHECK(segment.start_s == segment.words.front().start_s);
  }
  check_words(words);
}

// Over the whole window and on the reference's own tokens, so that no tie between timestamps
// (session_test.cc) has a say in it.
void check_alignment(bool q8) {
  auto opened = test::open_reference_model(q8);
  REQUIRE_MESSAGE(opened.ok(), opened.status().message());
  test::ReferenceModel& model = *opened.value();
  Workspace& space = *model.workspace;
  REQUIRE(test::fill_golden_mel(space.encoder()).ok());
  // transcribe() pads with zeros behind the clip, not with silence.
  const MatrixF32 mel = space.encoder().mel();
  for (int r = kClip_frames; r < mel.rows; ++r) std::fill_n(mel.row(r), mel.cols, 0.0f);
  space.encoder().begin();
  REQUIRE(space.encoder().run(Deadline(), nullptr));
  test::run_cross(space);

  std::string said;
  for (const Word& word : golden_words()) said += word.word;
  const std::vector<int> text = model.tokenizer.encode(said);
  ModelHeader header;
  header.hp = model.weights.hp;
  const std::vector<AlignmentHead> heads = alignment_heads(header);
  const SpecialTokens& special = model.tokenizer.special();
  ScoreRows scores(space.scores());
  WordAligner aligner({space.decoder(), space.past(), scores, model.caller_only}, heads, special);
  const std::vector<int> start{special.sot};
  REQUIRE(aligner.begin({start, text, kClip_frames / 2}, space.cross()).ok());
  for (;;) {
    const auto done = aligner.run(Deadline(), nullptr);
    REQUIRE(done.ok());
    if (done.value()) break;
  }
  std::vector<Word> words;
  for (AlignedWord& word :
       time_words(split_words(model.tokenizer, text, false), aligner.result())) {
    words.push_back(std::move(word.word));
  }
  check_words(words);
}

// By processor time, as others may be at work on this machine.
void check_slices() {
  auto source = FileSource::open(test::q8_model_path());
  REQUIRE(source.ok());
  auto engine = Engine::load(source.value(), {});
  REQUIRE(engine.ok());
  SessionOptions options;
  options.timestamps = Timestamps::kWord;
  auto session = engine.value()->new_session(options);
  REQUIRE(session.ok());
  int rate_hz = 0;
  auto samples = test::read_wav(test::clip_path(), rate_hz);
  REQUIRE(samples.ok());
  REQUIRE(session.value()->push(samples.value(), rate_hz).ok());
  REQUIRE(session.value()->finish().ok());
  std::clock_t longest = 0, total = 0;
  while (!session.value()->done()) {
    const std::clock_t begin = std::clock();
    REQUIRE(session.value()->step(1e-6).ok());
    longest = std::max(longest, std::clock() - begin);
    total += std::clock() - begin;
  }
  MESSAGE("longest slice " << double(longest) / CLOCKS_PER_SEC << " of "
                           << double(total) / CLOCKS_PER_SEC << " s");
  // As for the rest of the work (session_test.cc).
  CHECK(longest * 10 < total);
}

}  // namespace

TEST_CASE("golden int8: words are found in short slices") { check_slices(); }
TEST_CASE("golden f32: words are where the reference hears them") { check_alignment(false); }
TEST_CASE("golden int8: words are where the reference hears them") { check_alignment(true); }
TEST_CASE("golden f32: words of a session, padding folded") { check_session(Precision::kF32); }
TEST_CASE("golden int8: words of a session, padding folded") { check_session(Precision::kQ8); }
