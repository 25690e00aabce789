#include "golden/npy.h"

#include <bit>
#include <charconv>
#include <cstring>
#include <sstream>
#include <string_view>

#include "io/byte_reader.h"
#include "io/file_io.h"

namespace sotto::test {

namespace {

// Figures are small: more is a file that lies about itself.
constexpr uint64_t kMaxValues = 16'000'000;

// The two numbers of "'shape': (12, 34)"; false where there are not two.
bool parse_shape(std::string_view header, uint32_t& rows, uint32_t& cols) {
  const std::string_view key = "'shape': (";
  const size_t at = header.find(key);
  if (at == std::string_view::npos) return false;
  const char* end = header.data() + header.size();
  const auto first = std::from_chars(header.data() + at + key.size(), end, rows);
  if (first.ec != std::errc() || end - first.ptr < 2 || first.ptr[0] != ',') return false;
  const auto second = std::from_chars(first.ptr + 2, end, cols);
  return second.ec == std::errc() && second.ptr != end && *second.ptr == ')';
}

}  // namespace

// | 93 'N' 'U' 'M' 'P' 'Y' | u8 1 | u8 0 | u16 header length | header | f32 values |
Result<Array> read_npy(const std::string& path) {
  static_assert(std::endian::native == std::endian::little);
  SOTTO_ASSIGN(FileSource source, FileSource::open(path));
  ByteReader reader(source);
  const std::string magic = reader.string(8, 8);
  const uint16_t header_bytes = reader.u16();
  const std::string header = reader.string(header_bytes, UINT16_MAX);
  SOTTO_TRY(reader.status());
  uint32_t rows = 0, cols = 0;
  const bool known = magic == std::string("\x93NUMPY\x01\x00", 8) &&
                     header.find("'descr': '<f4'") != std::string::npos &&
                     header.find("'fortran_order': False") != std::string::npos &&
                     parse_shape(header, rows, cols);
  if (!known) return mismatch(Code::kBadFormat, path, "a 2-dimensional f32 .npy", header);
  const uint64_t count = uint64_t{rows} * cols;
  if (count > kMaxValues || count * sizeof(float) != reader.remaining_bytes()) {
    return mismatch(Code::kBadFormat, path + ": bytes of values", count * sizeof(float),
                    reader.remaining_bytes());
  }
  Array array{static_cast<int>(rows), static_cast<int>(cols), std::vector<float>(count)};
  reader.bytes(array.values.data(), count * sizeof(float));
  SOTTO_TRY(reader.status());
  return array;
}

Result<std::vector<std::string>> read_lines(const std::string& path) {
  SOTTO_ASSIGN(FileSource source, FileSource::open(path));
  std::string text(source.size_bytes(), '\0');
  SOTTO_TRY(source.read_at(0, text.data(), text.size()));
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

}  // namespace sotto::test
