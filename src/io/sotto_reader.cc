#include "io/sotto_reader.h"

#include <algorithm>
#include <cstring>
#include <utility>
#include <vector>

#include "io/checksum.h"
#include "io/sotto_format.h"

namespace sotto {
namespace {

struct Counts {
  uint32_t tensors = 0;
  uint32_t tokens = 0;
  uint32_t alignment_heads = 0;
  uint32_t suppressed = 0;
  uint32_t suppressed_at_begin = 0;
  uint64_t header_bytes = 0;
};

Status check_count(const char* what, uint32_t count, uint32_t largest) {
  if (count <= largest) return {};
  return mismatch(Code::kBadFormat, what, "at most " + std::to_string(largest),
                  std::to_string(count));
}

// The fields in front of the checksum, all that may be believed before it is verified.
Status read_sizes(ByteReader& in, uint64_t size_bytes, Counts& counts) {
  const uint32_t version = in.u32();
  counts.tensors = in.u32();
  counts.header_bytes = in.u64();
  const uint64_t file_bytes = in.u64();
  SOTTO_TRY(in.status());
  if (version != kSottoVersion) {
    return mismatch(Code::kUnsupported, "version of the .sotto file", kSottoVersion, version);
  }
  if (counts.header_bytes < kSottoFixedHeader_bytes ||
      counts.header_bytes > kSottoMaxHeader_bytes ||
      counts.header_bytes % kArenaAlignment_bytes != 0) {
    return mismatch(Code::kBadFormat, "bytes of the header",
                    "a multiple of 64 up to " + std::to_string(kSottoMaxHeader_bytes),
                    std::to_string(counts.header_bytes));
  }
  if (file_bytes != size_bytes) {
    return mismatch(file_bytes > size_bytes ? Code::kTruncated : Code::kBadFormat,
                    "bytes of the file", std::to_string(file_bytes), std::to_string(size_bytes));
  }
  return {};
}

Status verify_header(ByteSource& source, uint64_t header_bytes, uint64_t expected) {
  Checksum checksum;
  std::vector<uint8_t> piece(64 * 1024);
  for (uint64_t offset = 0; offset < header_bytes; offset += piece.size()) {
    const auto size = static_cast<size_t>(std::min<uint64_t>(piece.size(), header_bytes - offset));
    SOTTO_TRY(source.read_at(offset, piece.data(), size));
    if (offset == 0) std::memset(piece.data() + kSottoChecksumOffset_bytes, 0, sizeof(uint64_t));
    checksum.update(piece.data(), size);
  }
  if (checksum.digest() == expected) return {};
  return mismatch(Code::kChecksumMismatch, "checksum of the header", std::to_string(expected),
                  std::to_string(checksum.digest()));
}

Status read_hyperparameters(ByteReader& in, Hyperparameters& hp) {
  for (int* field :
       {&hp.n_mels, &hp.n_audio_ctx, &hp.n_audio_state, &hp.n_audio_head, &hp.n_audio_layer,
        &hp.n_vocab, &hp.n_text_ctx, &hp.n_text_state, &hp.n_text_head, &hp.n_text_layer}) {
    *field = in.i32();
  }
  SOTTO_TRY(in.status());
  return validate(hp);
}

Status read_counts(ByteReader& in, const Hyperparameters& hp, Counts& counts) {
  counts.tokens = in.u32();
  counts.alignment_heads = in.u32();
  counts.suppressed = in.u32();
  counts.suppressed_at_begin = in.u32();
  SOTTO_TRY(in.status());
  const auto n_vocab = static_cast<uint32_t>(hp.n_vocab);
  SOTTO_TRY(check_count("tensors", counts.tensors, kSottoMaxTensors));
  SOTTO_TRY(check_count("tokens", counts.tokens, n_vocab));
  SOTTO_TRY(check_count("alignment heads", counts.alignment_heads,
                        static_cast<uint32_t>(hp.n_text_layer * hp.n_text_head)));
  SOTTO_TRY(check_count("suppressed tokens", counts.suppressed, n_vocab));
  return check_count("tokens suppressed at the beginning", counts.suppressed_at_begin, n_vocab);
}

Status read_alignment_heads(ByteReader& in, uint32_t count, ModelHeader& header) {
  for (uint32_t i = 0; i < count; ++i) {
    const AlignmentHead head{in.u16(), in.u16()};
    if (head.layer >= header.hp.n_text_layer || head.head >= header.hp.n_text_head) {
      return mismatch(Code::kBadFormat, "alignment head", "a layer and a head of the decoder",
                      std::to_string(head.layer) + ", " + std::to_string(head.head));
    }
    header.alignment_heads.push_back(head);
  }
  return in.status();
}

Status read_tokens(ByteReader& in, uint32_t count, int n_vocab, std::vector<int>& tokens) {
  for (uint32_t i = 0; i < count; ++i) {
    const uint32_t token = in.u32();
    if (token >= static_cast<uint32_t>(n_vocab)) {
      return mismatch(Code::kBadFormat, "suppressed token", "below " + std::to_string(n_vocab),
                      std::to_string(token));
    }
    tokens.push_back(static_cast<int>(token));
  }
  return in.status();
}

Status read_entry(ByteReader& in, uint64_t offset_bytes, TensorEntry& entry) {
  entry.name = in.string(in.u16(), kSottoMaxName_bytes);
  const uint32_t type = in.u32();
  const uint32_t rank = in.u32();
  for (uint32_t& dim : entry.dims) dim = in.u32();
  entry.offset_bytes = in.u64();
  entry.size_bytes = in.u64();
  entry.checksum = in.u64();
  entry.has_checksum = true;
  SOTTO_TRY(in.status());

  entry.dtype = static_cast<DType>(type);
  if (entry.dtype != DType::kF32 && entry.dtype != DType::kF16 && entry.dtype != DType::kQ8Tiles) {
    return mismatch(Code::kUnsupported, entry.name + ": type", "f32, f16 or q8",
                    std::to_string(type));
  }
  if (rank < 1 || rank > entry.dims.size() ||
      std::any_of(entry.dims.begin() + rank, entry.dims.end(), [](uint32_t d) { return d != 1; })) {
    return mismatch(Code::kBadFormat, entry.name + ": dimensions", "1 to 4 and ones after them",
                    std::to_string(rank));
  }
  entry.rank = static_cast<int>(rank);
  SOTTO_ASSIGN(const uint64_t wanted, tensor_bytes(entry));
  if (entry.size_bytes != wanted) {
    return mismatch(Code::kBadFormat, entry.name + ": bytes", static_cast<long long>(wanted),
                    static_cast<long long>(entry.size_bytes));
  }
  if (entry.offset_bytes != offset_bytes) {
    return mismatch(Code::kBadFormat, entry.name + ": offset", static_cast<long long>(offset_bytes),
                    static_cast<long long>(entry.offset_bytes));
  }
  return {};
}

Status read_table(ByteReader& in, const Counts& counts, uint64_t file_bytes, ModelFile& file) {
  uint64_t offset_bytes = counts.header_bytes;
  for (uint32_t i = 0; i < counts.tensors; ++i) {
    TensorEntry entry;
    SOTTO_TRY(read_entry(in, offset_bytes, entry));
    // Sizes are below 4 GB each and at most 16384 of them: no overflow.
    offset_bytes += (entry.size_bytes + kArenaAlignment_bytes - 1) / kArenaAlignment_bytes *
                    kArenaAlignment_bytes;
    file.tensors.push_back(std::move(entry));
  }
  if (offset_bytes != file_bytes) {
    return mismatch(Code::kBadFormat, "end of the last tensor", static_cast<long long>(file_bytes),
                    static_cast<long long>(offset_bytes));
  }
  // Less than 64 zeros are left.
  if (in.offset() > counts.header_bytes ||
      counts.header_bytes - in.offset() >= kArenaAlignment_bytes) {
    return mismatch(Code::kBadFormat, "end of the header",
                    static_cast<long long>(counts.header_bytes),
                    static_cast<long long>(in.offset()));
  }
  return {};
}

}  // namespace

bool is_sotto(const uint8_t start[8]) {
  return std::memcmp(start, kSottoMagic, sizeof(kSottoMagic)) == 0;
}

Result<ModelFile> read_sotto(ByteSource& source) {
  ByteReader in(source, sizeof(kSottoMagic));
  Counts counts;
  SOTTO_TRY(read_sizes(in, source.size_bytes(), counts));
  const uint64_t checksum = in.u64();
  SOTTO_TRY(in.status());
  SOTTO_TRY(verify_header(source, counts.header_bytes, checksum));

  ModelFile file;
  file.format = ModelFormat::kSotto;
  ModelHeader& header = file.header;
  SOTTO_TRY(read_hyperparameters(in, header.hp));
  SOTTO_TRY(read_counts(in, header.hp, counts));
  for (uint32_t i = 0; i < counts.tokens; ++i) {
    header.vocabulary.push_back(in.string(in.u16(), kSottoMaxToken_bytes));
    SOTTO_TRY(in.status());
  }
  SOTTO_TRY(read_alignment_heads(in, counts.alignment_heads, header));
  SOTTO_TRY(read_tokens(in, counts.suppressed, header.hp.n_vocab, header.suppressed_tokens));
  SOTTO_TRY(
      read_tokens(in, counts.suppressed_at_begin, header.hp.n_vocab, header.suppressed_at_begin));
  SOTTO_TRY(read_table(in, counts, source.size_bytes(), file));
  return file;
}

}  // namespace sotto
