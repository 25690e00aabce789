#include "cli/sndfile_audio.h"

#include <sndfile.h>

#include <algorithm>
#include <utility>
#include <vector>

namespace sotto {
namespace {

// Interleaved samples read at a time.
constexpr size_t kBlock_samples = 16 * 1024;

// What libsndfile's callbacks work on.
struct Stream {
  std::unique_ptr<ByteSource> source;
  uint64_t position = 0;
};

sf_count_t stream_size(void* user) {
  return static_cast<sf_count_t>(static_cast<Stream*>(user)->source->size_bytes());
}

sf_count_t stream_tell(void* user) {
  return static_cast<sf_count_t>(static_cast<Stream*>(user)->position);
}

sf_count_t stream_seek(sf_count_t offset, int whence, void* user) {
  Stream& stream = *static_cast<Stream*>(user);
  const sf_count_t base = whence == SEEK_SET   ? 0
                          : whence == SEEK_CUR ? stream_tell(user)
                                               : stream_size(user);
  if (base + offset < 0) return -1;
  stream.position = static_cast<uint64_t>(base + offset);
  return base + offset;
}

sf_count_t stream_read(void* to, sf_count_t count, void* user) {
  Stream& stream = *static_cast<Stream*>(user);
  const uint64_t size = stream.source->size_bytes();
  if (count <= 0 || stream.position >= size) return 0;
  const auto n =
      static_cast<size_t>(std::min<uint64_t>(static_cast<uint64_t>(count), size - stream.position));
  if (!stream.source->read_at(stream.position, to, n).ok()) return 0;
  stream.position += n;
  return static_cast<sf_count_t>(n);
}

sf_count_t stream_write(const void*, sf_count_t, void*) { return 0; }

struct SndfileCloser {
  void operator()(SNDFILE* file) const { sf_close(file); }
};

class SndfileAudio : public AudioFile {
 public:
  explicit SndfileAudio(std::unique_ptr<ByteSource> source) { stream_.source = std::move(source); }

  Status open() {
    SF_VIRTUAL_IO io{stream_size, stream_seek, stream_read, stream_write, stream_tell};
    file_.reset(sf_open_virtual(&io, SFM_READ, &info_, &stream_));
    if (file_ == nullptr) {
      return mismatch(Code::kBadFormat, "sound file", "WAV, FLAC, Ogg or MP3",
                      sf_strerror(nullptr));
    }
    if (info_.samplerate <= 0 || info_.channels <= 0) {
      return mismatch(Code::kBadFormat, "sound file", "a sample rate and channels",
                      std::to_string(info_.samplerate) + " Hz, " + std::to_string(info_.channels));
    }
    return {};
  }

  int sample_rate_hz() const override { return info_.samplerate; }

  double duration_s() const override {
    if (info_.frames <= 0 || info_.frames == SF_COUNT_MAX) return 0;
    return static_cast<double>(info_.frames) / info_.samplerate;
  }

  Result<size_t> read(std::span<float> out) override {
    const auto channels = static_cast<size_t>(info_.channels);
    const size_t wanted = std::min(out.size(), std::max<size_t>(kBlock_samples / channels, 1));
    block_.resize(wanted * channels);
    const sf_count_t got =
        sf_readf_float(file_.get(), block_.data(), static_cast<sf_count_t>(wanted));
    if (got <= 0 && sf_error(file_.get()) != SF_ERR_NO_ERROR) {
      return Status(Code::kBadFormat, std::string("sound file: ") + sf_strerror(file_.get()));
    }
    const auto frames = static_cast<size_t>(std::max<sf_count_t>(got, 0));
    for (size_t i = 0; i < frames; ++i) {
      float sum = 0;
      for (size_t c = 0; c < channels; ++c) sum += block_[i * channels + c];
      out[i] = sum / static_cast<float>(channels);
    }
    return frames;
  }

 private:
  Stream stream_;
  SF_INFO info_{};
  std::unique_ptr<SNDFILE, SndfileCloser> file_;
  std::vector<float> block_;
};

}  // namespace

Result<std::unique_ptr<AudioFile>> open_sndfile(std::unique_ptr<ByteSource> source) {
  auto audio = std::make_unique<SndfileAudio>(std::move(source));
  SOTTO_TRY(audio->open());
  return std::unique_ptr<AudioFile>(std::move(audio));
}

}  // namespace sotto
