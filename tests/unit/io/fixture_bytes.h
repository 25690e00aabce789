// Little-endian fields one after another, as model files have them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace sotto::test {

class FixtureBytes {
 public:
  template <class T>
  void number(T value) {
    const auto* at = reinterpret_cast<const uint8_t*>(&value);
    data.insert(data.end(), at, at + sizeof(T));
  }
  void raw(const std::string& text) { data.insert(data.end(), text.begin(), text.end()); }
  void raw(const std::vector<uint8_t>& bytes) {
    data.insert(data.end(), bytes.begin(), bytes.end());
  }
  std::vector<uint8_t> data;
};

}  // namespace sotto::test
