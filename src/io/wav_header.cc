#include "io/wav_header.h"

#include <algorithm>
#include <climits>
#include <cstring>
#include <string>

namespace sotto {
namespace {

// Format tags and the GUID tail shared by all sub-formats that have a tag: mmreg.h, ksmedia.h.
constexpr uint16_t kTagPcm = 1;
constexpr uint16_t kTagFloat = 3;
constexpr uint16_t kTagExtensible = 0xfffe;
constexpr uint8_t kSubFormatTail[14] = {0x00, 0x00, 0x00, 0x00, 0x10, 0x00, 0x80,
                                        0x00, 0x00, 0xaa, 0x00, 0x38, 0x9b, 0x71};
// What streaming writers leave as a size: 0xFFFFFFFF (ffmpeg), 0x80000000 (arecord), 0x7FFFF000
// (sox). Any size from here on that the file does not have is taken for such a mark.
constexpr uint64_t kStreamingMark_bytes = 0x7fff0000;
// Writers often count all of the 44-byte plain header in the RIFF size, or none of it.
constexpr uint64_t kRiffSlack_bytes = 44;

std::string text(uint64_t number) { return std::to_string(number); }

std::string quoted(const std::string& id) { return "'" + id + "'"; }

bool is_printable(const std::string& id) {
  return std::all_of(id.begin(), id.end(), [](char c) { return c >= 0x20 && c <= 0x7e; });
}

std::string hex(const std::string& bytes) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string digits = "bytes";
  for (const char c : bytes) {
    const auto byte = static_cast<uint8_t>(c);
    digits += {' ', kDigits[byte >> 4], kDigits[byte & 15]};
  }
  return digits;
}

std::string shown(const std::string& id) { return is_printable(id) ? quoted(id) : hex(id); }

// Walks the chunks once and keeps what the reader needs. Chunks behind the data are walked too:
// where the data's size is too small, what follows is no chunk.
class HeaderParser {
 public:
  explicit HeaderParser(ByteSource& source)
      : source_(source), reader_(source), file_bytes_(source.size_bytes()) {}

  Status parse() {
    SOTTO_TRY(read_riff());
    while (!open_ended_ && limit() >= reader_.offset() && limit() - reader_.offset() >= 8) {
      SOTTO_TRY(read_chunk());
    }
    if (!has_format_) return missing("fmt ");
    if (!has_data_) return missing("data");
    const uint64_t frame_bytes = block_align_;
    if (!open_ended_ && data_bytes_ % frame_bytes != 0) {
      return mismatch(Code::kBadFormat, "size of the 'data' chunk",
                      "a multiple of " + text(frame_bytes) + " bytes a frame", text(data_bytes_));
    }
    header.info.frames = data_bytes_ / frame_bytes;
    return {};
  }

  WavHeader header;

 private:
  // Until both chunks are found the whole file is searched, then what the RIFF size covers.
  uint64_t limit() const { return has_format_ && has_data_ ? riff_end_ : file_bytes_; }

  Status missing(const std::string& id) const {
    return mismatch(cut_ ? Code::kTruncated : Code::kBadFormat, "WAV", "a " + quoted(id) + " chunk",
                    "the end of the file");
  }

  Status read_riff() {
    const std::string magic = reader_.string(4, 4);
    SOTTO_TRY(reader_.status());
    if (magic == "RIFX") {
      return mismatch(Code::kUnsupported, "WAV byte order", "little-endian 'RIFF'",
                      "big-endian 'RIFX'");
    }
    is_64_bit_ = magic == "RF64" || magic == "BW64";
    if (magic != "RIFF" && !is_64_bit_) {
      return mismatch(Code::kBadFormat, "WAV magic", "'RIFF'", shown(magic));
    }
    uint64_t riff_bytes = reader_.u32();
    const std::string form = reader_.string(4, 4);
    SOTTO_TRY(reader_.status());
    if (form != "WAVE") return mismatch(Code::kBadFormat, "RIFF form", "'WAVE'", shown(form));
    if (is_64_bit_) SOTTO_TRY(read_ds64(riff_bytes));

    const uint64_t present_bytes = file_bytes_ - 8;
    riff_open_ = riff_bytes == 0 || is_streaming_mark(riff_bytes, present_bytes);
    if (!riff_open_ && riff_bytes > present_bytes + kRiffSlack_bytes) {
      return mismatch(Code::kTruncated, "RIFF size", text(riff_bytes) + " bytes",
                      text(present_bytes));
    }
    cut_ = !riff_open_ && riff_bytes > present_bytes;
    riff_end_ = riff_open_ ? file_bytes_ : 8 + std::min(riff_bytes, present_bytes);
    return {};
  }

  // The 64-bit sizes of an RF64 file (EBU Tech 3306), which come first.
  Status read_ds64(uint64_t& riff_bytes) {
    const std::string id = reader_.string(4, 4);
    const uint64_t size = reader_.u32();
    SOTTO_TRY(reader_.status());
    if (id != "ds64") return mismatch(Code::kBadFormat, "RF64", "a 'ds64' chunk", shown(id));
    if (size < 28) {
      return mismatch(Code::kBadFormat, "size of the 'ds64' chunk", "at least 28", text(size));
    }
    riff_bytes = reader_.u64();
    data_64_bytes_ = reader_.u64();
    reader_.skip(size - 16);
    return reader_.status();
  }

  bool is_streaming_mark(uint64_t claimed_bytes, uint64_t present_bytes) const {
    const uint64_t mark_bytes = is_64_bit_ ? UINT64_MAX : kStreamingMark_bytes;
    return claimed_bytes >= mark_bytes && claimed_bytes > present_bytes;
  }

  Status read_chunk() {
    const uint64_t at = reader_.offset();
    const std::string id = reader_.string(4, 4);
    uint64_t size = reader_.u32();
    SOTTO_TRY(reader_.status());
    if (!is_printable(id)) {
      return mismatch(Code::kBadFormat, "chunk id at byte " + text(at), "four printable characters",
                      hex(id));
    }
    const bool is_data = id == "data" && !has_data_;
    if (is_data) {
      if (is_64_bit_ && size == UINT32_MAX) size = data_64_bytes_;
      if (begin_data(size)) return {};
    }
    if (size > reader_.remaining_bytes()) {
      return mismatch(Code::kTruncated, "size of the " + quoted(id) + " chunk",
                      text(size) + " bytes", text(reader_.remaining_bytes()));
    }
    const uint64_t end = reader_.offset() + size;
    if (is_data && end > riff_end_ + kRiffSlack_bytes) {
      return mismatch(Code::kBadFormat, "RIFF size", "at least " + text(end - 8),
                      text(riff_end_ - 8));
    }
    if (id == "fmt ") SOTTO_TRY(read_format(size));
    reader_.skip(end - reader_.offset());
    skip_padding(size);
    return reader_.status();
  }

  // Notes where the data stand; true where nobody filled in their size.
  bool begin_data(uint64_t size) {
    const uint64_t left_bytes = reader_.remaining_bytes();
    has_data_ = true;
    header.data_offset = reader_.offset();
    const bool unfilled =
        size == 0 && left_bytes > 0 && (riff_open_ || riff_end_ <= header.data_offset);
    // Only what is known can be skipped, so data without a size end the search.
    open_ended_ = unfilled || is_streaming_mark(size, left_bytes);
    data_bytes_ = open_ended_ ? left_bytes : size;
    return open_ended_;
  }

  // Some writers leave the padding out; it is zero where it is there, and no chunk begins so.
  void skip_padding(uint64_t chunk_bytes) {
    if (chunk_bytes % 2 == 0 || reader_.remaining_bytes() == 0) return;
    uint8_t padding = 0;
    const Status read = source_.read_at(reader_.offset(), &padding, 1);
    if (!read.ok()) return reader_.fail(read);
    if (padding == 0) reader_.skip(1);
  }

  Status read_format(uint64_t size) {
    if (has_format_) return mismatch(Code::kBadFormat, "WAV", "one 'fmt ' chunk", "a second one");
    if (size < 16) {
      return mismatch(Code::kBadFormat, "size of the 'fmt ' chunk", "at least 16", text(size));
    }
    uint16_t tag = reader_.u16();
    const uint32_t channels = reader_.u16();
    const uint32_t rate_hz = reader_.u32();
    const uint32_t bytes_per_second = reader_.u32();
    block_align_ = reader_.u16();
    const uint32_t bits = reader_.u16();
    if (tag == kTagExtensible) SOTTO_TRY(read_extension(size, bits, tag));
    SOTTO_TRY(reader_.status());
    SOTTO_TRY(check_encoding(tag, bits));
    if (channels == 0) return mismatch(Code::kBadFormat, "channels", "at least 1", "0");
    if (rate_hz == 0 || rate_hz > INT_MAX) {
      return mismatch(Code::kBadFormat, "sample rate", "1 to " + text(INT_MAX), text(rate_hz));
    }
    if (block_align_ != channels * (bits / 8)) {
      return mismatch(Code::kBadFormat, "bytes a frame", channels * (bits / 8), block_align_);
    }
    const uint64_t expected_rate = uint64_t{rate_hz} * block_align_;
    if (bytes_per_second != expected_rate) {
      return mismatch(Code::kBadFormat, "bytes a second", text(expected_rate),
                      text(bytes_per_second));
    }
    header.info.sample_rate_hz = static_cast<int>(rate_hz);
    header.info.channels = static_cast<int>(channels);
    header.info.bits_per_sample = static_cast<int>(bits);
    header.info.is_float = tag == kTagFloat;
    has_format_ = true;
    return {};
  }

  // Puts the tag of the sub-format in place of kTagExtensible.
  Status read_extension(uint64_t size, uint32_t bits, uint16_t& tag) {
    if (size < 40) {
      return mismatch(Code::kBadFormat, "size of the extensible 'fmt ' chunk", "at least 40",
                      text(size));
    }
    const uint64_t extension_bytes = reader_.u16();
    const uint32_t valid_bits = reader_.u16();
    reader_.skip(4);  // which speakers the channels belong to: all are mixed
    tag = reader_.u16();
    uint8_t tail[sizeof(kSubFormatTail)];
    reader_.bytes(tail, sizeof(tail));
    SOTTO_TRY(reader_.status());
    if (extension_bytes < 22 || extension_bytes > size - 18) {
      return mismatch(Code::kBadFormat, "size of the format extension", "22 to " + text(size - 18),
                      text(extension_bytes));
    }
    if (valid_bits > bits) {
      return mismatch(Code::kBadFormat, "valid bits", "at most " + text(bits), text(valid_bits));
    }
    if (std::memcmp(tail, kSubFormatTail, sizeof(tail)) != 0) {
      return mismatch(Code::kUnsupported, "sub-format GUID", hex(bytes_of(kSubFormatTail)),
                      hex(bytes_of(tail)));
    }
    return {};
  }

  static std::string bytes_of(const uint8_t (&bytes)[sizeof(kSubFormatTail)]) {
    return {reinterpret_cast<const char*>(bytes), sizeof(bytes)};
  }

  static Status check_encoding(uint16_t tag, uint32_t bits) {
    if (tag != kTagPcm && tag != kTagFloat) {
      return mismatch(Code::kUnsupported, "format tag", "1 (PCM) or 3 (float)", text(tag));
    }
    if (tag == kTagFloat && bits != 32 && bits != 64) {
      return mismatch(Code::kUnsupported, "bits per float sample", "32 or 64", text(bits));
    }
    if (tag == kTagPcm && (bits % 8 != 0 || bits == 0 || bits > 32)) {
      return mismatch(Code::kUnsupported, "bits per PCM sample", "8, 16, 24 or 32", text(bits));
    }
    return {};
  }

  ByteSource& source_;
  ByteReader reader_;
  uint64_t file_bytes_;
  uint64_t riff_end_ = 0;
  uint64_t data_64_bytes_ = 0;
  uint64_t data_bytes_ = 0;
  uint32_t block_align_ = 0;
  bool is_64_bit_ = false;
  bool cut_ = false;         // shorter than the RIFF size says
  bool riff_open_ = false;   // the RIFF size was never filled in
  bool open_ended_ = false;  // the data's size was never filled in
  bool has_format_ = false;
  bool has_data_ = false;
};

}  // namespace

Result<WavHeader> parse_wav_header(ByteSource& source) {
  HeaderParser parser(source);
  SOTTO_TRY(parser.parse());
  return parser.header;
}

}  // namespace sotto
