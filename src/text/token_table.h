// Token ids and their bytes, both ways, in three flat blocks: 50,000 tokens take about 1 MB,
// a third of what strings in a hash map take.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace sotto {

class TokenTable {
 public:
  TokenTable() = default;
  // Token i is tokens[i]. Of equal byte strings the lowest id is found. OutOfMemory where the
  // bytes of all together pass 4 GB.
  static Result<TokenTable> create(std::span<const std::string> tokens);

  int size() const { return static_cast<int>(offsets_.size()) - 1; }
  // Empty for ids out of range.
  std::string_view bytes(int token) const;
  // The id of these bytes; -1 where there is none, and for no bytes.
  int find(std::string_view bytes) const;

 private:
  size_t slot_of(std::string_view bytes) const;

  std::string blob_;                     // all tokens, one after another
  std::vector<uint32_t> offsets_ = {0};  // size() + 1 offsets into blob_
  std::vector<int32_t> slots_;           // open addressing; -1 is free; a power of two
  size_t longest_bytes_ = 0;
};

}  // namespace sotto
