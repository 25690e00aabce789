#include "io/tensor_data.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "base/decimal.h"
#include "io/checksum.h"
#include "quant/dequantize.h"
#include "quant/pack.h"

namespace sotto {
namespace {

// Eight times large-v3's largest matrix (51866 x 1280) keeps every size below 4 GB, so that it
// fits the 32 bits of WebAssembly's size_t.
constexpr uint64_t kMaxElements = uint64_t{1} << 29;
// How much f32 is held while a tensor is read in pieces.
constexpr uint64_t kPieceElements = 64 * 1024;

// Reads the bytes of one entry from front to back and adds them up.
class EntryReader {
 public:
  EntryReader(ByteSource& source, const TensorEntry& entry)
      : source_(source), entry_(entry), offset_(entry.offset_bytes) {}

  Status read(void* dst, size_t size) {
    const Status status = source_.read_at(offset_, dst, size);
    if (!status.ok()) return Status(status.code(), entry_.name + ": " + status.message());
    offset_ += size;
    if (entry_.has_checksum) checksum_.update(dst, size);
    return {};
  }

  // To the next multiple of 64 bytes.
  Status read_padding() {
    uint8_t padding[kArenaAlignment_bytes];
    const uint64_t done = offset_ - entry_.offset_bytes;
    const uint64_t rest =
        (kArenaAlignment_bytes - done % kArenaAlignment_bytes) % kArenaAlignment_bytes;
    return read(padding, static_cast<size_t>(rest));
  }

  // After the last byte: were they the ones that were written?
  Status verify() {
    if (!entry_.has_checksum) return {};
    SOTTO_TRY(read_padding());
    if (checksum_.digest() == entry_.checksum) return {};
    return mismatch(Code::kChecksumMismatch, entry_.name + ": checksum of the data",
                    std::to_string(entry_.checksum), std::to_string(checksum_.digest()));
  }

 private:
  ByteSource& source_;
  const TensorEntry& entry_;
  uint64_t offset_;
  Checksum checksum_;
};

// Scales and sums that no quantisation gives would make the kernels overflow. Both arrays have
// padded_n(w.n) elements.
Status check_scales(const TensorEntry& entry, const Q8Tiles& w) {
  const int64_t largest_sum = int64_t{127} * w.k;
  for (int n = 0; n < padded_n(w.n); ++n) {
    if (!std::isfinite(w.scale[n]) || w.scale[n] < 0) {
      return mismatch(Code::kBadFormat, entry.name + ": scale of row " + std::to_string(n),
                      "a finite number >= 0", decimal(w.scale[n]));
    }
    if (std::abs(int64_t{w.row_sum[n]}) > largest_sum) {
      return mismatch(Code::kBadFormat, entry.name + ": sum of row " + std::to_string(n),
                      "at most " + std::to_string(largest_sum), std::to_string(w.row_sum[n]));
    }
  }
  return {};
}

// The two arrays in front of the tiles.
Status read_q8_scales(EntryReader& reader, const TensorEntry& entry, const Q8Tiles& w) {
  const size_t padded = static_cast<size_t>(padded_n(w.n));
  SOTTO_TRY(reader.read(w.scale, padded * sizeof(float)));
  SOTTO_TRY(reader.read_padding());
  SOTTO_TRY(reader.read(w.row_sum, padded * sizeof(int32_t)));
  SOTTO_TRY(reader.read_padding());
  return check_scales(entry, w);
}

Status read_q8_f32(ByteSource& source, const TensorEntry& entry, int rows_at_once,
                   const RowConsumer& consume) {
  const int n = static_cast<int>(entry.rows());
  const int k = static_cast<int>(entry.cols());
  std::vector<float> scale(static_cast<size_t>(padded_n(n)));
  std::vector<int32_t> row_sum(scale.size());
  EntryReader reader(source, entry);
  SOTTO_TRY(read_q8_scales(reader, entry, {n, k, scale.data(), row_sum.data(), nullptr}));

  const int rows_per_call = std::min(kTileN, rows_at_once);
  std::vector<int8_t> tile(static_cast<size_t>(padded_k(k)) * kTileN);
  std::vector<float> rows(static_cast<size_t>(rows_per_call) * static_cast<size_t>(k));
  for (int first = 0; first < n; first += kTileN) {
    SOTTO_TRY(reader.read(tile.data(), tile.size()));
    const Q8Tiles one{std::min(kTileN, n - first), k, scale.data() + first, row_sum.data() + first,
                      tile.data()};
    for (int r = 0; r < one.n; r += rows_per_call) {
      const int count = std::min(rows_per_call, one.n - r);
      for (int i = 0; i < count; ++i) {
        unpack_q8_row(one, r + i, rows.data() + static_cast<size_t>(i) * static_cast<size_t>(k));
      }
      consume(rows.data(), first + r, count);
    }
  }
  return reader.verify();
}

// Rows of an entry that has some that are read at a time.
int rows_per_piece(const TensorEntry& entry, int rows_at_once) {
  const uint64_t rows = std::max<uint64_t>(kPieceElements / entry.cols(), 1);
  return static_cast<int>(
      std::min({static_cast<uint64_t>(std::max(rows_at_once, 1)), rows, entry.rows()}));
}

Status read_scales(ByteSource& source, const TensorEntry& entry, std::vector<float>& scales) {
  scales.resize(entry.scale_count);
  if (scales.empty()) return {};
  return source.read_at(entry.scale_offset_bytes, scales.data(), scales.size() * sizeof(float));
}

// CTranslate2 multiplied by the scale to quantise. A scale of zero, which it never writes, gives
// zeros rather than infinities.
void apply_scales(const std::vector<float>& scales, int first, int count, size_t cols,
                  float* rows) {
  if (scales.empty()) return;
  for (int r = 0; r < count; ++r) {
    const float scale = scales.size() == 1 ? scales[0] : scales[static_cast<size_t>(first + r)];
    for (size_t i = 0; i < cols; ++i) {
      float& w = rows[static_cast<size_t>(r) * cols + i];
      w = scale != 0.0f ? w / scale : 0.0f;
    }
  }
}

}  // namespace

Result<uint64_t> tensor_bytes(const TensorEntry& entry) {
  uint64_t elements = 1;
  for (const uint32_t dim : entry.dims) {
    if (dim == 0 || dim > kMaxElements || elements > kMaxElements / dim) {
      return mismatch(
          Code::kBadFormat, entry.name + ": elements", "1 to " + std::to_string(kMaxElements),
          "a dimension of " + std::to_string(dim) + " after " + std::to_string(elements));
    }
    elements *= dim;
  }
  const uint64_t rows = entry.rows();
  const uint64_t cols = entry.cols();
  if (entry.dtype == DType::kQ8Tiles) {
    // Padding may multiply the size of a degenerate shape.
    const uint64_t padded =
        (rows + kTileN - 1) / kTileN * kTileN * ((cols + kPadK - 1) / kPadK) * kPadK;
    if (padded > kMaxElements) {
      return mismatch(Code::kBadFormat, entry.name + ": padded elements",
                      "at most " + std::to_string(kMaxElements), std::to_string(padded));
    }
    return uint64_t{q8_tensor_bytes(static_cast<int>(rows), static_cast<int>(cols))};
  }
  const size_t row = row_bytes(entry.dtype, static_cast<size_t>(cols));
  if (row == 0) {
    return mismatch(Code::kBadFormat, entry.name + ": columns of type " + dtype_name(entry.dtype),
                    "a multiple of " + std::to_string(block_elements(entry.dtype)),
                    std::to_string(cols));
  }
  return rows * row;
}

Status read_tensor_rows(ByteSource& source, const TensorEntry& entry, int rows_at_once,
                        const RawRowConsumer& consume) {
  const size_t row_size = row_bytes(entry.dtype, static_cast<size_t>(entry.cols()));
  if (row_size == 0) {
    return mismatch(Code::kInvalidArgument, entry.name, "a type that has rows",
                    dtype_name(entry.dtype));
  }
  const int n = static_cast<int>(entry.rows());
  const int step = rows_per_piece(entry, rows_at_once);
  std::vector<uint8_t> bytes(static_cast<size_t>(step) * row_size);
  EntryReader reader(source, entry);
  for (int first = 0; first < n; first += step) {
    const int count = std::min(step, n - first);
    SOTTO_TRY(reader.read(bytes.data(), static_cast<size_t>(count) * row_size));
    consume(bytes.data(), first, count);
  }
  return reader.verify();
}

Status read_tensor_f32(ByteSource& source, const TensorEntry& entry, int rows_at_once,
                       const RowConsumer& consume) {
  rows_at_once = std::max(rows_at_once, 1);
  if (entry.dtype == DType::kQ8Tiles) return read_q8_f32(source, entry, rows_at_once, consume);

  const size_t cols = static_cast<size_t>(entry.cols());
  std::vector<float> scales;
  SOTTO_TRY(read_scales(source, entry, scales));
  std::vector<float> rows(static_cast<size_t>(rows_per_piece(entry, rows_at_once)) * cols);
  return read_tensor_rows(
      source, entry, rows_at_once, [&](const uint8_t* bytes, int first, int count) {
        // Rows follow one another without a gap, so that they count as one.
        const size_t elements = static_cast<size_t>(count) * cols;
        dequantize_row(entry.dtype, bytes, static_cast<int>(elements), rows.data());
        apply_scales(scales, first, count, cols, rows.data());
        consume(rows.data(), first, count);
      });
}

Status load_q8_tiles(ByteSource& source, const TensorEntry& entry, const Q8Tiles& into,
                     int first_row) {
  const int64_t n = static_cast<int64_t>(entry.rows());
  const bool whole_tiles = n % kTileN == 0 || first_row + n == into.n;
  if (entry.dtype != DType::kQ8Tiles || entry.cols() != static_cast<uint64_t>(into.k) ||
      first_row < 0 || first_row % kTileN != 0 || first_row + n > into.n || !whole_tiles) {
    return mismatch(Code::kInvalidArgument, entry.name,
                    "int8 tiles for rows from " + std::to_string(first_row) + " of " +
                        std::to_string(into.n) + " x " + std::to_string(into.k),
                    std::string(dtype_name(entry.dtype)) + " of " + std::to_string(n) + " x " +
                        std::to_string(entry.cols()));
  }
  const Q8Tiles rows = into.row_range(first_row, static_cast<int>(n));
  EntryReader reader(source, entry);
  SOTTO_TRY(read_q8_scales(reader, entry, rows));
  SOTTO_TRY(reader.read(rows.tiles, rows.tile_count() * rows.tile_bytes()));
  return reader.verify();
}

}  // namespace sotto
