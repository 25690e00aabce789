#include "cli/audio_file.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>
#include <vector>

#include "cli/sndfile_audio.h"
#include "io/file_io.h"
#include "io/wav.h"

namespace sotto {
namespace {

// Bytes in memory that belong to the source.
class OwnedBytes : public ByteSource {
 public:
  explicit OwnedBytes(std::vector<uint8_t> bytes) : bytes_(std::move(bytes)), view_(bytes_) {}
  uint64_t size_bytes() const override { return view_.size_bytes(); }
  Status read_at(uint64_t offset, void* dst, size_t size) override {
    return view_.read_at(offset, dst, size);
  }

 private:
  std::vector<uint8_t> bytes_;
  MemorySource view_;
};

class WavAudio : public AudioFile {
 public:
  WavAudio(std::unique_ptr<ByteSource> source, WavReader reader)
      : source_(std::move(source)), reader_(std::move(reader)) {}
  int sample_rate_hz() const override { return reader_.info().sample_rate_hz; }
  double duration_s() const override {
    return static_cast<double>(reader_.info().frames) / sample_rate_hz();
  }
  Result<size_t> read(std::span<float> out) override { return reader_.read(out); }

 private:
  std::unique_ptr<ByteSource> source_;
  WavReader reader_;
};

// A pipe cannot be read again, but readers go back to where the data begins.
Result<std::unique_ptr<ByteSource>> read_stdin() {
  std::vector<uint8_t> bytes;
  std::vector<uint8_t> piece(1 << 16);
  size_t size = 0;
  while ((size = std::fread(piece.data(), 1, piece.size(), stdin)) > 0) {
    bytes.insert(bytes.end(), piece.begin(), piece.begin() + static_cast<ptrdiff_t>(size));
  }
  if (std::ferror(stdin) != 0) {
    return Status(Code::kIo, std::string("standard input: ") + std::strerror(errno));
  }
  return std::unique_ptr<ByteSource>(std::make_unique<OwnedBytes>(std::move(bytes)));
}

Result<std::unique_ptr<ByteSource>> open_source(const std::string& path) {
  if (path == "-") return read_stdin();
  SOTTO_ASSIGN(FileSource file, FileSource::open(path));
  return std::unique_ptr<ByteSource>(std::make_unique<FileSource>(std::move(file)));
}

bool is_wav(ByteSource& source) {
  char start[12];
  if (source.size_bytes() < sizeof(start) || !source.read_at(0, start, sizeof(start)).ok()) {
    return false;
  }
  return std::memcmp(start, "RIFF", 4) == 0 && std::memcmp(start + 8, "WAVE", 4) == 0;
}

}  // namespace

Result<std::unique_ptr<AudioFile>> AudioFile::open(const std::string& path) {
  SOTTO_ASSIGN(std::unique_ptr<ByteSource> source, open_source(path));
  if (source->size_bytes() == 0) {
    return mismatch(Code::kBadFormat, path == "-" ? "standard input" : path, "a sound file",
                    "no bytes");
  }
  if (is_wav(*source)) {
    Result<WavReader> reader = WavReader::open(*source);
    if (reader.ok()) {
      return std::unique_ptr<AudioFile>(
          std::make_unique<WavAudio>(std::move(source), std::move(reader.value())));
    }
    // Compressed WAVs (ADPCM, A-law, ...) are left to libsndfile.
    if (reader.status().code() != Code::kUnsupported) return reader.status();
  }
  return open_sndfile(std::move(source));
}

}  // namespace sotto
