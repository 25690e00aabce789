// What the command line says to `sotto transcribe`.
#pragma once

#include <string>
#include <vector>

#include "cli/flags.h"
#include "cli/transcript_output.h"
#include "engine.h"

namespace sotto {

// Where the set-up puts the model, seen from the project's folder.
inline constexpr const char* kDefaultModel = "models/tiny.en-q8.sotto";

// Where scripts/silero.mjs puts the weights that tell speech from silence.
inline constexpr const char* kDefaultVadModel = "models/silero_vad_16k.safetensors";

struct TranscribeOptions {
  std::vector<std::string> files;  // none: standard input lists them
  std::string model = kDefaultModel;
  std::string vad_model;
  std::string task = "transcribe";
  std::string timestamps = "segment";
  bool word_timestamps = false;
  std::string encoder_window = "auto";
  std::string precision = "q8";
  int threads = 1;
  std::string output_dir;
  std::string trace;
  bool text = false, srt = false, vtt = false, tsv = false, lrc = false;
  bool json = false, jsonl = false;
  CaptionOptions captions;
  SessionOptions session;

  // At least one.
  std::vector<TranscriptFormat> formats() const;
  // Whether the names of the files come from standard input.
  bool reads_list() const { return files.empty(); }
};

void add_transcribe_flags(const Flags& flags, TranscribeOptions& options);

// What the arguments ask for together and cannot have; empty where all is well.
std::string usage_problem(const TranscribeOptions& options);

// Name of a file's transcripts, without their endings.
std::string output_name(const std::string& file);

}  // namespace sotto
