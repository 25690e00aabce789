// Hugging Face's safetensors. Little endian:
//
//   | u64 header_bytes | header, JSON, maybe with spaces at its end | data |
//
//   header: { "NAME": { "dtype": "F16", "shape": [384, 80, 3], "data_offsets": [begin, end] }, ...,
//             "__metadata__": { "KEY": "text", ... } }
//
// Offsets count from the first byte of the data. The tensors, rows contiguous, fill the data: they
// neither overlap nor leave a hole, so that every byte of the file has one meaning.
// Source: the format's description in github.com/huggingface/safetensors, README.md.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "io/byte_reader.h"
#include "io/tensor_data.h"

namespace sotto {

struct SafetensorsFile {
  // In the order of their offsets, under the names of the file; offsets count from its first byte.
  std::vector<TensorEntry> tensors;

  // nullptr where there is none of that name.
  const TensorEntry* find(std::string_view name) const;
};

// Reads the header and nothing else. Truncated, BadFormat or Unsupported (a type that
// read_tensor_f32 does not take, more than four dimensions), naming the tensor, what was expected
// and what came. What is allocated is bounded by the size of the file, and by 8 MiB.
Result<SafetensorsFile> read_safetensors(ByteSource& source);

}  // namespace sotto
