// The captions that web/formats.ts writes, too: tests/captions/cases.json holds both to one text.
#include <doctest/doctest.h>

#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "cli/transcript_output.h"

using namespace sotto;
using nlohmann::json;

namespace {

json read_cases() {
  std::ifstream file(std::string(SOTTO_SOURCE_DIR) + "/tests/captions/cases.json");
  REQUIRE(file.good());
  return json::parse(file);
}

std::vector<Segment> segments_of(const json& cues) {
  std::vector<Segment> segments;
  for (const json& cue : cues) {
    Segment segment;
    segment.start_s = cue["start"];
    segment.end_s = cue["end"];
    segment.text = cue["text"];
    for (const json& word : cue.value("words", json::array())) {
      segment.words.push_back({word["start"], word["end"], word["word"], 1});
    }
    segments.push_back(std::move(segment));
  }
  return segments;
}

std::string written(TranscriptFormat format, const json& one) {
  OutputOptions options;
  const json layout = one.value("layout", json::object());
  options.captions.layout.max_line_width = layout.value("max_line_width", 0);
  options.captions.layout.max_line_count = layout.value("max_line_count", 0);
  options.captions.layout.max_caption_s = layout.value("max_caption_s", 0.0);
  std::FILE* file = std::tmpfile();
  REQUIRE(file != nullptr);
  TranscriptOutput output(format, file, options);
  output.begin();
  for (const Segment& segment : segments_of(one["segments"])) output.segment("a.wav", segment);
  std::string text(static_cast<size_t>(std::ftell(file)), '\0');
  std::rewind(file);
  CHECK(std::fread(text.data(), 1, text.size(), file) == text.size());
  std::fclose(file);
  return text;
}

std::string joined(const json& lines) {
  std::string text;
  for (const json& line : lines) text += (&line == &lines[0] ? "" : "\n") + line.get<std::string>();
  return text;
}

}  // namespace

TEST_CASE("captions are those that pages write") {
  const std::pair<const char*, TranscriptFormat> formats[] = {{"srt", TranscriptFormat::kSrt},
                                                              {"vtt", TranscriptFormat::kVtt},
                                                              {"tsv", TranscriptFormat::kTsv},
                                                              {"lrc", TranscriptFormat::kLrc},
                                                              {"txt", TranscriptFormat::kText}};
  const json cases = read_cases();
  CHECK(cases.size() > 10);
  for (const json& one : cases) {
    for (const auto& [key, format] : formats) {
      CAPTURE(one["name"].get<std::string>());
      CAPTURE(key);
      CHECK(written(format, one) == joined(one[key]));
    }
  }
}

TEST_CASE("times of words can be left out of WebVTT") {
  Segment segment;
  segment.end_s = 2;
  segment.text = " a b";
  segment.words = {{0, 1, " a", 1}, {1, 2, " b", 1}};
  for (const bool word_cues : {true, false}) {
    OutputOptions options;
    options.captions.word_cues = word_cues;
    char text[256] = {};
    std::FILE* file = fmemopen(text, sizeof(text), "w");
    REQUIRE(file != nullptr);
    TranscriptOutput(TranscriptFormat::kVtt, file, options).segment("a.wav", segment);
    std::fclose(file);
    const std::string body = word_cues ? "a<00:00:01.000><c> b</c>" : "a b";
    CHECK(std::string(text) == "00:00:00.000 --> 00:00:02.000\n" + body + "\n\n");
  }
}
