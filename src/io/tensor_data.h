// Where the data of a tensor stands in a model file, and how it gets from there into memory: in
// pieces, every byte checked against its checksum where the format has one.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <string>

#include "base/status.h"
#include "io/byte_reader.h"
#include "quant/formats.h"

namespace sotto {

// One tensor. Names are openai-whisper's, such as "encoder.blocks.0.attn.query.weight"; dims are
// outermost first, rows contiguous.
struct TensorEntry {
  std::string name;
  DType dtype = DType::kF32;
  int rank = 0;
  std::array<uint32_t, 4> dims{1, 1, 1, 1};
  uint64_t offset_bytes = 0;
  uint64_t size_bytes = 0;
  // CTranslate2's integers: where the f32 scales stand, one for each row or one for all, with
  // w = q / scale; none where scale_count is 0.
  uint64_t scale_offset_bytes = 0;
  uint32_t scale_count = 0;
  // XXH64 of the data and of the zeros that pad it to 64 bytes, in .sotto files.
  uint64_t checksum = 0;
  bool has_checksum = false;

  // The matrix view used by loaders: dims[0] rows of all the other dims' product.
  uint64_t rows() const { return dims[0]; }
  uint64_t cols() const { return uint64_t{dims[1]} * dims[2] * dims[3]; }
};

// Bytes that the shape and type of an entry ask for. BadFormat where the shape is absurd or the
// type cannot hold it.
Result<uint64_t> tensor_bytes(const TensorEntry& entry);

// Receives rows [first, first + count) as f32, rows[count, cols].
using RowConsumer = std::function<void(const float* rows, int first, int count)>;

// Reads a whole tensor of any type as f32, at most `rows_at_once` rows (and about 256 KB) at a
// time, first row first. The checksum is known at the end only: on an error (Truncated, Io,
// ChecksumMismatch) what was consumed is not to be used. `entry` comes from open_model, which has
// checked it.
Status read_tensor_f32(ByteSource& source, const TensorEntry& entry, int rows_at_once,
                       const RowConsumer& consume);

// Receives rows [first, first + count) as the file has them: count * row_bytes(dtype, cols) bytes.
using RawRowConsumer = std::function<void(const uint8_t* rows, int first, int count)>;

// As read_tensor_f32, for any type that has rows of its own (InvalidArgument for kQ8Tiles).
Status read_tensor_rows(ByteSource& source, const TensorEntry& entry, int rows_at_once,
                        const RawRowConsumer& consume);

// Copies a kQ8Tiles tensor to rows [first_row, first_row + entry.rows()) of `into`: scales, sums
// and tiles. `first_row` is a multiple of 8, and so are the tensor's rows unless they are the last
// ones. InvalidArgument where type or shape do not fit; else as above.
Status load_q8_tiles(ByteSource& source, const TensorEntry& entry, const Q8Tiles& into,
                     int first_row);

}  // namespace sotto
