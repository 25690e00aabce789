// XXH64, the checksum of .sotto containers: it finds accidents (a torn download, a flipped bit),
// not malice.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

namespace sotto {

// Of bytes that come in pieces.
class Checksum {
 public:
  Checksum();
  ~Checksum();
  Checksum(const Checksum&) = delete;
  Checksum& operator=(const Checksum&) = delete;

  void update(const void* bytes, size_t size);
  uint64_t digest() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace sotto
