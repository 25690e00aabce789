#include "cli/transcript_output.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

using namespace sotto;
using nlohmann::json;

namespace {

std::vector<Segment> two_segments() {
  Segment first;
  first.end_s = 1.5;
  first.text = " Grüße,";
  first.tokens = {50364, 1, 2};
  first.avg_logprob = -0.25f;
  Segment second;
  second.id = 1;
  second.seek_frames = 365000;
  second.start_s = 3661.5;
  second.end_s = 3662;
  second.text = " \"world\".\n";
  second.no_speech_prob = 0.125f;
  return {first, second};
}

// What a format makes of these segments.
std::string written(TranscriptFormat format, const std::vector<Segment>& segments,
                    const OutputOptions& options = {}) {
  std::FILE* file = std::tmpfile();
  REQUIRE(file != nullptr);
  TranscriptOutput output(format, file, options);
  output.begin();
  for (const Segment& segment : segments) output.segment("a.wav", segment);
  TranscriptResult result{"a.wav", "de", 0.75f, &segments, {}};
  result.timings.encode_ms = 12.5;
  result.timings.peak_heap_bytes = 1'000'000'000'000;
  output.finish(result);
  CHECK(output.status().ok());
  std::string text(static_cast<size_t>(std::ftell(file)), '\0');
  std::rewind(file);
  CHECK(std::fread(text.data(), 1, text.size(), file) == text.size());
  std::fclose(file);
  return text;
}

}  // namespace

TEST_CASE("transcripts as text, SRT and WebVTT") {
  CHECK(written(TranscriptFormat::kText, two_segments()) == "Grüße,\n\"world\".\n");
  CHECK(written(TranscriptFormat::kSrt, two_segments()) ==
        "1\n00:00:00,000 --> 00:00:01,500\nGrüße,\n\n"
        "2\n01:01:01,500 --> 01:01:02,000\n\"world\".\n\n");
  CHECK(written(TranscriptFormat::kVtt, two_segments()) ==
        "WEBVTT\n\n00:00:00.000 --> 00:00:01.500\nGrüße,\n\n"
        "01:01:01.500 --> 01:01:02.000\n\"world\".\n\n");
}

TEST_CASE("transcripts as TSV and LRC") {
  CHECK(written(TranscriptFormat::kTsv, two_segments()) ==
        "start\tend\ttext\n0\t1500\tGrüße,\n3661500\t3662000\t\"world\".\n");
  CHECK(written(TranscriptFormat::kLrc, two_segments()) ==
        "[00:00.00]Grüße,\n[61:01.50]\"world\".\n");
  CHECK(std::string(format_extension(TranscriptFormat::kTsv)) == "tsv");
  CHECK(std::string(format_extension(TranscriptFormat::kLrc)) == "lrc");
}

TEST_CASE("captions are laid out, text and JSON are not") {
  OutputOptions options;
  options.captions.layout.max_line_width = 4;
  options.captions.layout.max_line_count = 1;
  std::vector<Segment> segments(1);
  segments[0].end_s = 9;
  segments[0].text = " abcd efgh";
  CHECK(written(TranscriptFormat::kSrt, segments, options) ==
        "1\n00:00:00,000 --> 00:00:04,000\nabcd\n\n2\n00:00:05,000 --> 00:00:09,000\nefgh\n\n");
  CHECK(written(TranscriptFormat::kText, segments, options) == "abcd efgh\n");
  CHECK(json::parse(written(TranscriptFormat::kJson, segments, options))["segments"].size() == 1);
}

TEST_CASE("SRT numbers cues that have text only") {
  std::vector<Segment> segments = two_segments();
  segments[0].text = " ";
  CHECK(written(TranscriptFormat::kSrt, segments).starts_with("1\n01:01:01,500"));
}

TEST_CASE("transcripts as JSON: the keys that scripts rely on") {
  const json object = json::parse(written(TranscriptFormat::kJson, two_segments()));
  CHECK(object["file"] == "a.wav");
  CHECK(object["text"] == "Grüße, \"world\".");
  CHECK(object["language"] == "de");
  CHECK(object["language_probability"] == 0.75);
  REQUIRE(object["segments"].size() == 2);
  const json& first = object["segments"][0];
  CHECK(first["id"] == 0);
  CHECK(first["seek"] == 0);
  CHECK(object["segments"][1]["seek"] == 365000);
  CHECK(first["start"] == 0.0);
  CHECK(first["end"] == 1.5);
  CHECK(first["text"] == " Grüße,");
  CHECK(first["tokens"] == json({50364, 1, 2}));
  CHECK(first["avg_logprob"] == -0.25);
  CHECK(first["temperature"] == 0.0);
  CHECK(object["segments"][1]["no_speech_prob"] == 0.125);
  for (const char* key : {"load_ms", "mel_ms", "encode_ms", "decode_ms", "total_ms"}) {
    CHECK(object["timings"][key].is_number());
  }
  CHECK(object["timings"]["encode_ms"] == 12.5);
  CHECK(object["timings"]["peak_heap_bytes"] == 1'000'000'000'000);
}

TEST_CASE("JSON has the words of a segment where there are any") {
  std::vector<Segment> segments = two_segments();
  segments[0].words = {{0.25, 1.5, " Grüße,", 0.5f}};
  const json list = json::parse(written(TranscriptFormat::kJson, segments))["segments"];
  CHECK(list[0]["words"] == json::parse(R"([{"word": " Grüße,", "start": 0.25, "end": 1.5,
                                             "probability": 0.5}])"));
  CHECK(!list[1].contains("words"));
}

TEST_CASE("JSON of several files is an array, of silence an empty text") {
  const std::string first = written(TranscriptFormat::kJson, two_segments(), {{}, "[\n"});
  const std::string second = written(TranscriptFormat::kJson, {}, {{}, ",\n"});
  const json array = json::parse(first + second + "]\n");
  REQUIRE(array.size() == 2);
  CHECK(array[1]["text"] == "");
  CHECK(array[1]["segments"] == json::array());
}

TEST_CASE("JSON Lines: a line a segment, and one with the timings") {
  const std::string text = written(TranscriptFormat::kJsonLines, two_segments());
  std::vector<json> lines;
  for (size_t at = 0; at < text.size(); at = text.find('\n', at) + 1) {
    lines.push_back(json::parse(text.substr(at, text.find('\n', at) - at)));
  }
  REQUIRE(lines.size() == 3);
  CHECK(lines[1]["text"] == " \"world\".\n");
  CHECK(lines[1]["file"] == "a.wav");
  CHECK(lines[2]["language"] == "de");
  CHECK(lines[2]["language_probability"] == 0.75);
  CHECK(lines[2]["timings"]["encode_ms"] == 12.5);
}

TEST_CASE("a line a file has what the object of a file has, and what came in") {
  OutputOptions options;
  options.input = R"({"path":"a.wav","id":1.10})";
  const std::string line = written(TranscriptFormat::kJsonFiles, two_segments(), options);
  CHECK(line.find('\n') == line.size() - 1);
  CHECK(line.ends_with(R"(,"input":{"path":"a.wav","id":1.10}})"
                       "\n"));
  json object = json::parse(line);
  object.erase("input");
  CHECK(object == json::parse(written(TranscriptFormat::kJson, two_segments())));
  CHECK(json::parse(written(TranscriptFormat::kJsonFiles, two_segments())) == object);
}

TEST_CASE("a line of a file that failed tells why") {
  const Status status(Code::kTruncated, "a\xff.wav: too short");
  CHECK(json::parse(failure_line("a\xff.wav", status, "")) == json::parse(R"({"file": "a\uFFFD.wav",
                        "error": {"name": "Truncated", "message": "a\uFFFD.wav: too short"}})"));
  CHECK(failure_line("", Status(Code::kBadFormat, "line 2: no"), R"({"id":7})") ==
        R"({"file":null,"error":{"name":"BadFormat","message":"line 2: no"},"input":{"id":7}})"
        "\n");
}

TEST_CASE("file names that are no UTF-8 do not break the JSON") {
  const std::vector<Segment> none;
  CHECK(json::parse(transcript_json({"a\xff.wav", "en", 1, &none, {}}))["file"] == "a\uFFFD.wav");
}

TEST_CASE("a full disk is an error") {
  std::FILE* full = std::fopen("/dev/full", "w");
  if (full == nullptr) {
    MESSAGE("skipped: there is no /dev/full here");
    return;
  }
  TranscriptOutput output(TranscriptFormat::kText, full);
  output.segment("a.wav", two_segments()[0]);
  CHECK(output.status().code() == Code::kIo);
  std::fclose(full);
}
