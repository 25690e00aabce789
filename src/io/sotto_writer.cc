#include "io/sotto_writer.h"

#include <algorithm>
#include <cstring>
#include <utility>
#include <vector>

#include "base/arena.h"
#include "io/checksum.h"
#include "io/sotto_format.h"
#include "quant/dequantize.h"
#include "quant/pack.h"

namespace sotto {
namespace {

// Rows held as f32 while a matrix is quantised: whole tiles.
constexpr int kRowsAtOnce = 64;

uint64_t align_up_u64(uint64_t bytes) {
  return (bytes + kArenaAlignment_bytes - 1) / kArenaAlignment_bytes * kArenaAlignment_bytes;
}

// Little-endian fields one after another.
class HeaderBytes {
 public:
  template <class T>
  void number(T value) {
    for (size_t i = 0; i < sizeof(T); ++i) {
      bytes_.push_back(static_cast<uint8_t>(static_cast<uint64_t>(value) >> (8 * i)));
    }
  }
  void raw(const void* data, size_t size) {
    const auto* at = static_cast<const uint8_t*>(data);
    bytes_.insert(bytes_.end(), at, at + size);
  }
  void string(const std::string& text) {
    number(static_cast<uint16_t>(text.size()));
    raw(text.data(), text.size());
  }
  std::vector<uint8_t>& bytes() { return bytes_; }

 private:
  std::vector<uint8_t> bytes_;
};

void add_lists(const ModelHeader& header, HeaderBytes& out) {
  for (const std::string& token : header.vocabulary) out.string(token);
  for (const AlignmentHead& head : header.alignment_heads) {
    out.number(static_cast<uint16_t>(head.layer));
    out.number(static_cast<uint16_t>(head.head));
  }
  for (const int token : header.suppressed_tokens) out.number(static_cast<uint32_t>(token));
  for (const int token : header.suppressed_at_begin) out.number(static_cast<uint32_t>(token));
}

void add_table(const std::vector<TensorEntry>& tensors, HeaderBytes& out) {
  for (const TensorEntry& entry : tensors) {
    out.string(entry.name);
    out.number(static_cast<uint32_t>(entry.dtype));
    out.number(static_cast<uint32_t>(entry.rank));
    for (const uint32_t dim : entry.dims) out.number(dim);
    out.number(entry.offset_bytes);
    out.number(entry.size_bytes);
    out.number(entry.checksum);
  }
}

// The whole header with its checksum. Its size depends on neither offsets nor checksums.
std::vector<uint8_t> build_header(const ModelFile& model, uint64_t header_bytes,
                                  uint64_t file_bytes) {
  const ModelHeader& header = model.header;
  const Hyperparameters& hp = header.hp;
  HeaderBytes out;
  out.raw(kSottoMagic, sizeof(kSottoMagic));
  out.number(kSottoVersion);
  out.number(static_cast<uint32_t>(model.tensors.size()));
  out.number(header_bytes);
  out.number(file_bytes);
  out.number(uint64_t{0});  // the checksum, below
  for (const int value :
       {hp.n_mels, hp.n_audio_ctx, hp.n_audio_state, hp.n_audio_head, hp.n_audio_layer, hp.n_vocab,
        hp.n_text_ctx, hp.n_text_state, hp.n_text_head, hp.n_text_layer}) {
    out.number(static_cast<uint32_t>(value));
  }
  out.number(static_cast<uint32_t>(header.vocabulary.size()));
  out.number(static_cast<uint32_t>(header.alignment_heads.size()));
  out.number(static_cast<uint32_t>(header.suppressed_tokens.size()));
  out.number(static_cast<uint32_t>(header.suppressed_at_begin.size()));
  add_lists(header, out);
  add_table(model.tensors, out);
  out.bytes().resize(align_up(out.bytes().size()));

  Checksum checksum;
  checksum.update(out.bytes().data(), out.bytes().size());
  HeaderBytes digest;
  digest.number(checksum.digest());
  std::copy(digest.bytes().begin(), digest.bytes().end(),
            out.bytes().begin() + kSottoChecksumOffset_bytes);
  return std::move(out.bytes());
}

Status check_header(const ModelHeader& header) {
  SOTTO_TRY(validate(header.hp));
  const auto in_vocabulary = [&](int token) { return token >= 0 && token < header.hp.n_vocab; };
  for (const auto* list : {&header.suppressed_tokens, &header.suppressed_at_begin}) {
    const auto wrong = std::find_if_not(list->begin(), list->end(), in_vocabulary);
    if (wrong != list->end() || list->size() > static_cast<size_t>(header.hp.n_vocab)) {
      return mismatch(Code::kBadFormat, "suppressed tokens",
                      "tokens below " + std::to_string(header.hp.n_vocab),
                      wrong != list->end() ? std::to_string(*wrong) : "too many");
    }
  }
  for (const AlignmentHead& head : header.alignment_heads) {
    if (head.layer < 0 || head.layer >= header.hp.n_text_layer || head.head < 0 ||
        head.head >= header.hp.n_text_head) {
      return mismatch(Code::kBadFormat, "alignment head", "a layer and a head of the decoder",
                      std::to_string(head.layer) + ", " + std::to_string(head.head));
    }
  }
  if (header.vocabulary.size() > static_cast<size_t>(header.hp.n_vocab)) {
    return mismatch(Code::kBadFormat, "entries of the vocabulary", header.hp.n_vocab,
                    static_cast<long long>(header.vocabulary.size()));
  }
  for (const std::string& token : header.vocabulary) {
    if (token.size() > kSottoMaxToken_bytes) {
      return mismatch(Code::kBadFormat, "bytes of a token", kSottoMaxToken_bytes, token.size());
    }
  }
  return {};
}

// Decides type, size and place of every tensor; fills `out` but for the checksums.
Status plan(const ModelFile& model, const SottoOptions& options, ModelFile& out) {
  SOTTO_TRY(check_header(model.header));
  if (options.linear != DType::kQ8Tiles && options.linear != DType::kF16 &&
      options.linear != DType::kF32) {
    return mismatch(Code::kInvalidArgument, "type of linear layers", "q8, f16 or f32",
                    dtype_name(options.linear));
  }
  if (model.tensors.size() > kSottoMaxTensors) {
    return mismatch(Code::kBadFormat, "tensors", kSottoMaxTensors, model.tensors.size());
  }
  out.header = model.header;
  for (const TensorEntry& entry : model.tensors) {
    if (entry.name.size() > kSottoMaxName_bytes) {
      return mismatch(Code::kBadFormat, "bytes of a name", kSottoMaxName_bytes, entry.name.size());
    }
    TensorEntry planned;
    planned.name = entry.name;
    planned.rank = entry.rank;
    planned.dims = entry.dims;
    planned.dtype = is_linear_weight(entry)      ? options.linear
                    : entry.dtype == DType::kF16 ? DType::kF16
                                                 : DType::kF32;
    SOTTO_ASSIGN(planned.size_bytes, tensor_bytes(planned));
    out.tensors.push_back(std::move(planned));
  }
  return {};
}

// Writes the bytes of one tensor from front to back and adds them up.
class TensorOutput {
 public:
  TensorOutput(ByteSink& sink, uint64_t offset) : sink_(sink), offset_(offset) {}

  // Later writes after a failure do nothing.
  void write(const void* bytes, size_t size) {
    if (!status_.ok() || size == 0) return;
    status_ = sink_.write_at(offset_, bytes, size);
    checksum_.update(bytes, size);
    offset_ += size;
  }
  // Tensors begin at multiples of 64.
  void pad() {
    const uint8_t zeros[kArenaAlignment_bytes] = {};
    write(zeros, static_cast<size_t>(align_up_u64(offset_) - offset_));
  }
  const Status& status() const { return status_; }
  uint64_t digest() const { return checksum_.digest(); }

 private:
  ByteSink& sink_;
  uint64_t offset_;
  Checksum checksum_;
  Status status_;
};

Status write_floats(ByteSource& source, const TensorEntry& from, DType dtype, TensorOutput& out) {
  const size_t cols = static_cast<size_t>(from.cols());
  std::vector<uint16_t> halves;
  SOTTO_TRY(read_tensor_f32(source, from, static_cast<int>(from.rows()),
                            [&](const float* rows, int, int count) {
                              const size_t n = static_cast<size_t>(count) * cols;
                              if (dtype == DType::kF32) {
                                out.write(rows, n * sizeof(float));
                                return;
                              }
                              halves.resize(n);
                              std::transform(rows, rows + n, halves.begin(), f32_to_f16);
                              out.write(halves.data(), n * sizeof(uint16_t));
                            }));
  return out.status();
}

Status write_q8(ByteSource& source, const TensorEntry& from, TensorOutput& out) {
  const int n = static_cast<int>(from.rows());
  const int k = static_cast<int>(from.cols());
  std::vector<float> scale(static_cast<size_t>(padded_n(n)));
  std::vector<int32_t> row_sum(scale.size());
  std::vector<int8_t> weights(static_cast<size_t>(padded_n(n)) * padded_k(k));
  const Q8Tiles tiles{n, k, scale.data(), row_sum.data(), weights.data()};
  if (from.dtype == DType::kQ8Tiles) {
    SOTTO_TRY(load_q8_tiles(source, from, tiles, 0));
  } else {
    SOTTO_TRY(read_tensor_f32(
        source, from, kRowsAtOnce,
        [&](const float* rows, int first, int count) { pack_q8_rows(rows, first, count, tiles); }));
  }
  out.write(scale.data(), scale.size() * sizeof(float));
  out.pad();
  out.write(row_sum.data(), row_sum.size() * sizeof(int32_t));
  out.pad();
  out.write(weights.data(), weights.size());
  return out.status();
}

}  // namespace

bool is_linear_weight(const TensorEntry& entry) {
  return entry.rank == 2 && entry.name.ends_with(".weight");
}

Status write_sotto(ByteSource& source, const ModelFile& model, const SottoOptions& options,
                   ByteSink& sink) {
  ModelFile out;
  SOTTO_TRY(plan(model, options, out));
  const uint64_t header_bytes = build_header(out, 0, 0).size();
  if (header_bytes > kSottoMaxHeader_bytes) {
    return mismatch(Code::kBadFormat, "bytes of the header",
                    "at most " + std::to_string(kSottoMaxHeader_bytes),
                    std::to_string(header_bytes));
  }
  uint64_t offset_bytes = header_bytes;
  for (size_t i = 0; i < out.tensors.size(); ++i) {
    TensorEntry& entry = out.tensors[i];
    entry.offset_bytes = offset_bytes;
    TensorOutput data(sink, offset_bytes);
    SOTTO_TRY(entry.dtype == DType::kQ8Tiles
                  ? write_q8(source, model.tensors[i], data)
                  : write_floats(source, model.tensors[i], entry.dtype, data));
    data.pad();
    SOTTO_TRY(data.status());
    entry.checksum = data.digest();
    offset_bytes += align_up_u64(entry.size_bytes);
    const double done = static_cast<double>(i + 1) / static_cast<double>(out.tensors.size());
    if (options.on_progress && !options.on_progress(done)) {
      return Status(Code::kCancelled, "writing was cancelled");
    }
  }
  const std::vector<uint8_t> header = build_header(out, header_bytes, offset_bytes);
  return sink.write_at(0, header.data(), header.size());
}

}  // namespace sotto
