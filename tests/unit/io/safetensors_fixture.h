// Small safetensors files, right or wrong, for the tests of those who read them.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

namespace sotto::test {

// A file with this header and these bytes behind it.
inline std::vector<uint8_t> safetensors_bytes(const std::string& header,
                                              const std::vector<uint8_t>& data) {
  std::vector<uint8_t> bytes(8 + header.size() + data.size());
  const uint64_t header_bytes = header.size();  // size_t has 32 bits in WebAssembly.
  for (size_t i = 0; i < 8; ++i) bytes[i] = static_cast<uint8_t>(header_bytes >> (8 * i));
  std::copy(header.begin(), header.end(), bytes.begin() + 8);
  std::copy(data.begin(), data.end(), bytes.begin() + 8 + static_cast<ptrdiff_t>(header.size()));
  return bytes;
}

// Builds a well-formed file of f32 tensors, one after another.
class SafetensorsBuilder {
 public:
  void add(const std::string& name, const std::vector<int>& shape,
           const std::vector<float>& values) {
    std::string dims;
    for (const int dim : shape) dims += (dims.empty() ? "" : ",") + std::to_string(dim);
    const size_t begin = data_.size();
    data_.resize(begin + values.size() * sizeof(float));
    std::memcpy(data_.data() + begin, values.data(), values.size() * sizeof(float));
    header_ += (header_.empty() ? "\"" : ",\"") + name + R"(":{"dtype":"F32","shape":[)" + dims +
               R"(],"data_offsets":[)" + std::to_string(begin) + "," +
               std::to_string(data_.size()) + "]}";
  }
  std::vector<uint8_t> bytes() const { return safetensors_bytes("{" + header_ + "}", data_); }

 private:
  std::string header_;
  std::vector<uint8_t> data_;
};

}  // namespace sotto::test
