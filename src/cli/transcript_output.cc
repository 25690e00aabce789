#include "cli/transcript_output.h"

#include <nlohmann/json.hpp>

#include "text/captions.h"

namespace sotto {
namespace {

using Json = nlohmann::ordered_json;

// Text is valid UTF-8 already; file names need not be.
std::string dump(const Json& json, int indent) {
  return json.dump(indent, ' ', false, Json::error_handler_t::replace);
}

Json words_json(const std::vector<Word>& words) {
  Json list = Json::array();
  for (const Word& word : words) {
    list.push_back({{"word", word.word},
                    {"start", word.start_s},
                    {"end", word.end_s},
                    {"probability", word.probability}});
  }
  return list;
}

// Keys as openai-whisper and faster-whisper write them.
Json segment_json(const Segment& segment) {
  Json json = {{"id", segment.id},
               {"seek", segment.seek_frames},
               {"start", segment.start_s},
               {"end", segment.end_s},
               {"text", segment.text},
               {"tokens", segment.tokens},
               {"temperature", segment.temperature},
               {"avg_logprob", segment.avg_logprob},
               {"compression_ratio", segment.compression_ratio},
               {"no_speech_prob", segment.no_speech_prob}};
  if (!segment.words.empty()) json["words"] = words_json(segment.words);
  return json;
}

Json timings_json(const Timings& timings) {
  return {{"load_ms", timings.load_ms},     {"mel_ms", timings.mel_ms},
          {"vad_ms", timings.vad_ms},       {"encode_ms", timings.encode_ms},
          {"decode_ms", timings.decode_ms}, {"total_ms", timings.total_ms},
          {"audio_ms", timings.audio_ms},   {"windows", timings.windows},
          {"tokens", timings.tokens},       {"peak_heap_bytes", timings.peak_heap_bytes}};
}

std::string full_text(const std::vector<Segment>& segments) {
  std::string text;
  for (const Segment& segment : segments) text += segment.text;
  const size_t first = text.find_first_not_of(" \t\n");
  if (first == std::string::npos) return "";
  return text.substr(first, text.find_last_not_of(" \t\n") - first + 1);
}

Json result_json(const TranscriptResult& result) {
  Json segments = Json::array();
  for (const Segment& segment : *result.segments) segments.push_back(segment_json(segment));
  return {{"file", result.file},
          {"text", full_text(*result.segments)},
          {"language", result.language},
          {"language_probability", result.language_probability},
          {"segments", std::move(segments)},
          {"timings", timings_json(result.timings)}};
}

// An object on one line, with what came in behind it, which stays as it was to the digit.
std::string file_line(const Json& object, const std::string& input) {
  std::string line = dump(object, -1);
  if (!input.empty()) line.replace(line.size() - 1, 1, ",\"input\":" + input + "}");
  return line + "\n";
}

CaptionSegment caption(const Segment& segment) {
  CaptionSegment out{segment.start_s, segment.end_s, segment.text, {}};
  for (const Word& word : segment.words) out.words.push_back({word.start_s, word.end_s, word.word});
  return out;
}

}  // namespace

const char* format_extension(TranscriptFormat format) {
  switch (format) {
    case TranscriptFormat::kText: return "txt";
    case TranscriptFormat::kSrt: return "srt";
    case TranscriptFormat::kVtt: return "vtt";
    case TranscriptFormat::kTsv: return "tsv";
    case TranscriptFormat::kLrc: return "lrc";
    case TranscriptFormat::kJson: return "json";
    case TranscriptFormat::kJsonLines:
    case TranscriptFormat::kJsonFiles: return "jsonl";
  }
  return "txt";
}

std::string transcript_json(const TranscriptResult& result) { return dump(result_json(result), 2); }

std::string failure_line(const std::string& file, const Status& status, const std::string& input) {
  const Json name = file.empty() ? Json(nullptr) : Json(file);
  const Json error = {{"name", code_name(status.code())}, {"message", status.message()}};
  return file_line({{"file", name}, {"error", error}}, input);
}

void TranscriptOutput::begin() {
  if (format_ == TranscriptFormat::kVtt) write(kVttHeader);
  if (format_ == TranscriptFormat::kTsv) write(kTsvHeader);
}

void TranscriptOutput::segment(const std::string& file, const Segment& segment) {
  switch (format_) {
    case TranscriptFormat::kText: write(text_line(caption(segment))); break;
    case TranscriptFormat::kSrt:
    case TranscriptFormat::kVtt:
    case TranscriptFormat::kTsv:
    case TranscriptFormat::kLrc:
      for (const CaptionSegment& part :
           lay_out_captions(caption(segment), options_.captions.layout)) {
        write_caption(part);
      }
      break;
    case TranscriptFormat::kJsonLines: {
      Json line = {{"file", file}};
      line.update(segment_json(segment));
      write(dump(line, -1) + "\n");
      break;
    }
    case TranscriptFormat::kJson:
    case TranscriptFormat::kJsonFiles: break;  // at the end
  }
}

void TranscriptOutput::finish(const TranscriptResult& result) {
  if (format_ == TranscriptFormat::kJson)
    write(options_.before_json + transcript_json(result) + "\n");
  if (format_ == TranscriptFormat::kJsonFiles) {
    write(file_line(result_json(result), options_.input));
  }
  if (format_ == TranscriptFormat::kJsonLines) {
    // The last line of a file has what its segments do not.
    Json line = {{"file", result.file},
                 {"language", result.language},
                 {"language_probability", result.language_probability},
                 {"timings", timings_json(result.timings)}};
    write(dump(line, -1) + "\n");
  }
  std::fflush(out_);
}

void TranscriptOutput::write_caption(const CaptionSegment& caption) {
  if (format_ == TranscriptFormat::kTsv) return write(tsv_line(caption));
  if (format_ == TranscriptFormat::kLrc) return write(lrc_line(caption));
  if (format_ == TranscriptFormat::kSrt) {
    const std::string cue = srt_cue(cues_ + 1, caption);
    cues_ += cue.empty() ? 0 : 1;
    return write(cue);
  }
  CaptionSegment shown = caption;
  if (!options_.captions.word_cues) shown.words.clear();
  write(vtt_cue(shown));
}

void TranscriptOutput::write(const std::string& text) {
  if (text.empty()) return;
  std::fwrite(text.data(), 1, text.size(), out_);
  std::fflush(out_);
}

Status TranscriptOutput::status() const {
  if (std::ferror(out_) == 0) return {};
  return Status(Code::kIo, "cannot write the transcript");
}

}  // namespace sotto
