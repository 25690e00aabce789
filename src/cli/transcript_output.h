// Transcripts as text, SRT, VTT, JSON and JSON Lines, written segment by segment where the format
// allows it.
#pragma once

#include <cstdio>
#include <string>
#include <utility>
#include <vector>

#include "base/status.h"
#include "engine.h"

namespace sotto {

enum class TranscriptFormat { kText, kSrt, kVtt, kJson, kJsonLines };

// The ending of a file of this format, such as "srt".
const char* format_extension(TranscriptFormat format);

// What is known when a file is done.
struct TranscriptResult {
  std::string file;  // as the user named it
  std::string language;
  float language_probability = 1;
  const std::vector<Segment>* segments = nullptr;
  Timings timings;
};

// The transcript of one file as an object: file, text, language, segments, timings.
std::string transcript_json(const TranscriptResult& result);

// One transcript in one format. The stream is borrowed. `before_json` is written in front of a JSON
// object, to make it an element of an array.
class TranscriptOutput {
 public:
  TranscriptOutput(TranscriptFormat format, std::FILE* out, std::string before_json = "")
      : format_(format), out_(out), before_json_(std::move(before_json)) {}

  void begin();
  void segment(const std::string& file, const Segment& segment);
  void finish(const TranscriptResult& result);
  // Io where the system refused to take what was written.
  Status status() const;

 private:
  void write(const std::string& text);

  TranscriptFormat format_;
  std::FILE* out_;
  std::string before_json_;
  int cues_ = 0;
};

}  // namespace sotto
