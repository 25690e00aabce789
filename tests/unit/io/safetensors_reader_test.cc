#include "io/safetensors_reader.h"

#include <doctest/doctest.h>

#include <cstring>

#include "unit/io/corruption.h"
#include "unit/io/safetensors_fixture.h"

namespace sotto {
namespace {

using test::safetensors_bytes;
using Bytes = std::vector<uint8_t>;

Result<SafetensorsFile> read(const Bytes& bytes) {
  // A copy of its own, so that the sanitizers see a byte too far.
  const Bytes copy = bytes;
  MemorySource source(copy);
  return read_safetensors(source);
}

// The failure of a file with this header and `data_bytes` bytes of data.
Status refusal(const std::string& header, size_t data_bytes) {
  const Result<SafetensorsFile> file = read(safetensors_bytes(header, Bytes(data_bytes)));
  REQUIRE_FALSE(file.ok());
  CHECK_FALSE(file.status().message().empty());
  return file.status();
}

void check_refusal(const std::string& header, size_t data_bytes, Code code,
                   const std::string& message) {
  CAPTURE(header);
  const Status status = refusal(header, data_bytes);
  CHECK(status.code() == code);
  CHECK(status.message() == message);
}

constexpr char kGood[] =
    R"({"__metadata__":{"format":"pt","by":"test"},)"
    R"("b":{"dtype":"F16","shape":[3],"data_offsets":[24,30]},)"
    R"("a":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},)"
    R"("s":{"shape":[],"data_offsets":[30,32],"dtype":"BF16","more":[1,{}]}}   )";

Bytes good_file() {
  Bytes data(32);
  const float a[6] = {1, 2, 3, 4, 5, -6.5f};
  std::memcpy(data.data(), a, sizeof(a));
  const uint16_t halves[4] = {0x3c00, 0xc000, 0x3555, 0x4049};  // 1, -2, 0.333, bf16 3.14
  std::memcpy(data.data() + 24, halves, sizeof(halves));
  return safetensors_bytes(kGood, data);
}

TEST_CASE("safetensors: tensors in the order of their bytes, read as f32") {
  const Bytes bytes = good_file();
  MemorySource source(bytes);
  const Result<SafetensorsFile> file = read_safetensors(source);
  REQUIRE_MESSAGE(file.ok(), file.status().message());
  REQUIRE(file->tensors.size() == 3);
  const TensorEntry* a = file->find("a");
  REQUIRE(a == &file->tensors[0]);
  CHECK(a->rank == 2);
  CHECK(a->rows() == 2);
  CHECK(a->cols() == 3);
  CHECK(a->dtype == DType::kF32);
  CHECK(a->offset_bytes == 8 + sizeof(kGood) - 1);
  CHECK(a->size_bytes == 24);
  CHECK(file->find("b") == &file->tensors[1]);
  CHECK(file->find("s")->rank == 0);
  CHECK(file->find("c") == nullptr);
  CHECK(file->find("") == nullptr);

  std::vector<float> values;
  for (const TensorEntry& entry : file->tensors) {
    const size_t cols = static_cast<size_t>(entry.cols());
    CHECK(read_tensor_f32(source, entry, 8, [&](const float* rows, int, int count) {
            values.insert(values.end(), rows, rows + static_cast<size_t>(count) * cols);
          }).ok());
  }
  REQUIRE(values.size() == 10);
  CHECK(std::vector<float>(values.begin(), values.begin() + 8) ==
        std::vector<float>{1, 2, 3, 4, 5, -6.5f, 1, -2});
  CHECK(values[8] == doctest::Approx(1.0 / 3).epsilon(1e-3));
  CHECK(values[9] == doctest::Approx(3.140625));
}

TEST_CASE("safetensors: no tensors, no data") {
  const Result<SafetensorsFile> file = read(safetensors_bytes("{}", {}));
  REQUIRE(file.ok());
  CHECK(file->tensors.empty());
}

TEST_CASE("safetensors: cut at any length") {
  const Bytes bytes = good_file();
  for (size_t size = 0; size < bytes.size(); ++size) {
    CAPTURE(size);
    const Result<SafetensorsFile> file =
        read(Bytes(bytes.begin(), bytes.begin() + static_cast<ptrdiff_t>(size)));
    REQUIRE_FALSE(file.ok());
    CHECK(file.status().code() == Code::kTruncated);
  }
  Bytes longer = bytes;
  longer.push_back(0);
  CHECK(read(longer).status().message() == "bytes behind the last tensor: expected none, got 1");
}

TEST_CASE("safetensors: offsets that lie") {
  const auto two = [](const std::string& first, const std::string& second) {
    return R"({"a":{"dtype":"F32","shape":[2],"data_offsets":)" + first +
           R"(},"b":{"dtype":"F32","shape":[2],"data_offsets":)" + second + "}}";
  };
  CHECK(read(safetensors_bytes(two("[0,8]", "[8,16]"), Bytes(16))).ok());
  CHECK(read(safetensors_bytes(two("[8,16]", "[0,8]"), Bytes(16))).ok());
  const Code bad = Code::kBadFormat;
  const std::string what = "b: data_offsets: expected ";
  // The same bytes, an overlap, a hole, none at the beginning.
  check_refusal(two("[0,8]", "[0,8]"), 8, bad,
                what + "to begin at 8 where the tensor before ends, got 0 to 8");
  check_refusal(two("[0,8]", "[4,12]"), 12, bad,
                what + "to begin at 8 where the tensor before ends, got 4 to 12");
  check_refusal(two("[0,8]", "[12,20]"), 20, bad,
                what + "to begin at 8 where the tensor before ends, got 12 to 20");
  check_refusal(
      two("[8,16]", "[16,24]"), 24, bad,
      "a: data_offsets: expected to begin at 0 where the tensor before ends, got 8 to 16");
  // Beyond the file, backwards, and where sums would wrap.
  check_refusal(two("[0,8]", "[8,16]"), 15, Code::kTruncated, what + "at most 15, got 8 to 16");
  check_refusal(two("[0,8]", "[16,8]"), 16, bad, what + "an end behind the beginning, got 16 to 8");
  check_refusal(two("[0,8]", "[18446744073709551608,0]"), 16, bad,
                what + "an end behind the beginning, got 18446744073709551608 to 0");
  check_refusal(two("[0,8]", "[18446744073709551607,18446744073709551615]"), 16, Code::kTruncated,
                what + "at most 16, got 18446744073709551607 to 18446744073709551615");
  // A size that is not the shape's.
  check_refusal(two("[0,8]", "[8,12]"), 12, bad, "b: bytes: expected 8, got 4");
  check_refusal(two("[0,8]", "[8,8]"), 8, bad, "b: bytes: expected 8, got 0");
  check_refusal(two("[0,8]", "[8]"), 16, bad, "b: data_offsets: expected 2, got 1");
  check_refusal(two("[0,8]", "[8,16,24]"), 16, bad, "b: data_offsets: expected 2, got 3");
  for (const char* offsets : {"[8,-16]", "[8,16.0]", "[8,18446744073709551616]", "[8,\"16\"]",
                              "[8,null]", "8", "{}", "[]"}) {
    CAPTURE(offsets);
    CHECK(refusal(two("[0,8]", offsets), 16).code() == bad);
  }
}

TEST_CASE("safetensors: shapes and types that lie, before anything is allocated") {
  const auto one = [](const std::string& dtype, const std::string& shape) {
    return R"({"a":{"dtype":)" + dtype + R"(,"shape":)" + shape + R"(,"data_offsets":[0,8]}})";
  };
  const std::string f32 = "\"F32\"";
  CHECK(read(safetensors_bytes(one(f32, "[2,1,1,1]"), Bytes(8))).ok());
  check_refusal(one(f32, "[3]"), 8, Code::kBadFormat, "a: bytes: expected 12, got 8");
  check_refusal(one(f32, "[2,1,1,1,1]"), 8, Code::kUnsupported,
                "a: dimensions: expected at most 4, got more");
  check_refusal(one(f32, "[0]"), 8, Code::kBadFormat,
                "a: elements: expected 1 to 536870912, got a dimension of 0 after 1");
  check_refusal(one(f32, "[65536,65536]"), 8, Code::kBadFormat,
                "a: elements: expected 1 to 536870912, got a dimension of 65536 after 65536");
  // 2^32 * 2^32 is zero in 64 bits, and 2^31 * 2^31 * 4 in 32.
  for (const char* shape : {"[4294967296,4294967296]", "[2147483648,2147483648]", "[-2]", "[2.0]",
                            "[\"2\"]", "2", "[2,[1]]", "null", "[18446744073709551618]"}) {
    CAPTURE(shape);
    CHECK(refusal(one(f32, shape), 8).code() == Code::kBadFormat);
  }
  for (const char* dtype : {"\"F64\"", "\"I64\"", "\"U8\"", "\"BOOL\"", "\"F8_E4M3\"", "\"f32\""}) {
    CAPTURE(dtype);
    const Status status = refusal(one(dtype, "[2]"), 8);
    CHECK(status.code() == Code::kUnsupported);
    CHECK(status.message().find("a: dtype: expected F32, F16, BF16, I8, I16 or I32, got ") == 0);
  }
  for (const char* dtype : {"5", "null", "[\"F32\"]"}) {
    CHECK(refusal(one(dtype, "[2]"), 8).code() == Code::kBadFormat);
  }
}

TEST_CASE("safetensors: what is given twice or not at all") {
  const std::string a = R"("a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]})";
  check_refusal("{" + a + "," + a + "}", 8, Code::kBadFormat, "a: given twice");
  check_refusal("{\"__metadata__\":{},\"__metadata__\":{}}", 0, Code::kBadFormat,
                "__metadata__: given twice");
  check_refusal(R"({"a":{"dtype":"F32","dtype":"F16","shape":[2],"data_offsets":[0,8]}})", 8,
                Code::kBadFormat, "a: dtype given twice");
  check_refusal(R"({"a":{"dtype":"F32","shape":[2],"shape":[2],"data_offsets":[0,8]}})", 8,
                Code::kBadFormat, "a: shape given twice");
  check_refusal(R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8],"data_offsets":[0,8]}})", 8,
                Code::kBadFormat, "a: data_offsets given twice");
  const std::string wanted = "a: expected dtype, shape and data_offsets, got no ";
  check_refusal(R"({"a":{"shape":[2],"data_offsets":[0,8]}})", 8, Code::kBadFormat,
                wanted + "dtype");
  check_refusal(R"({"a":{"dtype":"F32","data_offsets":[0,8]}})", 8, Code::kBadFormat,
                wanted + "shape");
  check_refusal(R"({"a":{"dtype":"F32","shape":[2]}})", 8, Code::kBadFormat,
                wanted + "data_offsets");
  CHECK(refusal(R"({"__metadata__":{"k":1}})", 0).code() == Code::kBadFormat);
  CHECK(refusal(R"({"a":[]})", 0).code() == Code::kBadFormat);
}

TEST_CASE("safetensors: absurd headers are refused before they are read") {
  const auto claim = [](uint64_t header_bytes, size_t rest) {
    Bytes bytes(8 + rest, ' ');
    for (int i = 0; i < 8; ++i) bytes[i] = static_cast<uint8_t>(header_bytes >> (8 * i));
    test::WatchedSource source(bytes);
    const Result<SafetensorsFile> file = read_safetensors(source);
    REQUIRE_FALSE(file.ok());
    CHECK(source.largest_read <= 4096);
    return file.status().message();
  };
  CHECK(claim(UINT64_MAX, 100) ==
        "bytes of the safetensors header: expected at most 8388608, got 18446744073709551615");
  CHECK(claim((8 << 20) + 1, 100).find("expected at most 8388608") != std::string::npos);
  CHECK(claim(101, 100) == "at byte 8: expected 101 more bytes, got 100 until the end");
  CHECK(claim(0, 0).find("expected an object") != std::string::npos);

  std::string bomb = "{\"a\":";
  bomb += std::string(1'000'000, '[');
  CHECK(refusal(bomb, 0).code() == Code::kBadFormat);
  std::string inside = R"({"a":{"x":)" + std::string(1'000'000, '[');
  CHECK(refusal(inside, 0).message().find("values inside one another") != std::string::npos);

  check_refusal("{\"" + std::string(257, 'n') + "\":{}}", 0, Code::kBadFormat,
                "name of a tensor: bytes: expected at most 256, got 257");
}

TEST_CASE("safetensors: too many tensors") {
  test::SafetensorsBuilder builder;
  for (int i = 0; i < 4096; ++i) builder.add(std::to_string(4096 - i), {1}, {0});
  CHECK(read(builder.bytes()).ok());
  builder.add("more", {1}, {0});
  CHECK(read(builder.bytes()).status().message() == "tensors: expected at most 4096, got more");
}

TEST_CASE("safetensors: with any bit of the header flipped, what is accepted lies in the file") {
  Bytes bytes = good_file();
  const size_t header_end = 8 + sizeof(kGood) - 1;
  int refused = 0, accepted = 0;
  for (size_t i = 0; i < header_end; ++i) {
    for (int bit = 0; bit < 8; ++bit) {
      bytes[i] ^= static_cast<uint8_t>(1 << bit);
      const Result<SafetensorsFile> file = read(bytes);
      if (!file.ok()) {
        ++refused;
        CHECK_FALSE(file.status().message().empty());
      } else {
        ++accepted;
        uint64_t end = 0;
        for (const TensorEntry& entry : file->tensors) {
          CHECK(entry.offset_bytes >= end);
          end = entry.offset_bytes + entry.size_bytes;
          CHECK(end <= bytes.size());
          CHECK(tensor_bytes(entry).value() == entry.size_bytes);
        }
      }
      bytes[i] ^= static_cast<uint8_t>(1 << bit);
    }
  }
  // Letters of names and notes may change without harm.
  CHECK(refused > 1000);
  CHECK(accepted > 50);
}

}  // namespace
}  // namespace sotto
