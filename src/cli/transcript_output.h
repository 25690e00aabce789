// Transcripts as text, SRT, VTT, TSV, LRC, JSON and JSON Lines, written segment by segment where
// the format allows it.
#pragma once

#include <cstdio>
#include <string>
#include <utility>
#include <vector>

#include "base/status.h"
#include "engine.h"
#include "text/caption_layout.h"

namespace sotto {

enum class TranscriptFormat {
  kText,
  kSrt,
  kVtt,
  kTsv,
  kLrc,
  kJson,
  kJsonLines,  // a line a segment, and one with the rest
  kJsonFiles,  // what kJson writes, on one line a file
};

// How captions (SRT, VTT, TSV, LRC) are cut and shown.
struct CaptionOptions {
  CaptionLayout layout;
  bool word_cues = true;  // times of words within a WebVTT cue, where they are known
};

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

// The line of kJsonFiles for one that could not be transcribed: file, error {name, message}. `file`
// is empty where the list did not name one; `input` as in OutputOptions.
std::string failure_line(const std::string& file, const Status& status, const std::string& input);

// What every output of a run is told.
struct OutputOptions {
  CaptionOptions captions;
  std::string before_json;  // written in front of a JSON object, to make it an element of an array
  std::string input;        // JSON that a line of kJsonFiles has as `input`; none where empty
};

// One transcript in one format. The stream is borrowed.
class TranscriptOutput {
 public:
  TranscriptOutput(TranscriptFormat format, std::FILE* out, OutputOptions options = {})
      : format_(format), out_(out), options_(std::move(options)) {}

  void begin();
  void segment(const std::string& file, const Segment& segment);
  void finish(const TranscriptResult& result);
  // Io where the system refused to take what was written.
  Status status() const;

 private:
  void write(const std::string& text);
  void write_caption(const CaptionSegment& caption);

  TranscriptFormat format_;
  std::FILE* out_;
  OutputOptions options_;
  int cues_ = 0;
};

}  // namespace sotto
